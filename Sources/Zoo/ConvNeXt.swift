public import GraphKit

/// ConvNeXt (Liu et al., 2022): a convolutional network with the proportions of a transformer.
/// Names are torchvision's.
public struct ConvNeXt: Layer {
  /// The members of the family.
  public struct Form: Sendable {
    /// The channels of each stage.
    public let widths: [Int]
    /// The blocks of each stage.
    public let blocks: [Int]
    /// The share of examples that skip the last block in training.
    public let dropped: Double

    /// Another member.
    public init(widths: [Int], blocks: [Int], dropped: Double = 0.1) {
      (self.widths, self.blocks, self.dropped) = (widths, blocks, dropped)
    }

    /// 28,589,128 parameters.
    public static let tiny = Form(widths: [96, 192, 384, 768], blocks: [3, 3, 9, 3])
    /// 50,223,688 parameters.
    public static let small = Form(
      widths: [96, 192, 384, 768], blocks: [3, 3, 27, 3], dropped: 0.4)
    /// 88,591,464 parameters.
    public static let base = Form(
      widths: [128, 256, 512, 1024], blocks: [3, 3, 27, 3], dropped: 0.5)
    /// 197,767,336 parameters.
    public static let large = Form(
      widths: [192, 384, 768, 1536], blocks: [3, 3, 27, 3], dropped: 0.5)
  }

  /// The layers before the classifier, which give an image.
  public let features: Sequential
  /// The layers that give the scores.
  public let classifier: Sequential

  /// A network that begins with patches of `patch` pixels; `scale` is the first factor of what a
  /// block adds.
  public init(
    _ form: Form, channels: Int = 3, classes: Int = 1000, patch: Int = 4, scale: Double = 1e-6
  ) {
    let start = Initialiser.truncatedNormal(deviation: 0.02, limit: 100)
    let total = Double(max(2, form.blocks.reduce(0, +)) - 1)
    var number = 0.0
    func blocks(_ width: Int, _ count: Int) -> Sequential {
      Sequential(
        (0..<count).map { _ in
          defer { number += 1 }
          return ConvNeXtBlock(
            width, scale: scale, dropped: form.dropped * number / total, start)
        })
    }
    let widths = form.widths
    features = Sequential {
      Sequential {
        Conv2D(channels, widths[0], kernel: patch, stride: patch, initialiser: start)
        ChannelNorm(widths[0])
      }
      for (stage, count) in zip(widths.indices, form.blocks) {
        if stage > 0 {
          Sequential {
            ChannelNorm(widths[stage - 1])
            Conv2D(widths[stage - 1], widths[stage], kernel: 2, stride: 2, initialiser: start)
          }
        }
        blocks(widths[stage], count)
      }
    }
    let last = zip(widths, form.blocks).map(\.0).last ?? channels
    classifier = Sequential {
      LayerNorm(last, epsilon: 1e-6)
      Flatten()
      Dense(last, classes, initialiser: start, biasInitialiser: .zeros)
    }
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { classifier(GlobalAvgPool()(features(x))) }
}

/// Filters each channel for itself, then mixes the channels of each pixel.
struct ConvNeXtBlock: Layer {
  let block: Sequential
  let layer_scale: Parameter
  private let drop: StochasticDepth

  init(_ width: Int, scale: Double, dropped: Double, _ start: Initialiser) {
    block = Sequential {
      Conv2D(width, width, kernel: 7, padding: 3, groups: width, initialiser: start)
      Lambda { $0.transposed([0, 2, 3, 1]) }
      LayerNorm(width, epsilon: 1e-6)
      Dense(width, 4 * width, initialiser: start, biasInitialiser: .zeros); GELU()
      Dense(4 * width, width, initialiser: start, biasInitialiser: .zeros)
      Lambda { $0.transposed([0, 3, 1, 2]) }
    }
    layer_scale = Parameter([width, 1, 1], initialiser: .constant(scale))
    drop = StochasticDepth(dropped)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { drop(layer_scale.value * block(x)) + x }
}

/// A layer norm over the channels of each pixel.
struct ChannelNorm: Layer {
  let weight: Parameter
  let bias: Parameter

  init(_ channels: Int) {
    weight = Parameter([channels], initialiser: .ones)
    bias = Parameter([channels])
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    normed(x.transposed([0, 2, 3, 1]), weight, bias, epsilon: 1e-6).transposed([0, 3, 1, 2])
  }
}
