// Autoregressive images: each pixel of a digit given those before it, p(x) = prod_i p(x_i | x_<i),
// by NADE (Larochelle and Murray 2011) and by a PixelCNN (van den Oord et al. 2016).

import GraphKit

/// The hidden units of pixel i see the pixels before it: h_i = sigmoid(c + sum_(j<i) W_j x_j).
struct NADE: Layer {
  let weight = Parameter([64, 100], initialiser: .normal(deviation: 0.05))
  let hidden = Parameter([100])
  let output = Parameter([64, 100], initialiser: .normal(deviation: 0.05))
  let bias = Parameter([64])

  func callAsFunction(_ x: Tensor) -> Tensor {
    let each = x.flattened(from: 1).expanded(at: 2) * weight.value
    let before = each.cumulativeSum(axis: 1) - each
    let h = sigmoid(before + hidden.value)
    return ((h * output.value).sum(axis: 2) + bias.value).reshaped(x.shape)
  }
}

/// A convolution that sees the pixels above and to the left, and with `here` its own place.
struct MaskedConv: Layer {
  let weight, bias: Parameter
  let here: Bool

  init(_ inputs: Int, _ outputs: Int, kernel: Int, here: Bool) {
    weight = Parameter([outputs, inputs, kernel, kernel], initialiser: .fanIn)
    bias = Parameter([outputs])
    self.here = here
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let k = weight.shape[2]
    let seen = range(k * k).reshaped([k, k]) .< k * k / 2 + (here ? 1 : 0)
    let filters = weight.value * seen.cast(to: .f32)
    return convolution(x, filters, bias: bias.value, padding: .same)
  }
}

struct Residual: Layer {
  let layer = MaskedConv(32, 32, kernel: 3, here: true)
  let dropout = Dropout(0.3)

  func callAsFunction(_ x: Tensor) -> Tensor { x + dropout(layer(relu(x))) }
}

let nade = NADE()
let pixelCNN = Sequential {
  MaskedConv(1, 32, kernel: 7, here: false)
  for _ in 0..<4 { Residual() }
  ReLU()
  MaskedConv(32, 32, kernel: 1, here: true); ReLU()
  MaskedConv(32, 1, kernel: 1, here: true)
}
let model = Model("pixels", ["nade": nade, "pixelcnn": pixelCNN])

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8]])

model.train(on: digits, batch: 64, epochs: 60, validation: 0.2) { batch in
  let x = (batch.image .> 8).cast(to: .f32)
  /// -log p(x) of an image, in nats.
  func nats(_ net: any Layer) -> Tensor {
    binaryCrossEntropy(logits: net(x), x, reduction: .sum) / Double(x.shape[0])
  }
  let (first, second) = (nats(nade), nats(pixelCNN))
  let rate = Schedule.cosine(from: 1, steps: 60 * 22)
  AdamW(rate: rate * 1e-2, weightDecay: 0.1).minimize(first, nade.parameters)
  AdamW(rate: rate * 4e-3, weightDecay: 0.1).minimize(second, pixelCNN.parameters)
  return ["loss": first + second, "nade": first, "pixelcnn": second]
}

/// Images drawn pixel by pixel.
func drawn(_ net: any Layer, _ count: Int) -> Tensor {
  scan([zeros([count, 1, 8, 8])], steps: 64) { step in
    let x = step.carries[0]
    let value = randomBernoulli(sigmoid(net(x)))
    let isHere = (range(64) .== step.index.cast(to: .i32)).reshaped([8, 8])
    return ([select(isHere, value.cast(to: .f32), x)], [])
  }.carries[0]
}

// Three rows of NADE's in blue, three of PixelCNN's in red.
model.sample {
  let images = concatenate([drawn(nade, 18), drawn(pixelCNN, 18)])
  let ink = Tensor([[0.1, 0.3, 0.75], [0.75, 0.1, 0.1]]).repeatedEach(18, axis: 0)
  let coloured = 1 - images * (1 - ink.reshaped([36, 3, 1, 1]))
  return ["image": coloured.resized(by: [8.0, 8.0], mode: .nearest)]
}
