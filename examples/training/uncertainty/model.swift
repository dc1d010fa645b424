// Uncertainty by Monte-Carlo dropout (Gal and Ghahramani, 2016): units are dropped also when the
// net answers, many times, and the deviation of the answers says where it has seen no examples.

import GraphKit

let count = 200
let noise = 0.1

func truth(_ x: Tensor) -> Tensor { 0.5 * x + sin(2 * x) }

struct Regression: Module {
  let net = Sequential {
    Dense(1, 128); ReLU(); Dropout(0.1, always: true)
    Dense(128, 128); ReLU(); Dropout(0.1, always: true)
    Dense(128, 1)
  }
  // The examples: x from -3 to -1 or from 1 to 3, so that there is a gap between.
  let x = Parameter.statistic(
    [count, 1],
    initialiser: Initialiser { type in
      let side = 2 * randomIntegers(type.shape, 0..<2).cast(to: .f32) - 1
      return side * randomUniform(type.shape, 1...3)
    })
  let y = Parameter.statistic([count, 1])

  /// Mean and deviation of 200 answers for each x, [n], and of the noise.
  func answer(_ x: Tensor) -> (mean: Tensor, deviation: Tensor) {
    let all = net(x.broadcast(to: [200, x.shape[0]]).reshaped([-1, 1])).reshaped([200, -1])
    return (all.mean(axis: 0), sqrt(all.variance(axis: 0) + noise * noise))
  }
}

let regression = Regression()
let model = Model("uncertainty", regression)

model.train(epochs: 10, steps: 200) {
  let isFirst = model.steps .== 0
  let drawn = truth(regression.x.value) + randomNormal([count, 1], deviation: noise)
  regression.y.assign(select(isFirst, drawn, regression.y.value))
  let loss = mse(regression.net(regression.x.value), regression.y.value)
  Adam(rate: .cosine(from: 5e-3)).minimize(loss, regression.net.parameters)
  return ["loss": loss]
} evaluate: {
  // The logarithm of the density of the truth: with the deviation of the answers, and with that of
  // the noise alone, as if the net knew everything.
  func judge(_ x: Tensor) -> (deviation: Tensor, nats: Tensor, sure: Tensor, inside: Tensor) {
    let y = truth(x)
    let (mean, deviation) = regression.answer(x)
    let nats = -Normal(mean: mean, deviation: deviation).logProbability(y).mean()
    let sure = -Normal(mean: mean, deviation: full(like: mean, noise)).logProbability(y).mean()
    let inside = (abs(y - mean) .< 2 * deviation).cast(to: .f32).mean()
    return (deviation.mean(), nats, sure, inside)
  }
  let steps = range(101, .f32) / 100
  let seen = judge(concatenate([steps * 2 - 3, steps * 2 + 1]))
  let gap = judge(steps * 1.6 - 0.8)
  let beyond = judge(concatenate([steps - 4.5, steps + 3.5]))
  return [
    "loss": seen.nats, "deviation_seen": seen.deviation, "deviation_gap": gap.deviation,
    "deviation_beyond": beyond.deviation, "nats_seen": seen.nats, "nats_gap": gap.nats,
    "nats_beyond": beyond.nats, "sure_seen": seen.sure, "sure_gap": gap.sure,
    "sure_beyond": beyond.sure, "inside_seen": seen.inside, "inside_gap": gap.inside,
  ]
}

// x from -5 to 5 to the right and y from -4 to 4 upwards: one and two deviations in blue, the truth
// in green, examples in black.
model.infer {
  let (height, width) = (320, 600)
  let x = (range(width, .f32) + 0.5) / 60 - 5
  let y = (4 - (range(height, .f32) + 0.5) / 40).expanded(at: 1)
  let (mean, deviation) = regression.answer(x)
  let away = abs(y - mean) / deviation
  func colour(_ red: Double, _ green: Double, _ blue: Double) -> Tensor {
    Tensor([red, green, blue]).reshaped([3, 1, 1])
  }
  var image = select(away .< 2, colour(0.84, 0.9, 1), colour(1, 1, 1))
  image = select(away .< 1, colour(0.64, 0.77, 0.97), image)
  image = select(abs(y - mean) .< 0.03, colour(0.1, 0.3, 0.8), image)
  image = select(abs(y - truth(x)) .< 0.03, colour(0.1, 0.55, 0.2), image)
  let places = concatenate([4 - regression.y.value, regression.x.value + 5], axis: 1)
  let points = (places * Tensor([40, 60])).cast(to: .i32)
  let marks = zeros([height, width]).scattered(ones([count]), points: points)
  let dots = MaxPool2D(3, stride: 1, padding: 1)(marks.reshaped([1, 1, height, width]))[0]
  return ["picture": select(dots .> 0, colour(0, 0, 0), image).expanded(at: 0)]
}
