internal import GraphKit

/// A linear layer whose weights begin normal and are scaled when they are used, so that all layers
/// learn equally fast.
struct ScaledDense: Layer {
  /// The first values of the bias.
  enum Bias {
    case zeros
    /// One number in the first half, another in the second.
    case ofTwo(Double, Double)
  }

  let weight: Parameter
  let bias: Parameter
  private let scale: Double
  private let rate: Double

  /// A layer that learns at a share `rate` of the optimizer's rate.
  init(_ inputs: Int, _ outputs: Int, rate: Double = 1, bias: Bias = .zeros) {
    weight = Parameter([outputs, inputs], initialiser: .normal(deviation: 1 / rate))
    let start =
      switch bias {
      case .zeros: Initialiser.zeros
      case .ofTwo(let first, let second):
        Initialiser { type in
          let half = type.shape.count / 2
          return concatenate([full([half], first), full([type.shape.count - half], second)])
        }
      }
    self.bias = Parameter([outputs], initialiser: start)
    scale = rate / Double(inputs).squareRoot()
    self.rate = rate
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    x.matmul((weight.value * scale).transposed()) + bias.value * rate
  }
}

/// A convolution of the same kind, which keeps the size of the image.
struct ScaledConvolution: Layer {
  let weight: Parameter
  let bias: Parameter

  init(_ inputs: Int, _ outputs: Int, kernel: Int) {
    weight = Parameter([outputs, inputs, kernel, kernel], initialiser: .normal())
    bias = Parameter([outputs])
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let fan = Double(weight.shape.count / weight.shape[0])
    return convolution(
      x, weight.value / fan.squareRoot(), bias: bias.value, padding: weight.shape[2] / 2)
  }
}
