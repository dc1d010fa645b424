// What memory alone should limit, over 16M elements: a softmax and a norm of rows, an activation,
// and the update of weights by Adam.

import GraphKit

let (rows, columns) = (16384, 1024)

let norm = LayerNorm(columns)
let rowwise = Model("rowwise", norm)

rowwise.function("softmax", Input("x", [rows, columns])) { x in ["y": softmax(x)] }
rowwise.function("layer_norm", Input("x", [rows, columns])) { x in ["y": norm(x)] }
rowwise.function("gelu", Input("x", [rows, columns])) { x in ["y": gelu(x)] }

let weight = Parameter([rows, columns], initialiser: .normal())
let adam = Model("adam", ["weight": weight])

// The gradient of the loss is the data, so that a step is an update and nothing else.
let gradients = DataSet("gradients", fields: ["gradient": .f32[columns]])

adam.train(on: gradients, batch: rows, epochs: 1) { batch in
  let loss = (weight.value * batch.gradient).sum()
  Adam(rate: 1e-3).minimize(loss, [weight])
  return ["first": weight.value.element(0).element(0)]
}
