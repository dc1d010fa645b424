// Vector autoregression of order 2: the growth of product, consumption and investment of the United
// States, each from all three in the two quarters before.

import GraphKit

let macrodata = DataSet.series(
  "../../data/macrodata/macrodata.csv",
  fields: ["x": .window(203, columns: "realgdp", "realcons", "realinv")])

struct VectorAutoregression: Module {
  let weights = Parameter.statistic([7, 3])  // rows: constant, three at lag 1, three at lag 2
  let last = Parameter.statistic([2, 3])

  /// Fits all three equations by least squares; returns the likelihood of normal errors.
  func fit(_ levels: Tensor) -> Tensor {
    let growth = log(levels[1...]) - log(levels[..<(-1)])
    let steps = growth.shape[0] - 2
    let n = Double(steps)
    let (now, one, two) = (growth[2...], growth[1...steps], growth[..<steps])
    let inputs = concatenate([ones([steps, 1]), one, two], axis: 1)
    let (q, r) = inputs.qr()
    weights.assign(r.triangularSolve(q.transposed().matmul(now), upper: true))
    last.assign(growth[(-2)...])
    let errors = now - inputs.matmul(weights.value)
    // Of the errors' covariance S: -n / 2 (k log 2 pi + log |S| + k).
    let covariance = errors.transposed().matmul(errors) / n
    let k = 3.0
    return -(covariance.logDeterminant().logarithm + k * 2.8378770664093453) * (n / 2)
  }
}

let net = VectorAutoregression()
let model = Model("macro", net)

model.train(on: macrodata, batch: 1, epochs: 1) { batch in
  let likelihood = net.fit(batch.x[0])
  return ["loss": -likelihood, "likelihood": likelihood]
}

// The weights, and eight quarters to come.
model.infer {
  let forecast = scan([net.last.value[1], net.last.value[0]], steps: 8) { step in
    let (one, two) = (step.carries[0], step.carries[1])
    let inputs = concatenate([ones([1]), one, two])
    let next = einsum("i,ij->j", inputs, net.weights.value)
    return ([next, one], [next])
  }.outputs[0]
  return ["weights": net.weights.value, "forecast": forecast]
}
