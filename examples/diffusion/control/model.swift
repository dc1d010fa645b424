// ControlNet (Zhang et al., 2023): a diffusion model of digits is frozen, and a copy of its first
// half learns to steer it by outlines. The copy speaks through convolutions that begin as zeros, so
// that nothing is lost at the start.

import GraphKit

/// A convolution that is told the time.
struct Stage: Module {
  let convolution: Conv2D
  let time: Dense
  let second: Conv2D

  init(_ inputs: Int, _ outputs: Int, stride: Int) {
    convolution = Conv2D(inputs, outputs, kernel: 3, stride: stride, padding: 1)
    time = Dense(16, outputs)
    second = Conv2D(outputs, outputs, kernel: 3, padding: .same)
  }

  func callAsFunction(_ x: Tensor, _ t: Tensor) -> Tensor {
    silu(second(silu(convolution(x) + time(t).expanded(at: -1).expanded(at: -1))))
  }
}

/// The first half of a U-Net: features of 8 x 8, 4 x 4 and 2 x 2 places.
struct Encoder: Module {
  let stages = [
    Stage(1, 16, stride: 1), Stage(16, 32, stride: 2), Stage(32, 32, stride: 2),
  ]

  /// `extra` is added to the first features.
  func callAsFunction(_ x: Tensor, _ t: Tensor, extra: Tensor? = nil) -> [Tensor] {
    var features: [Tensor] = []
    for stage in stages {
      let y = stage(features.last ?? x, t)
      features.append(features.isEmpty ? extra.map { y + $0 } ?? y : y)
    }
    return features
  }
}

/// The second half, which sees the features of the first at each size.
struct Decoder: Module {
  let stages = [Stage(32 + 32, 24, stride: 1), Stage(24 + 16, 16, stride: 1)]
  let last = Conv2D(16, 1, kernel: 3, padding: .same)

  func callAsFunction(_ features: [Tensor], _ t: Tensor) -> Tensor {
    var y = features[2]
    for (stage, feature) in zip(stages, features[..<2].reversed()) {
      y = stage(concatenate([Upsample(2)(y), feature], axis: 1), t)
    }
    return last(y)
  }
}

/// A copy of the encoder, the outline's way in, and zeros on its way out.
struct Control: Module {
  let copy: ModuleCopy<Encoder>
  let hint = Sequential {
    Conv2D(1, 16, kernel: 3, padding: .same); SiLU(); zero(16)
  }
  let zeros = [zero(16), zero(32), zero(32)]

  init(_ encoder: Encoder) { copy = encoder.copy() }

  func callAsFunction(_ x: Tensor, _ t: Tensor, _ outline: Tensor) -> [Tensor] {
    let features = copy.run { $0(x, t, extra: hint(outline)) }
    return zip(zeros, features).map { $0($1) }
  }
}

func zero(_ channels: Int) -> Conv2D {
  Conv2D(channels, channels, kernel: 1, bias: false, initialiser: .zeros)
}

let (encoder, decoder) = (Encoder(), Decoder())
let control = Control(encoder)
let classifier = Sequential { Flatten(); Dense(64, 128); ReLU(); Dropout(0.3); Dense(128, 10) }
let model = Model(
  "control",
  ["encoder": encoder, "decoder": decoder, "control": control, "classifier": classifier])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8])

/// The bright pixels that have a dark neighbour above, below, to the left or to the right.
func outline(_ x: Tensor) -> Tensor {
  let isBright = (x .> 0).cast(to: .f32)
  let around = isBright.padded([(0, 0), (0, 0), (1, 1), (1, 1)])
  let least = [
    around[.all, .all, ..<8, 1..<9], around[.all, .all, 2..., 1..<9],
    around[.all, .all, 1..<9, ..<8], around[.all, .all, 1..<9, 2...],
  ].reduce(isBright) { minimum($0, $1) }
  return isBright - least
}

func net(_ x: Tensor, _ angle: Tensor, _ outline: Tensor?) -> Tensor {
  let waves = angle.expanded(at: 1) * exp2(range(8).cast(to: .f32) - 1)
  let t = concatenate([sin(waves), cos(waves)], axis: 1)
  var features = encoder(x, t)
  if let outline { features = zip(features, control(x, t, outline)).map { $0 + $1 } }
  return decoder(features, t)
}

/// The error of the net at random angles, as signal cos z + sin e and as direction cos e - sin z.
func error(_ z: Tensor, _ outline: Tensor?) -> Tensor {
  let angle = randomUniform([z.shape[0]], 0...Double.pi / 2)
  let (c, s) = (cos(angle).reshaped([-1, 1, 1, 1]), sin(angle).reshaped([-1, 1, 1, 1]))
  let noise = randomNormal(like: z)
  return mse(net(c * z + s * noise, angle, outline), c * noise - s * z)
}

func drawn(_ count: Int, _ outline: Tensor?) -> Tensor {
  let turn = Double.pi / 2 / 12
  return scan(randomNormal([count, 1, 8, 8]), over: range(12), reversed: true) { x, i in
    let angle = ((i + 1).cast(to: .f32) * turn).broadcast(to: [count])
    let next = cos(Tensor(turn)) * x - sin(Tensor(turn)) * net(x, angle, outline)
    return (next, zeros([]))
  }.carry
}

func image(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32) / 8 - 1 }

model.phase("base", on: digits, batch: 64, epochs: 40, validation: 0.2) { batch in
  let x = image(batch)
  let loss = error(x, nil)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, encoder.parameters + decoder.parameters)
  // The copy stays equal until it learns by itself.
  control.copy.follow(encoder, 0)
  let scores = classifier(x)
  Adam(rate: 1e-3).minimize(crossEntropy(scores, batch.label), classifier.parameters)
  return ["loss": loss, "accuracy": accuracy(scores, batch.label)]
}

model.phase("control", on: digits, batch: 64, epochs: 12, validation: 0.2) { batch in
  let x = image(batch)
  let loss = error(x, outline(x))
  // Of the base nothing changes: its parameters are not in the list.
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, control.parameters)
  return ["loss": loss]
} evaluate: { batch in
  let x = image(batch)
  let wanted = outline(x)
  let (steered, free) = (drawn(x.shape[0], wanted), drawn(x.shape[0], nil))
  func share(_ y: Tensor) -> Tensor { (outline(y) .== wanted).cast(to: .f32).mean() }
  return [
    "loss": error(x, wanted), "base_loss": error(x, nil),
    // The share of pixels in which the outlines agree, and of digits that are what was outlined.
    "outline": share(steered), "free_outline": share(free),
    "digit": accuracy(classifier(steered), batch.label),
    "free_digit": accuracy(classifier(free), batch.label),
  ]
}

// Eight digits in a row; below each its outline, and three drawn from that.
model.infer(Input("image", [8, 1, 8, 8])) { image in
  let wanted = outline(image * 2 - 1)
  let steered = (0..<3).map { _ in drawn(8, wanted) / 2 + 0.5 }
  let framed = ([image, wanted] + steered).map {
    $0.padded([(0, 0), (0, 0), (0, 1), (0, 1)], value: 0.5)
  }
  let picture = concatenate(framed, axis: 2).movedAxis(0, to: 2).reshaped([1, 1, 45, 72])
  return ["image": picture.resized(by: [7.0, 7.0], mode: .nearest)]
}
