// A reshape keeps the number of elements.

import GraphKit

let model = Model("shapes")

model.infer(Input("image", [16, 28, 28])) { image in
  ["row": image.reshaped([16, 768]), "rest": image.reshaped([-1, 100])]
}
