public import GraphKit

/// U-Net (Ronneberger et al., 2015), padded so that each pixel of the image gets its scores.
///
/// Names are those of the Pytorch-UNet of milesial.
public struct UNet: Layer {
  let inc: DoubleConvolution
  let down1, down2, down3, down4: UNetDown?
  let up1, up2, up3, up4: UNetUp?
  let outc: UNetEnd

  /// A network that halves the image `depth` times, up to 4, and begins with `width` channels.
  /// With `bilinear`, images grow by interpolation instead of by a transposed convolution.
  public init(
    channels: Int = 3, classes: Int = 2, width: Int = 64, depth: Int = 4, bilinear: Bool = false
  ) {
    let depth = min(max(1, depth), 4)
    let widths = (0...depth).map { level in
      let width = width << level
      return bilinear && level == depth ? width / 2 : width
    }
    let downs = (0..<depth).map { UNetDown(widths[$0], widths[$0 + 1]) }
    let ups = (0..<depth).reversed().map { level in
      bilinear
        ? UNetUp(width << (level + 1), level > 0 ? widths[level] / 2 : widths[0], bilinear: true)
        : UNetUp(widths[level + 1], widths[level], bilinear: false)
    }
    inc = DoubleConvolution(channels, width)
    func level<Part>(_ parts: [Part], _ i: Int) -> Part? {
      parts.indices.contains(i) ? parts[i] : nil
    }
    (down1, down2) = (level(downs, 0), level(downs, 1))
    (down3, down4) = (level(downs, 2), level(downs, 3))
    (up1, up2, up3, up4) = (level(ups, 0), level(ups, 1), level(ups, 2), level(ups, 3))
    outc = UNetEnd(conv: Conv2D(width, classes, kernel: 1))
  }

  /// Returns the scores of the classes of each pixel, `[n, classes, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    var images = [inc(x)]
    for down in [down1, down2, down3, down4].compactMap({ $0 }) {
      images.append(down(images[images.count - 1]))
    }
    var y = images.removeLast()
    for (up, image) in zip([up1, up2, up3, up4].compactMap({ $0 }), images.reversed()) {
      y = up(y, image)
    }
    return outc.conv(y)
  }
}

/// Two convolutions with norms.
struct DoubleConvolution: Layer {
  let double_conv: Sequential

  init(_ inputs: Int, _ outputs: Int, middle: Int? = nil) {
    let middle = middle ?? outputs
    double_conv = Sequential {
      Conv2D(inputs, middle, kernel: 3, padding: 1, bias: false); BatchNorm(middle); ReLU()
      Conv2D(middle, outputs, kernel: 3, padding: 1, bias: false); BatchNorm(outputs); ReLU()
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { double_conv(x) }
}

/// Halves the image.
struct UNetDown: Layer {
  let maxpool_conv: Sequential

  init(_ inputs: Int, _ outputs: Int) {
    maxpool_conv = Sequential {
      MaxPool2D(2)
      DoubleConvolution(inputs, outputs)
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { maxpool_conv(x) }
}

/// Doubles the image and joins it with one that was as large on the way down.
struct UNetUp: Module {
  let up: any Layer
  let conv: DoubleConvolution

  init(_ inputs: Int, _ outputs: Int, bilinear: Bool) {
    up =
      bilinear
      ? Upsample(2, mode: .linear, alignCorners: true)
      : ConvTranspose2D(inputs, inputs / 2, kernel: 2, stride: 2)
    conv = DoubleConvolution(inputs, outputs, middle: bilinear ? inputs / 2 : nil)
  }

  func callAsFunction(_ x: Tensor, _ image: Tensor) -> Tensor {
    let y = up(x)
    // An odd row or column was lost on the way down.
    let missing = (2...3).map { image.shape[$0] - y.shape[$0] }
    let sides = missing.map { (before: $0 / 2, after: $0 - $0 / 2) }
    let fitted = missing == [0, 0] ? y : y.padded([(0, 0), (0, 0)] + sides)
    return conv(concatenate([image, fitted], axis: 1))
  }
}

/// The scores of each pixel.
struct UNetEnd: Module {
  let conv: Conv2D
}
