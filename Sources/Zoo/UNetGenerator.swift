public import GraphKit

/// The generator of pix2pix (Isola et al., 2016): down to few pixels and up again, with a way
/// around each level.
///
/// Names are those of pytorch-CycleGAN-and-pix2pix.
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
        initialiser: imageWeights)
      if let inside { inside }
      ReLU()
      ConvTranspose2D(
        inside == nil ? width : 2 * width, outputs, kernel: 4, stride: 2, padding: 1,
        initialiser: imageWeights)
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
        outer, inner, kernel: 4, stride: 2, padding: 1, bias: norm.hasBias,
        initialiser: imageWeights)
      if let inside {
        norm.layer(inner)
        inside
      }
      ReLU()
      ConvTranspose2D(
        inside == nil ? inner : 2 * inner, outer, kernel: 4, stride: 2, padding: 1,
        bias: norm.hasBias, initialiser: imageWeights)
      norm.layer(outer)
      if dropped { Dropout(0.5) }
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    isOutermost ? model(x) : concatenate([x, model(x)], axis: 1)
  }
}
