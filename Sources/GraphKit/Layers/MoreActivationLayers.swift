public import TensorLibrary

// The functions of Functions/MoreActivations.swift, to be put into a `Sequential`.

/// The layer of `selu`.
public struct SELU: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { selu(x) }
}

/// The layer of `mish`.
public struct Mish: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { mish(x) }
}

/// The layer of `logSigmoid`.
public struct LogSigmoid: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { logSigmoid(x) }
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

/// The layer of `relu6`.
public struct ReLU6: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { relu6(x) }
}

/// The layer of `softSign`.
public struct SoftSign: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softSign(x) }
}

/// The layer of `tanhShrink`.
public struct TanhShrink: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { tanhShrink(x) }
}

/// The layer of `celu`.
public struct CELU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let alpha: Double

  /// The function with a scale for negative values.
  public init(alpha: Double = 1) { self.alpha = alpha }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { celu(x, alpha: alpha) }
}

/// The layer of `softShrink`.
public struct SoftShrink: Layer, LibraryLayer {
  let site = Session.current.here()
  private let limit: Double

  /// The function for sizes above a limit.
  public init(_ limit: Double = 0.5) { self.limit = limit }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softShrink(x, limit: limit) }
}

/// The layer of `hardShrink`.
public struct HardShrink: Layer, LibraryLayer {
  let site = Session.current.here()
  private let limit: Double

  /// The function for sizes above a limit.
  public init(_ limit: Double = 0.5) { self.limit = limit }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { hardShrink(x, limit: limit) }
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

/// The layer of `glu`.
public struct GLU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int

  /// The function along an axis, the last by default.
  public init(axis: Int = -1) { self.axis = axis }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { glu(x, axis: axis) }
}

/// The layer of `softmin`.
public struct Softmin: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int

  /// The function along an axis, the last by default.
  public init(axis: Int = -1) { self.axis = axis }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softmin(x, axis: axis) }
}

/// The layer of `threshold`.
public struct Threshold: Layer, LibraryLayer {
  let site = Session.current.here()
  private let limit: Double
  private let value: Double

  /// The function with what takes the place of values up to a limit.
  public init(_ limit: Double, _ value: Double) {
    self.limit = limit
    self.value = value
  }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { threshold(x, limit, value) }
}

/// `softmax` over the channels of images `[n, c, y, x]`.
public struct Softmax2D: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { softmax(x, axis: -3) }
}

/// The value where it is positive, else a learned part of it.
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

/// The value where it is positive, else a part of it that is drawn at random in training, and the
/// middle of the range otherwise.
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
