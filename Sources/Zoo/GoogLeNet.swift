public import GraphKit

/// GoogLeNet (Szegedy et al., 2014). Names are torchvision's.
public struct GoogLeNet: Layer {
  /// The windows of the third branch.
  public enum Form: Sendable {
    /// 3 x 3, with which torchvision's weights were trained.
    case torchvision
    /// 5 x 5, as published.
    case paper
  }

  let conv1: ConvNormReLU
  let conv2: ConvNormReLU
  let conv3: ConvNormReLU
  let inception3a, inception3b: InceptionBlock
  let inception4a, inception4b, inception4c, inception4d, inception4e: InceptionBlock
  let inception5a, inception5b: InceptionBlock
  let aux1: Auxiliary?
  let aux2: Auxiliary?
  let dropout: Dropout
  let fc: Dense
  private let isRenormed: Bool
  private let isSmall: Bool

  /// A network whose widths are those published times `width`. With `auxiliary`, two further
  /// classifiers learn from the middle. Weights of torchvision need `isRenormed`: images in their
  /// usual norm are brought into that of the original weights.
  public init(
    channels: Int = 3, classes: Int = 1000, stem: Stem = .published, width: Double = 1,
    form: Form = .torchvision, auxiliary: Bool = false, dropout: Double = 0.2,
    isRenormed: Bool = false
  ) {
    func scaled(_ channels: Int) -> Int { max(1, Int((Double(channels) * width).rounded())) }
    var inputs = scaled(192)
    func block(
      _ one: Int, _ two: (Int, Int), _ three: (Int, Int), _ four: Int
    ) -> InceptionBlock {
      let block = InceptionBlock(
        inputs, scaled(one), (scaled(two.0), scaled(two.1)), (scaled(three.0), scaled(three.1)),
        scaled(four), kernel: form == .paper ? 5 : 3)
      inputs = scaled(one) + scaled(two.1) + scaled(three.1) + scaled(four)
      return block
    }
    isSmall = stem == .small
    conv1 =
      isSmall
      ? ConvNormReLU(channels, scaled(64), kernel: 3, padding: 1, deviation: 0.01)
      : ConvNormReLU(channels, scaled(64), kernel: 7, stride: 2, padding: 3, deviation: 0.01)
    conv2 = ConvNormReLU(scaled(64), scaled(64), kernel: 1, deviation: 0.01)
    conv3 = ConvNormReLU(scaled(64), scaled(192), kernel: 3, padding: 1, deviation: 0.01)
    inception3a = block(64, (96, 128), (16, 32), 32)
    inception3b = block(128, (128, 192), (32, 96), 64)
    inception4a = block(192, (96, 208), (16, 48), 64)
    aux1 = auxiliary ? Auxiliary(inputs, scaled(128), scaled(1024), classes: classes) : nil
    inception4b = block(160, (112, 224), (24, 64), 64)
    inception4c = block(128, (128, 256), (24, 64), 64)
    inception4d = block(112, (144, 288), (32, 64), 64)
    aux2 = auxiliary ? Auxiliary(inputs, scaled(128), scaled(1024), classes: classes) : nil
    inception4e = block(256, (160, 320), (32, 128), 128)
    inception5a = block(256, (160, 320), (32, 128), 128)
    inception5b = block(384, (192, 384), (48, 128), 128)
    self.dropout = Dropout(dropout)
    fc = Dense(inputs, classes, initialiser: .normal(deviation: 0.01))
    self.isRenormed = isRenormed
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { withAuxiliary(x).scores }

  /// Returns the scores, and those of the auxiliary classifiers, whose losses count 0.3 as
  /// published.
  public func withAuxiliary(_ x: Tensor) -> (scores: Tensor, auxiliary: [Tensor]) {
    let shrink = MaxPool2D(3, stride: 2, ceilMode: true)
    let image = conv1(isRenormed ? renormed(x) : x)
    let stem = conv3(conv2(isSmall ? image : shrink(image)))
    let low = inception3b(inception3a(isSmall ? stem : shrink(stem)))
    let first = inception4a(shrink(low))
    let second = inception4d(inception4c(inception4b(first)))
    let high = MaxPool2D(2, ceilMode: true)(inception4e(second))
    let features = GlobalAvgPool()(inception5b(inception5a(high)))
    let auxiliary = [aux1.map { $0(first) }, aux2.map { $0(second) }]
    return (fc(dropout(features)), auxiliary.compactMap { $0 })
  }
}

/// Four ways to see the same image, side by side. Two of them narrow it first.
struct InceptionBlock: Layer {
  let branch1: ConvNormReLU
  let branch2: Sequential
  let branch3: Sequential
  let branch4: Sequential

  /// A block whose third branch has windows of `kernel` pixels.
  init(
    _ inputs: Int, _ one: Int, _ two: (Int, Int), _ three: (Int, Int), _ four: Int, kernel: Int
  ) {
    func unit(_ inputs: Int, _ outputs: Int, kernel: Int = 1) -> ConvNormReLU {
      ConvNormReLU(inputs, outputs, kernel: kernel, padding: kernel / 2, deviation: 0.01)
    }
    branch1 = unit(inputs, one)
    branch2 = Sequential {
      unit(inputs, two.0)
      unit(two.0, two.1, kernel: 3)
    }
    branch3 = Sequential {
      unit(inputs, three.0)
      unit(three.0, three.1, kernel: kernel)
    }
    branch4 = Sequential {
      MaxPool2D(3, stride: 1, padding: 1, ceilMode: true)
      unit(inputs, four)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    concatenate([branch1(x), branch2(x), branch3(x), branch4(x)], axis: 1)
  }
}

/// A classifier in the middle of GoogLeNet.
struct Auxiliary: Layer {
  let conv: ConvNormReLU
  let fc1: Dense
  let fc2: Dense
  private let dropout = Dropout(0.7)

  init(_ inputs: Int, _ channels: Int, _ hidden: Int, classes: Int) {
    conv = ConvNormReLU(inputs, channels, kernel: 1, deviation: 0.01)
    fc1 = Dense(channels * 16, hidden, initialiser: .normal(deviation: 0.01))
    fc2 = Dense(hidden, classes, initialiser: .normal(deviation: 0.01))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = conv(AdaptiveAvgPool2D(4)(x)).flattened(from: 1)
    return fc2(dropout(relu(fc1(y))))
  }
}

/// Images of red, green and blue with mean 0.5 and deviation 0.5 each, from those with the means
/// and deviations of ImageNet.
func renormed(_ x: Tensor) -> Tensor {
  let (deviations, means) = ([0.229, 0.224, 0.225], [0.485, 0.456, 0.406])
  let factors = Tensor(deviations.map { $0 / 0.5 }).reshaped([3, 1, 1])
  return x * factors + Tensor(means.map { ($0 - 0.5) / 0.5 }).reshaped([3, 1, 1])
}
