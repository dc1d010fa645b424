public import GraphKit

/// The generator of StyleGAN (Karras et al., 2018): random numbers become a style, and the style
/// sets mean and deviation of each channel of an image that grows from a constant.
public struct StyleGenerator: Module {
  /// From random numbers to styles.
  public let mapping: StyleMapping
  /// The levels, each of twice the size of the one before.
  public let levels: [StyleLevel]
  let image: ScaledConvolution

  /// A network for square images of `size` pixels, 4 times a power of two, whose last level has
  /// `width` channels, and those before it twice as many each, up to `most`.
  public init(
    latent: Int = 512, channels: Int = 3, size: Int = 64, width: Int = 64, most: Int = 512,
    mapped: Int = 8
  ) {
    mapping = StyleMapping(latent, layers: mapped)
    let count = (size / 4).trailingZeroBitCount + 1
    func wide(_ level: Int) -> Int { min(width << (count - 1 - level), most) }
    levels = (0..<count).map { level in
      StyleLevel(
        level == 0 ? nil : wide(level - 1), wide(level), style: latent)
    }
    image = ScaledConvolution(wide(count - 1), channels, kernel: 1)
  }

  /// Returns images for normal random numbers `[n, latent]`.
  public func callAsFunction(_ z: Tensor) -> Tensor {
    synthesis(levels.map { [style = mapping(z)] _ in style })
  }

  /// Returns images for one style `[n, latent]` for each level: coarse ones first. Two styles that
  /// change places at a level are mixed. `noise` has two images `[n, 1, y, x]` for each level, and
  /// is random without it.
  public func synthesis(_ styles: [Tensor], noise: [Tensor]? = nil) -> Tensor {
    var x: Tensor?
    for (i, (level, style)) in zip(levels, styles).enumerated() {
      let own = noise.map { Array($0[(2 * i)..<(2 * i + 2)]) }
      x = level(x, style, noise: own)
    }
    return x.map { image($0) } ?? styles[0]
  }
}

/// The mapping of StyleGAN: linear layers from random numbers, brought to length 1, to styles.
public struct StyleMapping: Layer {
  let layers: [ScaledDense]

  /// A network that learns at a hundredth of the rate of others.
  public init(_ latent: Int, layers count: Int = 8) {
    layers = (0..<count).map { _ in ScaledDense(latent, latent, rate: 0.01) }
  }

  /// Returns styles for numbers `[n, latent]`.
  public func callAsFunction(_ z: Tensor) -> Tensor {
    let start = z * rsqrt((z * z).mean(axes: [1], keep: true) + 1e-8)
    return layers.reduce(start) { x, layer in leakyReLU(layer(x), slope: 0.2) }
  }
}

/// Adaptive instance norm: each channel of an image gets the deviation and mean that a style says.
public struct AdaptiveInstanceNorm: Module {
  let style: ScaledDense
  private let channels: Int

  /// A norm of so many channels for styles of `size` numbers.
  public init(_ channels: Int, style size: Int) {
    // Factors begin around 1.
    style = ScaledDense(size, 2 * channels, bias: .ofTwo(1, 0))
    self.channels = channels
  }

  /// Returns the image `[n, channels, y, x]` in a style `[n, size]`.
  public func callAsFunction(_ x: Tensor, _ w: Tensor) -> Tensor {
    let parts = style(w).reshaped([-1, 2, channels, 1, 1])
    return InstanceNorm2D(channels)(x) * parts.element(0, of: 1) + parts.element(1, of: 1)
  }
}

/// Noise for each pixel, with a learned strength for each channel.
public struct NoiseInjection: Module {
  let weight: Parameter

  /// A layer for so many channels, which begins without noise.
  public init(_ channels: Int) { weight = Parameter([channels, 1, 1]) }

  /// Returns the image with noise `[n, 1, y, x]`, which is random if not given.
  public func callAsFunction(_ x: Tensor, noise: Tensor? = nil) -> Tensor {
    x + weight.value * (noise ?? randomNormal([x.shape[0], 1, x.shape[2], x.shape[3]]))
  }
}

/// A level of the generator: twice a convolution, noise, an activation and a style.
public struct StyleLevel: Module {
  let constant: Parameter?
  let conv1: ScaledConvolution?
  let noise1: NoiseInjection
  let style1: AdaptiveInstanceNorm
  let conv2: ScaledConvolution
  let noise2: NoiseInjection
  let style2: AdaptiveInstanceNorm

  /// A level that doubles an image of `inputs` channels; the first has none and begins from a
  /// constant of 4 pixels.
  public init(_ inputs: Int?, _ outputs: Int, style: Int) {
    constant = inputs == nil ? Parameter([1, outputs, 4, 4], initialiser: .ones) : nil
    conv1 = inputs.map { ScaledConvolution($0, outputs, kernel: 3) }
    conv2 = ScaledConvolution(outputs, outputs, kernel: 3)
    (noise1, noise2) = (NoiseInjection(outputs), NoiseInjection(outputs))
    style1 = AdaptiveInstanceNorm(outputs, style: style)
    style2 = AdaptiveInstanceNorm(outputs, style: style)
  }

  /// Returns the image of this level in a style `[n, size]`.
  public func callAsFunction(_ x: Tensor?, _ style: Tensor, noise: [Tensor]? = nil) -> Tensor {
    var y = style
    if let constant {
      y = constant.value.broadcast(to: Shape([style.shape[0]] + constant.shape.dims.dropFirst()))
    } else if let x, let conv1 {
      y = conv1(Upsample(2, mode: .linear)(x))
    }
    y = style1(leakyReLU(noise1(y, noise: noise?[0]), slope: 0.2), style)
    return style2(leakyReLU(noise2(conv2(y), noise: noise?[1]), slope: 0.2), style)
  }
}
