internal import GraphKit

/// A convolution that pads so that only its stride shrinks the image, a norm, and an activation
/// unless it is nil: torchvision's Conv2dNormActivation.
func convNorm(
  _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
  epsilon: Double = 1e-5, momentum: Double = 0.1, activation: (any Layer)?
) -> Sequential {
  Sequential {
    Conv2D(
      inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups,
      bias: false, initialiser: .heNormal(fan: .output))
    BatchNorm(outputs, epsilon: epsilon, momentum: momentum)
    if let activation { activation }
  }
}

/// A convolution, a norm and what is positive: the unit of GoogLeNet and Inception v3.
struct ConvNormReLU: Layer {
  let conv: Conv2D
  let bn: BatchNorm

  /// A layer whose weights begin with a deviation.
  init(
    _ inputs: Int, _ outputs: Int, kernel: some Extents, stride: Int = 1,
    padding: some PaddingAmount = 0, deviation: Double = 0.1
  ) {
    conv = Conv2D(
      inputs, outputs, kernel: kernel, stride: stride, padding: padding, bias: false,
      initialiser: .normal(deviation: deviation))
    bn = BatchNorm(outputs, epsilon: 1e-3)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { relu(bn(conv(x))) }
}
