public import GraphKit

/// The discriminator of pix2pix and CycleGAN: it judges patches, 70 pixels wide with three layers,
/// instead of the whole image.
///
/// Names are those of pytorch-CycleGAN-and-pix2pix.
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
        inputs, outputs, kernel: 4, stride: stride, padding: 1, bias: bias,
        initialiser: imageWeights)
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
