public import GraphKit

/// SqueezeNet (Iandola et al., 2016): AlexNet's accuracy with a fiftieth of its parameters. Names
/// are torchvision's.
public struct SqueezeNet: Layer {
  /// The two versions that were published.
  public enum Form: Sendable {
    /// That of the paper.
    case v1_0
    /// The same accuracy with less than half the work.
    case v1_1
  }

  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network whose widths are those published times `width`. With a small stem the first
  /// convolution and pool leave the image as large as it is.
  public init(
    _ form: Form = .v1_1, channels: Int = 3, classes: Int = 1000, stem: Stem = .published,
    width: Double = 1, dropout: Double = 0.5
  ) {
    func scaled(_ channels: Int) -> Int { max(1, Int((Double(channels) * width).rounded())) }
    // Each number is the narrow width of a block; 0 stands for a pool.
    let (first, kernel, blocks) =
      switch form {
      case .v1_0: (96, 7, [0, 16, 16, 32, 0, 32, 48, 48, 64, 0, 64])
      case .v1_1: (64, 3, [0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64])
      }
    var inputs = scaled(first)
    func layer(_ narrow: Int) -> any Layer {
      if narrow == 0 { return MaxPool2D(3, stride: 2, ceilMode: true) }
      defer { inputs = 8 * scaled(narrow) }
      return Fire(inputs, scaled(narrow))
    }
    features = Sequential {
      switch stem {
      case .published:
        Conv2D(channels, inputs, kernel: kernel, stride: 2, initialiser: .heUniform())
      case .small: Conv2D(channels, inputs, kernel: 3, padding: 1, initialiser: .heUniform())
      }
      ReLU()
      for (i, narrow) in blocks.enumerated() where i > 0 || stem == .published { layer(narrow) }
    }
    classifier = Sequential {
      Dropout(dropout)
      Conv2D(inputs, classes, kernel: 1, initialiser: .normal(deviation: 0.01)); ReLU()
    }
  }

  /// Returns the scores of the classes, `[n, classes]`, none of which is negative.
  public func callAsFunction(_ x: Tensor) -> Tensor { GlobalAvgPool()(classifier(features(x))) }
}

/// Narrows the channels, then widens them by windows of one and of three pixels.
struct Fire: Layer {
  let squeeze: Conv2D
  let expand1x1: Conv2D
  let expand3x3: Conv2D

  /// A block with `narrow` channels inside and eight times as many outside.
  init(_ inputs: Int, _ narrow: Int) {
    squeeze = Conv2D(inputs, narrow, kernel: 1, initialiser: .heUniform())
    expand1x1 = Conv2D(narrow, 4 * narrow, kernel: 1, initialiser: .heUniform())
    expand3x3 = Conv2D(narrow, 4 * narrow, kernel: 3, padding: 1, initialiser: .heUniform())
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = relu(squeeze(x))
    return concatenate([relu(expand1x1(y)), relu(expand3x3(y))], axis: 1)
  }
}
