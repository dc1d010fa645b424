public import GraphKit

/// ResNet (He et al., 2015) and ResNeXt (Xie et al., 2016). Names are torchvision's.
public struct ResNet: Layer {
  /// The members of the family.
  public struct Form: Sendable {
    /// The blocks of each stage: up to four stages.
    public let blocks: [Int]
    /// True iff blocks have three convolutions, the middle one narrow.
    public let isBottleneck: Bool
    /// The groups of the middle convolution.
    public let groups: Int
    /// The channels of the middle convolution, for each of 64 of the stage and each group.
    public let groupWidth: Int

    /// Another member.
    public init(blocks: [Int], isBottleneck: Bool = false, groups: Int = 1, groupWidth: Int = 64) {
      (self.blocks, self.isBottleneck) = (blocks, isBottleneck)
      (self.groups, self.groupWidth) = (groups, groupWidth)
    }

    /// 11,689,512 parameters.
    public static let resnet18 = Form(blocks: [2, 2, 2, 2])
    /// 21,797,672 parameters.
    public static let resnet34 = Form(blocks: [3, 4, 6, 3])
    /// 25,557,032 parameters.
    public static let resnet50 = Form(blocks: [3, 4, 6, 3], isBottleneck: true)
    /// 44,549,160 parameters.
    public static let resnet101 = Form(blocks: [3, 4, 23, 3], isBottleneck: true)
    /// 60,192,808 parameters.
    public static let resnet152 = Form(blocks: [3, 8, 36, 3], isBottleneck: true)
    /// 25,028,904 parameters.
    public static let resnext50 = Form(
      blocks: [3, 4, 6, 3], isBottleneck: true, groups: 32, groupWidth: 4)
    /// 68,883,240 parameters.
    public static let wideResnet50 = Form(
      blocks: [3, 4, 6, 3], isBottleneck: true, groupWidth: 128)
  }

  /// The first convolution.
  public let conv1: Conv2D
  /// The norm of what `conv1` gives.
  public let bn1: BatchNorm
  public let layer1, layer2, layer3, layer4: Sequential
  /// The layer that gives the scores, if there are classes.
  public let fc: Dense?
  /// The channels of each stage.
  public let widths: [Int]
  private let isSmall: Bool

  /// A network whose stages have `width` channels and twice as many each; without classes, it is
  /// the body of a detector.
  public init(
    _ form: Form, channels: Int = 3, classes: Int? = 1000, stem: Stem = .published, width: Int = 64
  ) {
    isSmall = stem == .small
    widths = form.blocks.indices.map { (width << $0) * (form.isBottleneck ? 4 : 1) }
    conv1 = residualStem(channels, width, stem)
    bn1 = BatchNorm(width)
    let stages = ResidualStages(form, width: width) { ResidualBlock($0) }
    (layer1, layer2) = (stages[0], stages[1])
    (layer3, layer4) = (stages[2], stages[3])
    fc = classes.map { Dense(stages.outputs, $0) }
  }

  /// Returns the scores of the classes, `[n, classes]`; without classes, the image after the last
  /// stage.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let image = features(x)
    return fc?(GlobalAvgPool()(image)) ?? image
  }

  /// Returns the image that the classifier averages, `[n, channels, y, x]`.
  public func features(_ x: Tensor) -> Tensor { stages(x).last ?? x }

  /// Returns the image after each stage; the published stem and each stage but the first halve it,
  /// so that the first is a quarter as high and wide as `x`.
  public func stages(_ x: Tensor) -> [Tensor] {
    var image = relu(bn1(conv1(x)))
    if !isSmall { image = MaxPool2D(3, stride: 2, padding: 1)(image) }
    return zip(widths, [layer1, layer2, layer3, layer4]).map { _, stage in
      image = stage(image)
      return image
    }
  }
}
