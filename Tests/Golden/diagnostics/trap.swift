// A mistake in the model's own Swift, which ends it.

import GraphKit

let sizes = [64, 32, 10]

let net = Sequential {
  for i in sizes.indices {
    Dense(sizes[i], sizes[i + 1])
  }
}

let model = Model("indexed", net)

model.infer(Input("x", [1, 64])) { x in ["y": net(x)] }
