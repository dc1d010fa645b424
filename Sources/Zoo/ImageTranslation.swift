public import GraphKit

/// The norm between the layers of networks that turn an image into another.
public enum ImageNorm: Sendable {
  /// Over all images of a batch, as in pix2pix.
  case batch
  /// Over each image, as in CycleGAN.
  case instance

  /// A norm of so many channels.
  func layer(_ channels: Int) -> any Layer {
    switch self {
    case .batch: BatchNorm(channels)
    case .instance: InstanceNorm2D(channels)
    }
  }

  /// True iff the convolution before the norm has a bias.
  var hasBias: Bool { self == .instance }
}

/// The generator of CycleGAN (Zhu et al., 2017, after Johnson et al., 2016): residual blocks on a
/// quarter of the image. Names are those of pytorch-CycleGAN-and-pix2pix, as are the next ones'.
public struct ResNetGenerator: Layer {
  let model: Sequential

  /// A network with `blocks` blocks, 9 for images of 256 pixels and 6 for 128.
  public init(
    channels: Int = 3, outputs: Int = 3, width: Int = 64, blocks: Int = 9,
    norm: ImageNorm = .instance
  ) {
    model = Sequential {
      ReflectionPad2D(3)
      Conv2D(channels, width, kernel: 7, bias: norm.hasBias, initialiser: start)
      norm.layer(width); ReLU()
      for i in 0..<2 {
        Conv2D(
          width << i, width << (i + 1), kernel: 3, stride: 2, padding: 1, bias: norm.hasBias,
          initialiser: start)
        norm.layer(width << (i + 1)); ReLU()
      }
      for _ in 0..<blocks { TranslationBlock(4 * width, norm) }
      for i in (0..<2).reversed() {
        ConvTranspose2D(
          width << (i + 1), width << i, kernel: 3, stride: 2, padding: 1, outputPadding: 1,
          bias: norm.hasBias, initialiser: start)
        norm.layer(width << i); ReLU()
      }
      ReflectionPad2D(3)
      Conv2D(width, outputs, kernel: 7, initialiser: start)
      Tanh()
    }
  }

  /// Returns images between -1 and 1, as large as those given.
  public func callAsFunction(_ x: Tensor) -> Tensor { model(x) }
}

/// Two convolutions and a way around them.
struct TranslationBlock: Layer {
  let conv_block: Sequential

  init(_ channels: Int, _ norm: ImageNorm) {
    func convolution() -> Conv2D {
      Conv2D(channels, channels, kernel: 3, bias: norm.hasBias, initialiser: start)
    }
    conv_block = Sequential {
      ReflectionPad2D(1); convolution(); norm.layer(channels); ReLU()
      ReflectionPad2D(1); convolution(); norm.layer(channels)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x + conv_block(x) }
}

/// The generator of pix2pix (Isola et al., 2016): down to few pixels and up again, with a way
/// around each level.
public struct UNetGenerator: Layer {
  let model: TranslationLevel

  /// A network that halves the image `depth` times: 8 leave one of 256 pixels. It drops half of
  /// the next three levels above the lowest if `dropout` is true, in training.
  public init(
    channels: Int = 3, outputs: Int = 3, width: Int = 64, depth: Int = 8,
    norm: ImageNorm = .batch, dropout: Bool = false
  ) {
    func wide(_ level: Int) -> Int { width << min(level, 3) }
    var inner: TranslationLevel?
    for level in (1..<depth).reversed() {
      inner = TranslationLevel(
        wide(level - 1), wide(level), norm, inside: inner,
        dropped: dropout && level >= 4 && level + 1 < depth)
    }
    model = TranslationLevel(channels, outputs, width, norm, inside: inner)
  }

  /// Returns images between -1 and 1, as large as those given.
  public func callAsFunction(_ x: Tensor) -> Tensor { model(x) }
}

/// A level of `UNetGenerator`, all deeper ones inside.
struct TranslationLevel: Layer {
  let model: Sequential
  private let isOutermost: Bool

  /// The outermost level.
  init(
    _ channels: Int, _ outputs: Int, _ width: Int, _ norm: ImageNorm, inside: TranslationLevel?
  ) {
    isOutermost = true
    model = Sequential {
      Conv2D(
        channels, width, kernel: 4, stride: 2, padding: 1, bias: norm.hasBias,
        initialiser: start)
      if let inside { inside }
      ReLU()
      ConvTranspose2D(
        inside == nil ? width : 2 * width, outputs, kernel: 4, stride: 2, padding: 1,
        initialiser: start)
      Tanh()
    }
  }

  /// A level from `outer` to `inner` channels and back.
  init(
    _ outer: Int, _ inner: Int, _ norm: ImageNorm, inside: TranslationLevel?, dropped: Bool
  ) {
    isOutermost = false
    model = Sequential {
      LeakyReLU(slope: 0.2)
      Conv2D(
        outer, inner, kernel: 4, stride: 2, padding: 1, bias: norm.hasBias, initialiser: start)
      if let inside {
        norm.layer(inner)
        inside
      }
      ReLU()
      ConvTranspose2D(
        inside == nil ? inner : 2 * inner, outer, kernel: 4, stride: 2, padding: 1,
        bias: norm.hasBias, initialiser: start)
      norm.layer(outer)
      if dropped { Dropout(0.5) }
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    isOutermost ? model(x) : concatenate([x, model(x)], axis: 1)
  }
}

/// The discriminator of pix2pix and CycleGAN: it judges patches, 70 pixels wide with three layers,
/// instead of the whole image.
public struct PatchDiscriminator: Layer {
  let model: Sequential

  /// A network whose first layer has `width` channels; `channels` are those of all images that it
  /// sees together.
  public init(
    channels: Int = 3, width: Int = 64, layers: Int = 3, norm: ImageNorm = .instance
  ) {
    func wide(_ i: Int) -> Int { width << min(i, 3) }
    func convolution(_ inputs: Int, _ outputs: Int, stride: Int, bias: Bool = true) -> Conv2D {
      Conv2D(
        inputs, outputs, kernel: 4, stride: stride, padding: 1, bias: bias, initialiser: start)
    }
    model = Sequential {
      convolution(channels, width, stride: 2); LeakyReLU(slope: 0.2)
      for i in 1...max(1, layers) {
        convolution(
          wide(i - 1), wide(i), stride: i < layers ? 2 : 1, bias: norm.hasBias)
        norm.layer(wide(i)); LeakyReLU(slope: 0.2)
      }
      convolution(wide(max(1, layers)), 1, stride: 1)
    }
  }

  /// Returns the scores of all patches, `[n, 1, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { model(x) }
}

private var start: Initialiser { .normal(deviation: 0.02) }
