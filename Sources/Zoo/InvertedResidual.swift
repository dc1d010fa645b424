internal import GraphKit

/// Weighs the channels by what all of the image says.
struct SqueezeExcitation: Layer {
  let fc1: Conv2D
  let fc2: Conv2D
  private let activation: (Tensor) -> Tensor
  private let gate: (Tensor) -> Tensor

  /// A layer whose weights come from fewer channels through an activation and a gate.
  init(
    _ channels: Int, squeezed: Int, activation: @escaping (Tensor) -> Tensor,
    gate: @escaping (Tensor) -> Tensor
  ) {
    fc1 = Conv2D(channels, squeezed, kernel: 1, initialiser: .heNormal(fan: .output))
    fc2 = Conv2D(squeezed, channels, kernel: 1, initialiser: .heNormal(fan: .output))
    (self.activation, self.gate) = (activation, gate)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    x * gate(fc2(activation(fc1(x.mean(axes: [2, 3], keep: true)))))
  }
}

/// Widens, filters each channel for itself, weighs the channels, and narrows again; a way around
/// joins the narrow ends: the block of MobileNetV3 and EfficientNet.
struct InvertedResidual: Layer {
  let block: Sequential
  private let isShortcut: Bool
  private let drop: StochasticDepth

  /// A block whose norms share `epsilon` and `momentum`; `dropped` is the share of examples that
  /// skip it in training.
  init(
    _ inputs: Int, _ hidden: Int, _ outputs: Int, kernel: Int, stride: Int, activation: any Layer,
    squeeze: SqueezeExcitation?, epsilon: Double, momentum: Double, dropped: Double = 0
  ) {
    func unit(
      _ inputs: Int, _ outputs: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      _ activation: (any Layer)?
    ) -> Sequential {
      convNorm(
        inputs, outputs, kernel: kernel, stride: stride, groups: groups, epsilon: epsilon,
        momentum: momentum, activation: activation)
    }
    block = Sequential {
      if hidden != inputs { unit(inputs, hidden, activation) }
      unit(hidden, hidden, kernel: kernel, stride: stride, groups: hidden, activation)
      if let squeeze { squeeze }
      unit(hidden, outputs, nil)
    }
    isShortcut = stride == 1 && inputs == outputs
    drop = StochasticDepth(dropped)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { isShortcut ? drop(block(x)) + x : block(x) }
}

/// The multiple of 8 that is closest to a number of channels, but not smaller by a tenth.
func roundedChannels(_ channels: Double) -> Int {
  let nearest = max(8, Int(channels + 4) / 8 * 8)
  return Double(nearest) < 0.9 * channels ? nearest + 8 : nearest
}
