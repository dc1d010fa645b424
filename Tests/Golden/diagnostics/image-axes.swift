// Images without channels, and with the channels last, as many files have them.

import GraphKit

let grey = Sequential {
  Conv2D(1, 16, kernel: 3); ReLU()
}
let colour = Conv2D(3, 16, kernel: 3)
let pool = GlobalAvgPool()

let model = Model("images", ["grey": grey, "colour": colour])

model.infer(Input("grey", [64, 28, 28]), Input("colour", [1, 224, 224, 3])) { a, b in
  ["grey": grey(a), "colour": colour(b), "one": colour(b.element(0)), "mean": pool(a)]
}
