public import GraphKit

/// The generator of CycleGAN (Zhu et al., 2017, after Johnson et al., 2016): residual blocks on a
/// quarter of the image.
///
/// Names are those of pytorch-CycleGAN-and-pix2pix.
public struct ResNetGenerator: Layer {
  let model: Sequential

  /// A network with `blocks` blocks, 9 for images of 256 pixels and 6 for 128.
  public init(
    channels: Int = 3, outputs: Int = 3, width: Int = 64, blocks: Int = 9,
    norm: ImageNorm = .instance
  ) {
    model = Sequential {
      ReflectionPad2D(3)
      Conv2D(channels, width, kernel: 7, bias: norm.hasBias, initialiser: imageWeights)
      norm.layer(width); ReLU()
      for i in 0..<2 {
        Conv2D(
          width << i, width << (i + 1), kernel: 3, stride: 2, padding: 1, bias: norm.hasBias,
          initialiser: imageWeights)
        norm.layer(width << (i + 1)); ReLU()
      }
      for _ in 0..<blocks { TranslationBlock(4 * width, norm) }
      for i in (0..<2).reversed() {
        ConvTranspose2D(
          width << (i + 1), width << i, kernel: 3, stride: 2, padding: 1, outputPadding: 1,
          bias: norm.hasBias, initialiser: imageWeights)
        norm.layer(width << i); ReLU()
      }
      ReflectionPad2D(3)
      Conv2D(width, outputs, kernel: 7, initialiser: imageWeights)
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
      Conv2D(channels, channels, kernel: 3, bias: norm.hasBias, initialiser: imageWeights)
    }
    conv_block = Sequential {
      ReflectionPad2D(1); convolution(); norm.layer(channels); ReLU()
      ReflectionPad2D(1); convolution(); norm.layer(channels)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x + conv_block(x) }
}
