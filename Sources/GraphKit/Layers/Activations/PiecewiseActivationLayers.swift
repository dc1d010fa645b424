public import TensorLibrary

// The functions of Functions/PiecewiseActivations.swift, for a `Sequential`.

/// The layer of `relu`.
public struct ReLU: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { relu(x) }
}

/// The layer of `leakyReLU`.
public struct LeakyReLU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let slope: Double

  /// The function with a slope for negative values.
  public init(slope: Double = 0.01) { self.slope = slope }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { leakyReLU(x, slope: slope) }
}

/// The value where it is positive, else a learned multiple of it.
///
/// Parameter: `weight`, one number, or one for each channel.
public struct PReLU: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The slopes for negative values.
  public let weight: Parameter

  /// A layer with one slope, or one for each of `channels` channels, the second axis.
  public init(_ channels: Int = 1, slope: Double = 0.25) {
    let channels = Check.positive(channels, "channels", of: "PReLU")
    weight = Parameter([channels], initialiser: .constant(slope), named: "weight")
  }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("prelu", to: x, naming: weight) { x in
      let channels = weight.shape.count
      guard channels == 1 || (x.rank >= 2 && x.shape[1] == channels) else {
        let rule = "have \(channels) channels in its second axis"
        Session.current.report(.layerInput("PReLU", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      guard x.isComputed(in: weight.type.element, "PReLU") else { return x.builder.poison() }
      let trailing = Array(repeating: 1, count: channels == 1 ? 0 : x.rank - 2)
      return select(x .> 0, x, x * weight.value.reshaped(Shape([channels] + trailing)))
    }
  }
}

/// The value where it is positive, else a multiple of it; the factor is drawn at random in
/// training, and is the middle of the range otherwise.
public struct RReLU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let range: ClosedRange<Double>

  /// A layer with a range of slopes.
  public init(_ range: ClosedRange<Double> = 1.0 / 8...1.0 / 3) { self.range = range }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("rrelu", to: x) { x in
      guard Trace.current?.mode == .training else {
        return leakyReLU(x, slope: (range.lowerBound + range.upperBound) / 2)
      }
      return select(x .>= 0, x, x * randomUniform(x.shape, range, x.elementType))
    }
  }
}

/// The layer of `relu6`.
public struct ReLU6: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { relu6(x) }
}

/// The layer of `step`.
public struct Step: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { step(x) }
}

/// The layer of `threshold`.
public struct Threshold: Layer, LibraryLayer {
  let site = Session.current.here()
  private let limit: Double
  private let value: Double

  /// The function that replaces values up to a limit by another value.
  public init(_ limit: Double, _ value: Double) {
    self.limit = limit
    self.value = value
  }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { threshold(x, limit, value) }
}

/// The layer of `hardSigmoid`.
public struct HardSigmoid: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { hardSigmoid(x) }
}

/// The layer of `hardSwish`.
public struct HardSwish: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { hardSwish(x) }
}

/// The layer of `hardTanh`.
public struct HardTanh: Layer, LibraryLayer {
  let site = Session.current.here()
  private let range: ClosedRange<Double>

  /// The function for a range.
  public init(_ range: ClosedRange<Double> = -1...1) { self.range = range }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { hardTanh(x, range) }
}

/// The layer of `hardShrink`.
public struct HardShrink: Layer, LibraryLayer {
  let site = Session.current.here()
  private let limit: Double

  /// The function with a limit.
  public init(_ limit: Double = 0.5) { self.limit = limit }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { hardShrink(x, limit: limit) }
}

/// The layer of `softShrink`.
public struct SoftShrink: Layer, LibraryLayer {
  let site = Session.current.here()
  private let limit: Double

  /// The function with a limit.
  public init(_ limit: Double = 0.5) { self.limit = limit }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softShrink(x, limit: limit) }
}
