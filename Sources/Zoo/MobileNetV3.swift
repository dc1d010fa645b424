public import GraphKit

/// MobileNetV3 (Howard et al., 2019). Names are torchvision's.
public struct MobileNetV3: Layer {
  /// A block: its widths, its window, what it does.
  public struct Block: Sendable {
    let kernel, hidden, outputs: Int
    let isSqueezed: Bool
    let isHard: Bool
    let stride: Int

    /// A block that widens to `hidden` channels and narrows to `outputs`.
    public init(
      _ kernel: Int, _ hidden: Int, _ outputs: Int, squeezed: Bool = false, hard: Bool = true,
      stride: Int = 1
    ) {
      (self.kernel, self.hidden, self.outputs) = (kernel, hidden, outputs)
      (isSqueezed, isHard, self.stride) = (squeezed, hard, stride)
    }
  }

  /// The members of the family.
  public struct Form: Sendable {
    /// The blocks in order.
    public let blocks: [Block]
    /// The channels of the last linear layer but one.
    public let last: Int

    /// Another member.
    public init(blocks: [Block], last: Int) { (self.blocks, self.last) = (blocks, last) }

    /// 5,483,032 parameters.
    public static let large = Form(
      blocks: [
        Block(3, 16, 16, hard: false), Block(3, 64, 24, hard: false, stride: 2),
        Block(3, 72, 24, hard: false), Block(5, 72, 40, squeezed: true, hard: false, stride: 2),
        Block(5, 120, 40, squeezed: true, hard: false),
        Block(5, 120, 40, squeezed: true, hard: false), Block(3, 240, 80, stride: 2),
        Block(3, 200, 80), Block(3, 184, 80), Block(3, 184, 80),
        Block(3, 480, 112, squeezed: true), Block(3, 672, 112, squeezed: true),
        Block(5, 672, 160, squeezed: true, stride: 2), Block(5, 960, 160, squeezed: true),
        Block(5, 960, 160, squeezed: true),
      ], last: 1280)
    /// 2,542,856 parameters.
    public static let small = Form(
      blocks: [
        Block(3, 16, 16, squeezed: true, hard: false, stride: 2),
        Block(3, 72, 24, hard: false, stride: 2), Block(3, 88, 24, hard: false),
        Block(5, 96, 40, squeezed: true, stride: 2), Block(5, 240, 40, squeezed: true),
        Block(5, 240, 40, squeezed: true), Block(5, 120, 48, squeezed: true),
        Block(5, 144, 48, squeezed: true), Block(5, 288, 96, squeezed: true, stride: 2),
        Block(5, 576, 96, squeezed: true), Block(5, 576, 96, squeezed: true),
      ], last: 1024)
  }

  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network whose widths are those published times `width`.
  public init(
    _ form: Form, channels: Int = 3, classes: Int = 1000, stem: Stem = .published,
    width: Double = 1, dropout: Double = 0.2
  ) {
    func scaled(_ channels: Int) -> Int { roundedChannels(Double(channels) * width) }
    func unit(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1) -> Sequential {
      convNorm(
        inputs, outputs, kernel: kernel, stride: stride, epsilon: 1e-3, momentum: 0.01,
        activation: HardSwish())
    }
    var inputs = scaled(16)
    func made(_ block: Block) -> InvertedResidual {
      defer { inputs = scaled(block.outputs) }
      let hidden = scaled(block.hidden)
      let squeeze = SqueezeExcitation(
        hidden, squeezed: roundedChannels(Double(hidden / 4)), activation: { relu($0) },
        gate: { hardSigmoid($0) })
      return InvertedResidual(
        inputs, hidden, scaled(block.outputs), kernel: block.kernel, stride: block.stride,
        activation: block.isHard ? HardSwish() : ReLU(),
        squeeze: block.isSqueezed ? squeeze : nil, epsilon: 1e-3, momentum: 0.01)
    }
    features = Sequential {
      unit(channels, inputs, kernel: 3, stride: stem == .small ? 1 : 2)
      for block in form.blocks { made(block) }
      unit(inputs, 6 * inputs, kernel: 1)
    }
    let start = Initialiser.normal(deviation: 0.01)
    classifier = Sequential {
      Dense(6 * inputs, scaled(form.last), initialiser: start, biasInitialiser: .zeros)
      HardSwish(); Dropout(dropout)
      Dense(scaled(form.last), classes, initialiser: start, biasInitialiser: .zeros)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(features(x).mean(axes: [2, 3]))
  }
}
