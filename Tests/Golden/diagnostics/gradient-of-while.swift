// Nothing is learned through a loop whose number of steps nobody knows; elsewhere it may stand.

import GraphKit

let rate = Parameter([3], initialiser: .ones)

let model = Model("loops", ["rate": rate])

model.train(epochs: 1, steps: 10) {
  let y = whileLoop(rate.value, while: { $0.sum() .< 10 }) { $0 * 2 }
  let loss = y.sum()
  SGD(rate: 0.1).minimize(loss, [rate])
  return ["loss": loss]
}

model.infer(Input("x", [3]), Input("rows", [5, 3])) { x, rows in
  let inside = scan(x, over: rows) { h, row in
    let next = whileLoop(h + row, while: { $0.sum() .< 10 }) { $0 * 2 }
    return (next, next)
  }
  let slope = gradient(of: inside.outputs.sum(), by: x)
  let fixed = whileLoop(x.stopGradient(), while: { $0.sum() .< 10 }) { $0 * 2 }
  return ["slope": slope, "fine": gradient(of: (fixed * x).sum(), by: x)]
}
