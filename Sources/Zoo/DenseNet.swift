public import GraphKit

/// DenseNet (Huang et al., 2016): each layer sees what all before it in its block have made. Names
/// are torchvision's.
public struct DenseNet: Layer {
  /// The members of the family.
  public struct Form: Sendable {
    /// The layers of each block.
    public let layers: [Int]
    /// The channels that a layer adds.
    public let growth: Int
    /// The channels of the first convolution.
    public let width: Int

    /// Another member.
    public init(layers: [Int], growth: Int = 32, width: Int = 64) {
      (self.layers, self.growth, self.width) = (layers, growth, width)
    }

    /// 7,978,856 parameters.
    public static let densenet121 = Form(layers: [6, 12, 24, 16])
    /// 28,681,000 parameters.
    public static let densenet161 = Form(layers: [6, 12, 36, 24], growth: 48, width: 96)
    /// 14,149,480 parameters.
    public static let densenet169 = Form(layers: [6, 12, 32, 32])
    /// 20,013,928 parameters.
    public static let densenet201 = Form(layers: [6, 12, 48, 32])
  }

  /// The layers before the classifier, which give an image.
  public let features: [String: any Layer]
  /// The layers that give the scores.
  public let classifier: Dense
  /// The names of the features in the order in which they are applied.
  private let order: [String]

  /// A network whose layers first narrow their input to 4 times the growth.
  public init(
    _ form: Form, channels: Int = 3, classes: Int = 1000, stem: Stem = .published
  ) {
    var layers: [(String, any Layer)] = []
    switch stem {
    case .published:
      layers.append(("conv0", denseConvolution(channels, form.width, kernel: 7, stride: 2)))
    case .small: layers.append(("conv0", denseConvolution(channels, form.width, kernel: 3)))
    }
    layers += [("norm0", BatchNorm(form.width)), ("relu0", ReLU())]
    if stem == .published { layers.append(("pool0", MaxPool2D(3, stride: 2, padding: 1))) }
    var inputs = form.width
    for (i, count) in form.layers.enumerated() {
      layers.append(("denseblock\(i + 1)", DenseBlock(inputs, count, growth: form.growth)))
      inputs += count * form.growth
      if i + 1 < form.layers.count {
        layers.append(("transition\(i + 1)", DenseTransition(inputs)))
        inputs /= 2
      }
    }
    layers += [("norm5", BatchNorm(inputs)), ("relu5", ReLU())]
    order = layers.map(\.0)
    features = Dictionary(layers) { first, _ in first }
    classifier = Dense(inputs, classes, biasInitialiser: .zeros)
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let image = order.reduce(x) { x, name in features[name].map { $0(x) } ?? x }
    return classifier(GlobalAvgPool()(image))
  }
}

/// Layers that add channels to their input. They have names, not numbers; the case of an enum is no
/// part of a name.
enum DenseBlock: Layer {
  case layers([String: DenseLayer])

  init(_ inputs: Int, _ count: Int, growth: Int) {
    let layers = (0..<count).map {
      ("denselayer\($0 + 1)", DenseLayer(inputs + $0 * growth, growth))
    }
    self = .layers(Dictionary(layers) { first, _ in first })
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    guard case .layers(let layers) = self else { return x }
    return (0..<layers.count).reduce(x) { x, i in
      guard let layer = layers["denselayer\(i + 1)"] else { return x }
      return concatenate([x, layer(x)], axis: 1)
    }
  }
}

/// Two convolutions, each after its norm and activation.
struct DenseLayer: Layer {
  let norm1: BatchNorm
  let conv1: Conv2D
  let norm2: BatchNorm
  let conv2: Conv2D

  init(_ inputs: Int, _ growth: Int) {
    norm1 = BatchNorm(inputs)
    conv1 = denseConvolution(inputs, 4 * growth, kernel: 1)
    norm2 = BatchNorm(4 * growth)
    conv2 = denseConvolution(4 * growth, growth, kernel: 3)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { conv2(relu(norm2(conv1(relu(norm1(x)))))) }
}

/// Halves the channels and the image between two blocks.
struct DenseTransition: Layer {
  let norm: BatchNorm
  let conv: Conv2D

  init(_ inputs: Int) {
    norm = BatchNorm(inputs)
    conv = denseConvolution(inputs, inputs / 2, kernel: 1)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { AvgPool2D(2)(conv(relu(norm(x)))) }
}

private func denseConvolution(
  _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1
) -> Conv2D {
  Conv2D(
    inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, bias: false,
    initialiser: .heNormal())
}
