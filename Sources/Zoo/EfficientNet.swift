public import GraphKit

/// EfficientNet (Tan and Le, 2019): one network, scaled in width, depth and size of the image
/// together. Names are torchvision's.
public struct EfficientNet: Layer {
  /// The members of the family: the factors by which B0 is scaled.
  public struct Form: Sendable {
    /// The factor of all channels.
    public let width: Double
    /// The factor of the number of blocks.
    public let depth: Double
    /// The pixels of a side of the images.
    public let size: Int
    /// The share that the classifier drops in training.
    public let dropout: Double

    /// Another member.
    public init(width: Double, depth: Double, size: Int, dropout: Double = 0.2) {
      (self.width, self.depth, self.size, self.dropout) = (width, depth, size, dropout)
    }

    /// 5,288,548 parameters.
    public static let b0 = Form(width: 1, depth: 1, size: 224)
    /// 7,794,184 parameters.
    public static let b1 = Form(width: 1, depth: 1.1, size: 240)
    /// 9,109,994 parameters.
    public static let b2 = Form(width: 1.1, depth: 1.2, size: 260, dropout: 0.3)
    /// 12,233,232 parameters.
    public static let b3 = Form(width: 1.2, depth: 1.4, size: 300, dropout: 0.3)
    /// 19,341,616 parameters.
    public static let b4 = Form(width: 1.4, depth: 1.8, size: 380, dropout: 0.4)
    /// 30,389,784 parameters.
    public static let b5 = Form(width: 1.6, depth: 2.2, size: 456, dropout: 0.4)
    /// 43,040,704 parameters.
    public static let b6 = Form(width: 1.8, depth: 2.6, size: 528, dropout: 0.5)
    /// 66,347,960 parameters.
    public static let b7 = Form(width: 2, depth: 3.1, size: 600, dropout: 0.5)
  }

  /// Blocks of B0 of one width, the first of which may halve the image.
  private struct Stage {
    let expansion, kernel, stride, inputs, outputs, blocks: Int
  }

  private static let stages = [
    Stage(expansion: 1, kernel: 3, stride: 1, inputs: 32, outputs: 16, blocks: 1),
    Stage(expansion: 6, kernel: 3, stride: 2, inputs: 16, outputs: 24, blocks: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, inputs: 24, outputs: 40, blocks: 2),
    Stage(expansion: 6, kernel: 3, stride: 2, inputs: 40, outputs: 80, blocks: 3),
    Stage(expansion: 6, kernel: 5, stride: 1, inputs: 80, outputs: 112, blocks: 3),
    Stage(expansion: 6, kernel: 5, stride: 2, inputs: 112, outputs: 192, blocks: 4),
    Stage(expansion: 6, kernel: 3, stride: 1, inputs: 192, outputs: 320, blocks: 1),
  ]

  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network for images of any size. In training, `dropped` is the share of examples that skip
  /// the last block; it falls linearly to 0 at the first.
  ///
  /// Weights of torchvision for B5 to B7 need an `epsilon` of 1e-3.
  public init(
    _ form: Form, channels: Int = 3, classes: Int = 1000, stem: Stem = .published,
    dropped: Double = 0.2, epsilon: Double = 1e-5, momentum: Double = 0.1
  ) {
    func width(_ channels: Int) -> Int { roundedChannels(Double(channels) * form.width) }
    func unit(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1) -> Sequential {
      convNorm(
        inputs, outputs, kernel: kernel, stride: stride, epsilon: epsilon, momentum: momentum,
        activation: SiLU())
    }
    let counts = Self.stages.map { Int((Double($0.blocks) * form.depth).rounded(.up)) }
    let total = Double(counts.reduce(0, +))
    var number = 0
    func blocks(_ stage: Stage, _ count: Int) -> Sequential {
      Sequential(
        (0..<count).map { i in
          let inputs = width(i == 0 ? stage.inputs : stage.outputs)
          let hidden = stage.expansion == 1 ? inputs : roundedChannels(Double(6 * inputs))
          let squeeze = SqueezeExcitation(
            hidden, squeezed: max(1, inputs / 4), activation: { silu($0) }, gate: { sigmoid($0) })
          defer { number += 1 }
          return InvertedResidual(
            inputs, hidden, width(stage.outputs), kernel: stage.kernel,
            stride: i == 0 ? stage.stride : 1, activation: SiLU(), squeeze: squeeze,
            epsilon: epsilon, momentum: momentum, dropped: dropped * Double(number) / total)
        })
    }
    let last = 4 * width(320)
    features = Sequential {
      unit(channels, width(32), kernel: 3, stride: stem == .small ? 1 : 2)
      for (stage, count) in zip(Self.stages, counts) { blocks(stage, count) }
      unit(width(320), last, kernel: 1)
    }
    let bound = 1 / Double(classes).squareRoot()
    classifier = Sequential {
      Dropout(form.dropout)
      Dense(last, classes, initialiser: .uniform(-bound...bound), biasInitialiser: .zeros)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    classifier(features(x).mean(axes: [2, 3]))
  }
}
