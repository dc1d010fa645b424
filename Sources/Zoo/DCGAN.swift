public import GraphKit

/// The generator of a DCGAN (Radford et al., 2015): from random numbers to an image between -1
/// and 1. Names are those of PyTorch's tutorial.
public struct DCGANGenerator: Layer {
  let main: Sequential
  private let latent: Int

  /// A network for square images of `size` pixels, 8 or another power of two, whose last hidden
  /// layer has `width` channels.
  public init(latent: Int = 100, channels: Int = 3, size: Int = 64, width: Int = 64) {
    self.latent = latent
    let steps = doublings(size)
    main = Sequential {
      unit(latent, width << (steps - 1), stride: 1, padding: 0)
      for i in (1..<steps).reversed() { unit(width << i, width << (i - 1)) }
      ConvTranspose2D(
        width, channels, kernel: 4, stride: 2, padding: 1, bias: false, initialiser: imageWeights)
      Tanh()
    }
  }

  /// Returns images for normal random numbers, `[n, latent]` or `[n, latent, 1, 1]`.
  public func callAsFunction(_ z: Tensor) -> Tensor { main(z.reshaped([-1, latent, 1, 1])) }
}

/// The discriminator of a DCGAN. Names are those of PyTorch's tutorial.
public struct DCGANDiscriminator: Layer {
  let main: Sequential

  /// A network for square images of `size` pixels, 8 or another power of two, whose first layer has
  /// `width` channels.
  public init(channels: Int = 3, size: Int = 64, width: Int = 64) {
    let steps = doublings(size)
    main = Sequential {
      Conv2D(
        channels, width, kernel: 4, stride: 2, padding: 1, bias: false, initialiser: imageWeights)
      LeakyReLU(slope: 0.2)
      for i in 1..<steps {
        Conv2D(
          width << (i - 1), width << i, kernel: 4, stride: 2, padding: 1, bias: false,
          initialiser: imageWeights)
        BatchNorm(width << i); LeakyReLU(slope: 0.2)
      }
      Conv2D(width << (steps - 1), 1, kernel: 4, bias: false, initialiser: imageWeights)
    }
  }

  /// Returns the score of each image, `[n]`, before a sigmoid.
  public func callAsFunction(_ x: Tensor) -> Tensor { main(x).reshaped([-1]) }
}

// How often an image of 4 pixels is doubled, at least once.
private func doublings(_ size: Int) -> Int { max(1, (size / 4).trailingZeroBitCount) }

// A transposed convolution, a norm and an activation.
private func unit(
  _ inputs: Int, _ outputs: Int, stride: Int = 2, padding: Int = 1
) -> [any Layer] {
  [
    ConvTranspose2D(
      inputs, outputs, kernel: 4, stride: stride, padding: padding, bias: false,
      initialiser: imageWeights),
    BatchNorm(outputs), ReLU(),
  ]
}
