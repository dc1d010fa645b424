public import TensorLibrary
internal import Glibc

/// The first value of a state, as graph code in the function `init`.
public struct Initialiser {
  /// Returns the first value of a state of a given type.
  public let make: (TensorType) -> Tensor
  /// The parameter whose first value is taken, if there is one.
  private(set) var source: Parameter?

  /// A custom initialiser; `make` may use anything that a function may use.
  public init(_ make: @escaping (TensorType) -> Tensor) { self.make = make }

  /// 0 everywhere.
  public static var zeros: Initialiser { .constant(0) }

  /// 1 everywhere.
  public static var ones: Initialiser { .constant(1) }

  /// One number everywhere.
  public static func constant(_ value: Double) -> Initialiser {
    Initialiser { full($0.shape, value, $0.element) }
  }

  /// The value with which another parameter begins.
  ///
  /// A weight file that has the other one, but not this one, gives both the same value.
  public static func copy(of parameter: Parameter) -> Initialiser {
    var copy = Initialiser { type in
      // What is in no model has no value there.
      parameter.model == nil ? parameter.initialiser.make(type) : parameter.value
    }
    copy.source = parameter
    return copy
  }

  /// Uniformly distributed numbers between two bounds.
  public static func uniform(_ range: ClosedRange<Double>) -> Initialiser {
    Initialiser { randomUniform($0.shape, range, $0.element) }
  }

  /// Normally distributed numbers with a mean and a standard deviation.
  public static func normal(mean: Double = 0, deviation: Double = 1) -> Initialiser {
    Initialiser { randomNormal($0.shape, mean: mean, deviation: deviation, $0.element) }
  }

  /// A normal distribution truncated at `limit` standard deviations on both sides.
  public static func truncatedNormal(
    mean: Double = 0, deviation: Double = 1, limit: Double = 2
  ) -> Initialiser {
    let edge = Glibc.erf(limit / 2.0.squareRoot())
    return Initialiser {
      let u = randomUniform($0.shape, -edge...edge, $0.element)
      return erfinv(u) * (deviation * 2.0.squareRoot()) + mean
    }
  }

  /// Glorot and Bengio's uniform distribution, for layers before tanh and sigmoid.
  public static func xavierUniform(gain: Double = 1) -> Initialiser {
    scaled { .symmetric(gain * (6 / ($0 + $1)).squareRoot()) }
  }

  /// Glorot and Bengio's normal distribution.
  public static func xavierNormal(gain: Double = 1) -> Initialiser {
    scaled { .normal(deviation: gain * (2 / ($0 + $1)).squareRoot()) }
  }

  /// He's uniform distribution, for layers before ReLU.
  public static func heUniform(fan: Fan = .input) -> Initialiser {
    scaled { .symmetric((6 / (fan == .input ? $0 : $1)).squareRoot()) }
  }

  /// He's normal distribution, for layers before ReLU.
  public static func heNormal(fan: Fan = .input) -> Initialiser {
    scaled { .normal(deviation: (2 / (fan == .input ? $0 : $1)).squareRoot()) }
  }

  /// PyTorch's default for linear layers and convolutions: uniform between plus and minus one over
  /// the square root of the number of inputs.
  public static var fanIn: Initialiser {
    scaled { inputs, _ in .symmetric(1 / inputs.squareRoot()) }
  }

  /// The side of a layer whose size scales its weights.
  public enum Fan: Sendable {
    case input, output
  }
}

extension Initialiser {
  /// Uniform between minus and plus `bound`.
  static func symmetric(_ bound: Double) -> Initialiser { .uniform(-bound...bound) }

  // An initialiser chosen by the number of inputs and outputs that a weight [out, in, ...] meets.
  private static func scaled(
    _ choose: @escaping (_ inputs: Double, _ outputs: Double) -> Initialiser
  ) -> Initialiser {
    Initialiser { type in
      let field = type.shape.dims.dropFirst(2).reduce(1, *)
      let outputs = type.shape[0] * field
      let inputs = (type.shape.rank > 1 ? type.shape[1] : 1) * field
      return choose(Double(inputs), Double(outputs)).make(type)
    }
  }
}
