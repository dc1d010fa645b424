// A self-organising map (Kohonen, 1982): a grid of 10 x 10 units learns to cover a square, with
// neighbours on the grid beside each other in the square.

import GraphKit

struct Map: Module {
  /// The point in the square that each unit stands for.
  let place = Parameter([100, 2], initialiser: .uniform(0.4...0.6))
}

let map = Map()
let model = Model("kohonen", map)

/// Row and column of each unit on the grid: [100, 2].
func grid() -> Tensor {
  let number = range(100)
  return stack([number.divided(by: 10, rounding: .down), number % 10], axis: 1).cast(to: .f32)
}

/// Draws one point a step; the unit nearest to it and its neighbours move towards it, less with
/// time: exp(-d^2 / (2 r^2)), where the radius r shrinks from 5 to 0.5.
model.train(epochs: 20, steps: 1000) {
  let x = randomUniform([1, 2])
  let places = map.place.value
  let nearest = distances(x, places).argmin(axis: 1)
  let radius = 5 * pow(Tensor(0.1), model.progress)
  let rate = 0.5 * pow(Tensor(0.02), model.progress)
  let apart = pow(grid() - grid()[nearest], 2).sum(axis: 1, keep: true)
  map.place.value = places + rate * exp(-apart / (2 * radius * radius)) * (x - places)
  return ["error": pow(distances(x, places).min(), 2), "folds": Tensor(0)]
} evaluate: {
  let two = distances(randomUniform([20_000, 2]), map.place.value).topK(2, largest: false)
  let (best, second) = (grid()[two.positions[.all, 0]], grid()[two.positions[.all, 1]])
  // On a map without folds, the best and the second best unit are neighbours.
  let isFold = abs(best - second).max(axis: 1) .> 1
  return ["error": pow(two.values[.all, 0], 2).mean(), "folds": isFold.cast(to: .f32).mean()]
}

// The square as black points where units stand and lines where neighbours are.
model.every(epochs: 20, "picture", .image()) {
  let n = 160
  let line = (range(n).cast(to: .f32) + 0.5) / Double(n)
  let plane = stack(meshgrid([line, line]), axis: 2).reshaped([n * n, 1, 2])
  let place = map.place.value.reshaped([10, 10, 2])
  func segments(_ from: Tensor, _ to: Tensor) -> Tensor {
    let (a, b) = (from.reshaped([1, -1, 2]), (to - from).reshaped([1, -1, 2]))
    let along = clamp(((plane - a) * b).sum(axis: 2) / pow(b, 2).sum(axis: 2), 0...1)
    return (plane - a - along.expanded(at: -1) * b).norm(axis: 2).min(axis: 1)
  }
  let right = segments(place[.all, ..<9], place[.all, 1...])
  let down = segments(place[..<9], place[1...])
  return ["image": clamp(minimum(right, down) * 160 - 0.3, 0...1).reshaped([1, 1, n, n])]
}
