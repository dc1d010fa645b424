public import GraphKit

/// MobileNetV2 (Sandler et al., 2018). Names are torchvision's.
public struct MobileNetV2: Layer {
  /// Blocks of one width, the first of which may halve the image.
  private struct Stage {
    let expansion, outputs, blocks, stride: Int
  }

  private static let stages = [
    Stage(expansion: 1, outputs: 16, blocks: 1, stride: 1),
    Stage(expansion: 6, outputs: 24, blocks: 2, stride: 2),
    Stage(expansion: 6, outputs: 32, blocks: 3, stride: 2),
    Stage(expansion: 6, outputs: 64, blocks: 4, stride: 2),
    Stage(expansion: 6, outputs: 96, blocks: 3, stride: 1),
    Stage(expansion: 6, outputs: 160, blocks: 3, stride: 2),
    Stage(expansion: 6, outputs: 320, blocks: 1, stride: 1),
  ]

  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network whose widths are those published times `width`.
  public init(
    channels: Int = 3, classes: Int = 1000, stem: Stem = .published, width: Double = 1,
    dropout: Double = 0.2
  ) {
    func scaled(_ channels: Int) -> Int { roundedChannels(Double(channels) * width) }
    var inputs = scaled(32)
    let last = roundedChannels(1280 * max(1, width))
    func block(_ stage: Stage, _ i: Int) -> NarrowResidual {
      defer { inputs = scaled(stage.outputs) }
      return NarrowResidual(
        inputs, scaled(stage.outputs), stride: i == 0 ? stage.stride : 1,
        expansion: stage.expansion)
    }
    features = Sequential {
      convNorm(
        channels, inputs, kernel: 3, stride: stem == .small ? 1 : 2, activation: ReLU6())
      for stage in Self.stages {
        for i in 0..<stage.blocks { block(stage, i) }
      }
      convNorm(inputs, last, kernel: 1, activation: ReLU6())
    }
    classifier = Sequential {
      Dropout(dropout)
      Dense(
        last, classes, initialiser: .normal(deviation: 0.01), biasInitialiser: .zeros)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(features(x).mean(axes: [2, 3]))
  }
}

/// Widens, filters each channel for itself, and narrows again; a way around joins the narrow ends.
struct NarrowResidual: Layer {
  let conv: Sequential
  private let isShortcut: Bool

  init(_ inputs: Int, _ outputs: Int, stride: Int, expansion: Int) {
    let hidden = inputs * expansion
    conv = Sequential {
      if expansion != 1 { convNorm(inputs, hidden, kernel: 1, activation: ReLU6()) }
      convNorm(
        hidden, hidden, kernel: 3, stride: stride, groups: hidden, activation: ReLU6())
      Conv2D(hidden, outputs, kernel: 1, bias: false, initialiser: .heNormal(fan: .output))
      BatchNorm(outputs)
    }
    isShortcut = stride == 1 && inputs == outputs
  }

  func callAsFunction(_ x: Tensor) -> Tensor { isShortcut ? x + conv(x) : conv(x) }
}
