public import GraphKit

/// ResNet with norms and activations before the convolutions (He et al., 2016), so that the way
/// around all blocks is free.
///
/// Names are those of `ResNet`; `bn1` stands after the last block.
public struct PreActivationResNet: Layer {
  /// The first convolution.
  public let conv1: Conv2D
  public let layer1, layer2, layer3, layer4: Sequential
  /// The norm after the last block.
  public let bn1: BatchNorm
  /// The layer that gives the scores.
  public let fc: Dense
  private let isSmall: Bool

  /// A network whose stages have `width` channels and twice as many each.
  public init(
    _ form: ResNet.Form, channels: Int = 3, classes: Int = 1000, stem: Stem = .published,
    width: Int = 64
  ) {
    isSmall = stem == .small
    conv1 = residualStem(channels, width, stem)
    let stages = ResidualStages(form, width: width) { PreActivationBlock($0) }
    (layer1, layer2) = (stages[0], stages[1])
    (layer3, layer4) = (stages[2], stages[3])
    bn1 = BatchNorm(stages.outputs)
    fc = Dense(stages.outputs, classes)
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let image = conv1(x)
    let stem = isSmall ? image : MaxPool2D(3, stride: 2, padding: 1)(image)
    return fc(GlobalAvgPool()(relu(bn1(layer4(layer3(layer2(layer1(stem))))))))
  }
}
