// What a convolution does to a volume, as textbooks work it out: sizes, numbers of weights, how far
// a unit sees, pools, and a filter that finds edges.

import GraphKit

/// Examples of textbooks and first layers of known networks: the side N of the image, the side F
/// of the filter, P zeros around the image, and the stride S.
let cases = [
  (n: 7, f: 3, p: 0, s: 1), (7, 3, 0, 2), (7, 3, 1, 1), (32, 5, 2, 1), (34, 3, 0, 1),
  (227, 11, 0, 4),  // AlexNet
  (224, 3, 1, 1),  // VGG
  (224, 7, 3, 2),  // ResNet
]

/// Two filters: brighter below than above, and brighter on the right than on the left.
func edges() -> Tensor {
  let below = Tensor([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])
  return stack([below, below.transposed()]).expanded(at: 1)
}

/// Height, width and channels of an image.
func size(_ x: Tensor) -> Tensor { Tensor(x.shape.dims[1...].map(Double.init)).rolled(by: -1) }

/// The number of weights and biases.
func weights(_ layers: [Conv2D]) -> Tensor {
  Tensor(layers.flatMap(\.parameters).map { Double($0.shape.count) }.reduce(0, +))
}

/// How many rows of the image a unit behind such filters depends on: those where its gradient is
/// not 0.
func receptiveField(_ sides: [Int]) -> Tensor {
  let image = zeros([1, 1, 31, 31])
  let y = sides.reduce(image) { x, side in
    convolution(x, randomUniform([1, 1, side, side], 0.1...1), padding: side / 2)
  }
  let slope = gradient(of: y[0, 0, 15, 15], by: image)
  return (slope .!= 0).any(axes: [0, 1, 3]).countNonZero()
}

let model = Model("volumes")

model.infer {
  // The formula, beside the side of what a convolution really gives.
  let formula = cases.map { n, f, p, s in (n - f + 2 * p) / s + 1 }
  let sides = cases.map { n, f, p, s in
    convolution(zeros([1, 1, n, n]), ones([1, 1, f, f]), stride: s, padding: p).shape[3]
  }

  // 32 x 32 x 3 -> 12 filters of 5 x 5 -> pool -> the numbers that enter a linear layer
  let filtered = convolution(zeros([1, 3, 32, 32]), ones([12, 3, 5, 5]), padding: 2)
  let pooled = MaxPool2D(2)(filtered)

  // A step from 0 to 1: three rows dark, three rows bright.
  let step = (range(6) .>= 3).cast(to: .f32).expanded(at: 1).broadcast(to: [1, 1, 6, 5])
  let window = Tensor([[1, 3], [2, 4]]).reshaped([1, 1, 2, 2])
  let threes = (0..<3).map { _ in Conv2D(16, 16, kernel: 3, bias: false) }
  return [
    "formula": Tensor(formula.map(Double.init)), "side": Tensor(sides.map(Double.init)),
    "filtered": size(filtered), "pooled": size(pooled),
    "flattened": Tensor(Double(pooled.flattened(from: 1).shape[1])),
    "weights": weights([Conv2D(3, 10, kernel: 5)]),
    "seen_by_seven": receptiveField([7]), "seen_by_threes": receptiveField([3, 3, 3]),
    "weights_of_seven": weights([Conv2D(16, 16, kernel: 7, bias: false)]),
    "weights_of_threes": weights(threes),
    "edge": convolution(step, edges())[0, 0, .all, 1],
    "largest": MaxPool2D(2)(window).squeezed(), "mean": AvgPool2D(2)(window).squeezed(),
  ]
}

// Side by side: a picture; where it is brighter below (blue) or above (red); how steep it is.
model.function("edges", Input("picture", [1, 1, 120, 146])) { picture in
  let framed = picture.padded([(0, 0), (0, 0), (1, 1), (1, 1)], mode: .replicate)
  let slopes = convolution(framed, edges()) / 3
  let down = slopes[.all, 0..<1]
  let signs = concatenate([1 - relu(down), 1 - abs(down), 1 - relu(-down)], axis: 1)
  let steep = 1 - slopes.norm(axis: 1, keep: true)
  let panels = [picture, signs, steep].map { $0.broadcast(to: [1, 3, 120, 146]) }
  return ["pictures": concatenate(panels, axis: 3)]
}
