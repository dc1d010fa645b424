// Anomalies of the heart: an autoencoder learns windows from the beginning of a signal. What it
// restores badly in the rest is strange: a disturbance of 12 samples in a pressure, and a beat that
// comes too early in an electrocardiogram.

import GraphKit

struct Signal: Module {
  let name: String
  let learned, width: Int  // samples at the beginning to learn from, and in a window
  let anomaly: ClosedRange<Int>
  let samples = Parameter.statistic([7500])
  let net: Sequential

  init(_ name: String, learned: Int, width: Int, code: Int, anomaly: ClosedRange<Int>) {
    (self.name, self.learned, self.width, self.anomaly) = (name, learned, width, anomaly)
    net = Sequential {
      Dense(width, 64); SiLU(); Dense(64, code)
      Dense(code, 64); SiLU(); Dense(64, width)
    }
  }

  /// The mean square of what is lost of each window that begins at one of these samples.
  func errors(_ starts: Tensor) -> Tensor {
    let scaled = (samples.value - samples.value.mean()) / samples.value.standardDeviation()
    let windows = scaled.gather(starts.expanded(at: 1) + range(width))
    let lost = net(windows) - windows
    return (lost * lost).mean(axis: 1)
  }

  /// The errors of all windows behind the samples to learn from.
  var held: Tensor { errors(range(7500 - learned - width) + learned) }
}

let signals = [
  Signal("pressure", learned: 3000, width: 64, code: 8, anomaly: 4187...4198),
  Signal("beat", learned: 4000, width: 280, code: 8, anomaly: 6936...7287),
]
let model = Model("heart", signals)

for signal in signals {
  let data = DataSet.series(
    "../../data/heart/\(signal.name).npy", fields: ["x": .window(7500)])
  model.prepare(on: data, batch: 1) { batch in signal.samples.assign(batch.x.flattened()) }

  model.phase(signal.name, epochs: 10, steps: 200) {
    let starts = randomIntegers([64], 0..<(signal.learned - signal.width))
    let loss = signal.errors(starts).mean()
    Adam(rate: .cosine(from: 3e-3), clip: .norm(1)).minimize(loss, signal.net.parameters)
    return ["loss": loss]
  } evaluate: {
    let errors = signal.held
    let start = range(errors.shape[0]) + signal.learned
    let touches = (start .<= signal.anomaly.upperBound)
      .&& (start + signal.width .> signal.anomaly.lowerBound)
    // Where the worst window has its middle, and how much worse it is than all normal ones.
    return [
      "loss": errors.mean(),
      "\(signal.name)_place": (errors.argmax() + signal.learned + signal.width / 2).cast(to: .f32),
      "\(signal.name)_margin": errors.max() / select(touches, 0, errors).max(),
    ]
  }
}

// The end of the electrocardiogram, black; the redder, the worse is the window around a sample.
model.function("picture") {
  let (beat, first) = (signals[1], 6200)
  let x = beat.samples.value[first..<(first + 1000)][.slice(step: 2)]
  let height = (x - x.min()) / (x.max() - x.min()) * 80 + 4
  let isBelow = range(92, .f32).reversed(axes: [0]).expanded(at: 1) .< height
  let errors = beat.held[(first - beat.learned - beat.width / 2)...][..<1000][.slice(step: 2)]
  let red = ones([92, 500])
  let white = red * (1 - errors / errors.max())
  return ["picture": stack([red, white, white].map { select(isBelow, 0, $0) })]
}
