public import GraphKit

/// LeNet-5 (LeCun et al., 1998): two convolutions and three linear layers for small images.
///
/// Names are those of PyTorch's first tutorial: `conv1`, `conv2`, `fc1`, `fc2`, `fc3`.
public struct LeNet5: Layer {
  /// Which activations and pools stand between the layers.
  public enum Form: Sendable {
    /// ReLU and the largest of each window, as written today.
    case modern
    /// 1.7159 tanh(2x/3), and means with a learned factor and bias for each channel, as published.
    /// The published partial connections and radial outputs are left out.
    case original
  }

  /// The first convolution.
  public let conv1: Conv2D
  /// The pool after the first convolution, if it is learned.
  public let pool1: Subsampling?
  /// The second convolution.
  public let conv2: Conv2D
  /// The pool after the second convolution, if it is learned.
  public let pool2: Subsampling?
  /// The first linear layer.
  public let fc1: Dense
  /// The second linear layer.
  public let fc2: Dense
  /// The layer that gives the scores.
  public let fc3: Dense

  /// A network for square images of `size` pixels, which are padded first: those of MNIST to 32.
  public init(
    channels: Int = 1, classes: Int = 10, size: Int = 28, padding: Int = 2, form: Form = .modern
  ) {
    conv1 = Conv2D(channels, 6, kernel: 5, padding: padding)
    conv2 = Conv2D(6, 16, kernel: 5)
    (pool1, pool2) =
      switch form {
      case .modern: (nil, nil)
      case .original: (Subsampling(6), Subsampling(16))
      }
    let side = ((size + 2 * padding - 4) / 2 - 4) / 2
    fc1 = Dense(16 * side * side, 120)
    fc2 = Dense(120, 84)
    fc3 = Dense(84, classes)
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let a = pooled(activated(conv1(x)), pool1)
    let b = pooled(activated(conv2(a)), pool2)
    return fc3(activated(fc2(activated(fc1(b.flattened(from: 1))))))
  }

  private func activated(_ x: Tensor) -> Tensor {
    pool1 == nil ? relu(x) : 1.7159 * tanh(x * (2.0 / 3))
  }

  private func pooled(_ x: Tensor, _ pool: Subsampling?) -> Tensor {
    pool.map { activated($0(x)) } ?? MaxPool2D(2)(x)
  }
}

/// Means of windows of 2 x 2, with a factor and a bias for each channel.
public struct Subsampling: Layer {
  /// The factors.
  public let weight: Parameter
  /// The biases.
  public let bias: Parameter

  init(_ channels: Int) {
    weight = Parameter([channels, 1, 1], initialiser: .ones)
    bias = Parameter([channels, 1, 1])
  }

  /// Returns an image of half the size.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    AvgPool2D(2)(x) * weight.value + bias.value
  }
}
