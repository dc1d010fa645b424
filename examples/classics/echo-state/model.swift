// An echo state network (Jaeger, 2001; Jaeger and Haas, 2004): a random net that is not trained,
// and an output that is, by least squares. It continues the chaotic series of Mackey and Glass
// (1977).

import GraphKit

let units = 1000
let (washOut, learned, ahead) = (1000, 3000, 84)
let ridge = option("ridge", 1e-10, help: "the price of squares of the output's weights")

let model = Model("echo_state")

/// x' = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x by steps of 0.1, every tenth of which counts;
/// centred: tanh(x - 1). Series side by side, [steps, count].
func series(_ steps: Int, _ count: Int) -> Tensor {
  // The last 171 values, the newest at the end.
  let start = (1.2 + 0.2 * (randomUniform([1, count]) - 0.5)).broadcast(to: [171, count])
  let all = scan([start], steps: steps + 200) { step in
    let next = scan([step.carries[0]], steps: 10) { inner in
      let past = inner.carries[0]
      let (x, old) = (past[170], past[0])
      let new = x + 0.1 * (0.2 * old / (1 + pow(old, 10)) - 0.1 * x)
      return ([concatenate([past[1...], new.expanded(at: 0)])], [])
    }.carries[0]
    return ([next], [next[170]])
  }.outputs[0]
  return tanh(all[200...] - 1)
}

model.infer {
  // A hundredth of the weights is not 0; their largest eigenvalue is near 0.8.
  let isThere = randomUniform([units, units]) .< 0.01
  let weights =
    select(isThere, randomUniform([units, units], -1...1), 0)
    * (0.8 / (Double(units) * 0.01 / 3).squareRoot())
  let back = randomUniform([units], -1...1)
  func next(_ x: Tensor, _ y: Tensor) -> Tensor {
    tanh(x.matmul(weights.transposed()) + y * back)
  }
  // The net hears the series, and the output learns to say the next value.
  let teacher = series(washOut + learned, 1)
  let states = scan([zeros([1, units])], over: [teacher]) { step in
    let x = next(step.carries[0], step.slices[0].expanded(at: 1))
    return ([x], [x.squeezed(0)])
  }.outputs[0]
  let last = washOut + learned - 1
  let (x, y) = (states[washOut..<last], teacher[(washOut + 1)...])
  let gram = x.transposed().matmul(x) + ridge * eye(units)
  let output = gram.solve(x.transposed().matmul(y))
  // 20 other series: 1000 steps are heard; then the net hears what it says itself.
  let test = series(1000 + ahead, 20)
  let heard = scan([zeros([20, units])], over: [test[..<1000]]) { step in
    ([next(step.carries[0], step.slices[0].expanded(at: 1))], [])
  }.carries[0]
  let dream = scan([heard], steps: ahead) { step in
    let said = step.carries[0].matmul(output)
    return ([next(step.carries[0], said)], [said.squeezed(1)])
  }.outputs[0]
  // The error after 84 steps, in standard deviations of the series.
  let error = dream[ahead - 1] - test[999 + ahead]
  let deviation = teacher.standardDeviation()
  let one = (x.matmul(output) - y).standardDeviation() / deviation
  return [
    "next_error": one, "error_84": sqrt(pow(error, 2).mean()) / deviation,
    "deviation": deviation,
  ]
}
