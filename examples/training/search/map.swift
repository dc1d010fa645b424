// Three searches of 25 trials each on maps of Branin's function, and how far the best trial of each
// is above the minimum.

import GraphKit

let names = ["grid", "random", "bayes"]

struct Trials: Module {
  let places = Parameter.statistic([3, 25, 2])
}

let net = Trials()
let model = Model("map", net)

for (i, name) in names.enumerated() {
  let trials = DataSet.csv(
    "sweeps/branin-\(i + 1)/results.csv", fields: ["place": .columns("x", "y"), "loss": .column()])
  model.phase(name, on: trials, batch: 25, epochs: 1) { batch in
    net.places[i] = batch.place
    return [name: batch.loss.min() - 0.39788736]
  }
}

// x goes to the right, y upwards: darker is lower, trials are red.
model.infer {
  let x = range(300, .f32) / 20 - 5
  let y = (15 - range(300, .f32) / 20).expanded(at: 1)
  let valley = y - 0.12918451 * x * x + 1.5915494 * x - 6
  let level = log(valley * valley + 9.602113 * cos(x) + 10)
  // Bands of the logarithm, so that their edges are lines of equal height.
  let shade = (0.45 + 0.1 * floor(level * 2) / 2).expanded(at: 0)
  let red = Tensor([0.85, 0.1, 0.1]).reshaped([3, 1, 1])
  let larger = MaxPool2D(7, stride: 1, padding: 3)
  let maps = (0..<3).map { i in
    let (x, y) = (net.places.value[i, .all, 0], net.places.value[i, .all, 1])
    let corner = (stack([15 - y, x + 5], axis: 1) * 20).cast(to: .i32)
    let marks = zeros([300, 300]).scattered(ones([25]), points: corner)
    let dots = larger(marks.reshaped([1, 1, 300, 300]))
    let map = select(dots[0] .> 0, red, shade.broadcast(to: [3, 300, 300]))
    return map.padded([(0, 0), (5, 5), (5, 5)], value: 1)
  }
  return ["map": clamp(concatenate(maps, axis: 2), 0...1).expanded(at: 0)]
}
