// Superposition (Elhage et al., 2022): five features in two numbers. If features are rare, a net
// keeps all five, as a pentagon; if not, it keeps two and drops the others.

import GraphKit

/// How likely a feature is not 0. A net for each learns beside the others.
let chances = [1, 0.5, 0.2, 0.1, 0.05, 0.02]
let features = 5

struct Nets: Module {
  let weight = Parameter([chances.count, features, 2], initialiser: .normal(deviation: 0.5))
  let bias = Parameter([chances.count, 1, features])

  /// relu(W W' x + b), [nets, examples, features].
  func callAsFunction(_ x: Tensor) -> Tensor {
    relu(x.matmul(weight.value).matmul(weight.value.transposed([0, 2, 1])) + bias.value)
  }
}

let net = Nets()
let model = Model("superposition", net)

// Features are worth 1, 0.9, 0.81 and so on.
model.train(epochs: 20, steps: 250) {
  let size = [chances.count, 512, features]
  let isThere = randomUniform(Shape(size)) .< Tensor(chances).reshaped([-1, 1, 1])
  let x = select(isThere, randomUniform(Shape(size)), 0)
  let worth = pow(Tensor(0.9), range(features).cast(to: .f32))
  let errors = (pow(net(x) - x, 2) * worth).mean(axes: [1, 2])
  // Each net by its own scale: the mean of x^2 is a third of the chance.
  let loss = (errors / Tensor(chances)).sum()
  Adam(rate: .cosine(from: 0.01)).minimize(loss, net.parameters)
  let kept = (net.weight.value.norm(axis: 2) .> 0.5).cast(to: .f32).sum(axis: 1)
  return ["loss": loss, "kept_dense": kept[0], "kept_tenth": kept[3], "kept_rare": kept[5]]
}

// The five directions of each net in the plane from -1.5 to 1.5: the denser its features, the
// further left.
model.every(epochs: 20, "plane", .image(columns: 6)) {
  let line = range(61).cast(to: .f32) / 20 - 1.5
  let plane = stack(meshgrid([line, line]), axis: 2).reshaped([1, 61, 61, 1, 2])
  // The distance of each pixel to the five points and to their lines from the middle.
  let point = net.weight.value.reshaped([-1, 1, 1, features, 2])
  let along = clamp((plane * point).sum(axis: 4) / (pow(point, 2).sum(axis: 4) + 1e-6), 0...1)
  let distance = (plane - along.expanded(at: -1) * point).norm(axis: 4).min(axis: 3)
  return ["image": clamp(distance * 20, 0...1).expanded(at: 1)]
}
