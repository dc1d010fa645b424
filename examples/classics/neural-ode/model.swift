// A neural differential equation (Chen et al., 2018): a net that says how a point moves learns from
// 100 pieces of a spiral, x' = A x^3, of ten points each.

import GraphKit

let net = Sequential { Dense(2, 50); Tanh(); Dense(50, 2) }
/// The same with the right form: A is the only thing to learn.
let linear = Dense(2, 2, bias: false)
let model = Model("neural_ode", ["net": net, "linear": linear])
let step = 0.025

/// A step of the fourth order of Runge and Kutta.
func next(_ x: Tensor, _ speed: (Tensor) -> Tensor) -> Tensor {
  let a = speed(x)
  let b = speed(x + a * (step / 2))
  let c = speed(x + b * (step / 2))
  let d = speed(x + c * step)
  return x + (a + 2 * b + 2 * c + d) * (step / 6)
}

func path(_ start: Tensor, steps: Int, _ speed: @escaping (Tensor) -> Tensor) -> Tensor {
  scan([start], steps: steps) { step in
    let x = next(step.carries[0], speed)
    return ([x], [x])
  }.outputs[0]
}

func cube(_ x: Tensor) -> Tensor { x * x * x }
func truth() -> Tensor { Tensor([[-0.1, -2], [2, -0.1]]) }
func spiral(_ start: Tensor, steps: Int) -> Tensor {
  path(start, steps: steps) { cube($0).matmul(truth()) }
}

model.train(epochs: 20, steps: 100) {
  // Pieces of the spiral from (2, 0), which takes 1000 steps.
  let all = spiral(Tensor([[2.0, 0]]), steps: 1000).squeezed(1)
  let start = all[randomIntegers([100], 0..<990)]
  let wanted = spiral(start, steps: 10)
  let byNet = path(start, steps: 10) { net(cube($0)) }
  let byForm = path(start, steps: 10) { linear(cube($0)) }
  let loss = mae(byNet, wanted) + mae(byForm, wanted)
  Adam(rate: .cosine(from: 0.01)).minimize(loss, net.parameters + linear.parameters)
  let matrix = linear.weight.value.transposed()
  return [
    "loss": loss, "net": mae(byNet, wanted), "matrix_error": abs(matrix - truth()).max(),
  ]
}

// The whole spiral from its start, by the net and exactly: the mean distance, and a picture.
model.every(epochs: 20, "distance", .printed) {
  let start = Tensor([[2.0, 0]])
  let found = path(start, steps: 1000) { net(cube($0)) }
  return ["distance": (found - spiral(start, steps: 1000)).norm(axis: 2).mean()]
}

model.every(epochs: 20, "spirals", .image(columns: 2)) {
  let start = Tensor([[2.0, 0]])
  let both = [path(start, steps: 1000) { net(cube($0)) }, spiral(start, steps: 1000)]
  let line = range(140).cast(to: .f32) / 139 * 5 - 2.5
  let plane = stack(meshgrid([line, line]).reversed(), axis: 2).reshaped([-1, 2])
  let images = both.map { distances(plane, $0.squeezed(1)).min(axis: 1).reshaped([1, 140, 140]) }
  return ["image": clamp(stack(images) * 15, 0...1)]
}
