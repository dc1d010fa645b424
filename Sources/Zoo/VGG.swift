public import GraphKit

/// VGG (Simonyan and Zisserman, 2014): stages of 3 x 3 convolutions, each of half the size of the
/// one before. Names are torchvision's.
public struct VGG: Layer {
  /// The members of the family.
  public struct Form: Sendable {
    /// The convolutions of each stage.
    public let convolutions: [Int]
    /// True iff a norm follows each convolution.
    public let isNormed: Bool

    /// Another member.
    public init(convolutions: [Int], isNormed: Bool = false) {
      (self.convolutions, self.isNormed) = (convolutions, isNormed)
    }

    /// 132,863,336 parameters.
    public static let vgg11 = Form(convolutions: [1, 1, 2, 2, 2])
    /// 133,047,848 parameters.
    public static let vgg13 = Form(convolutions: [2, 2, 2, 2, 2])
    /// 138,357,544 parameters.
    public static let vgg16 = Form(convolutions: [2, 2, 3, 3, 3])
    /// 143,667,240 parameters.
    public static let vgg19 = Form(convolutions: [2, 2, 4, 4, 4])
    /// 132,868,840 parameters.
    public static let vgg11bn = Form(convolutions: [1, 1, 2, 2, 2], isNormed: true)
    /// 133,053,736 parameters.
    public static let vgg13bn = Form(convolutions: [2, 2, 2, 2, 2], isNormed: true)
    /// 138,365,992 parameters.
    public static let vgg16bn = Form(convolutions: [2, 2, 3, 3, 3], isNormed: true)
    /// 143,678,248 parameters.
    public static let vgg19bn = Form(convolutions: [2, 2, 4, 4, 4], isNormed: true)

    /// The channels of each stage, from those of the first.
    func widths(_ first: Int) -> [Int] { convolutions.indices.map { first << min($0, 3) } }

    /// The layers of each stage without the pooling behind it.
    func stages(_ channels: Int, _ widths: [Int]) -> [[any Layer]] {
      convolutions.enumerated().map { stage, count in
        (0..<count).flatMap { i -> [any Layer] in
          let inputs = i > 0 ? widths[stage] : stage > 0 ? widths[stage - 1] : channels
          let layer = Conv2D(
            inputs, widths[stage], kernel: 3, padding: 1, initialiser: .heNormal(fan: .output))
          return isNormed ? [layer, BatchNorm(widths[stage]), ReLU()] : [layer, ReLU()]
        }
      }
    }
  }

  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// What brings images to the size that the classifier takes.
  public let avgpool: AdaptiveAvgPool2D
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network whose stages have `width` channels and twice as many each, but at most 8 times.
  /// `side` pixels of a side enter the linear layers: 7 of photographs, 1 of images of 32 pixels.
  public init(
    _ form: Form, channels: Int = 3, classes: Int = 1000, width: Int = 64, hidden: Int = 4096,
    side: Int = 7, dropout: Double = 0.5
  ) {
    let widths = form.widths(width)
    features = Sequential(
      form.stages(channels, widths).flatMap { $0 + [MaxPool2D(2)] as [any Layer] })
    avgpool = AdaptiveAvgPool2D(side)
    let start = Initialiser.normal(deviation: 0.01)
    let inputs = (widths.last ?? channels) * side * side
    classifier = Sequential {
      Dense(inputs, hidden, initialiser: start, biasInitialiser: .zeros); ReLU(); Dropout(dropout)
      Dense(hidden, hidden, initialiser: start, biasInitialiser: .zeros); ReLU(); Dropout(dropout)
      Dense(hidden, classes, initialiser: start, biasInitialiser: .zeros)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(avgpool(features(x)).flattened(from: 1))
  }
}
