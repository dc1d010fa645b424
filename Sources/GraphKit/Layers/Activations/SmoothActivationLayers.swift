public import TensorLibrary

// The functions of Functions/SmoothActivations.swift, for a `Sequential`.

/// The layer of `elu`.
public struct ELU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let alpha: Double

  /// The function with a scale for negative values.
  public init(alpha: Double = 1) { self.alpha = alpha }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { elu(x, alpha: alpha) }
}

/// The layer of `selu`.
public struct SELU: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { selu(x) }
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

/// The layer of `gelu`.
public struct GELU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let approximate: Bool

  /// The exact function, or an approximation by a hyperbolic tangent.
  public init(approximate: Bool = false) { self.approximate = approximate }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    gelu(x, approximate: approximate)
  }
}

/// The layer of `silu`.
public struct SiLU: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { silu(x) }
}

/// The layer of `mish`.
public struct Mish: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { mish(x) }
}

/// The layer of `sigmoid`.
public struct Sigmoid: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("sigmoid", to: x) { GraphIR.sigmoid($0) }
  }
}

/// The layer of `logSigmoid`.
public struct LogSigmoid: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { logSigmoid(x) }
}

/// The layer of `tanh`.
public struct Tanh: Layer, LibraryLayer {
  let site = Session.current.here()

  /// A layer without settings.
  public init() {}

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("tanh", to: x) { GraphIR.tanh($0) }
  }
}

/// The layer of `softplus`.
public struct Softplus: Layer, LibraryLayer {
  let site = Session.current.here()
  private let beta: Double
  private let threshold: Double

  /// The function for `beta` times the value; where that is above `threshold`, the value itself.
  public init(beta: Double = 1, threshold: Double = 20) {
    self.beta = beta
    self.threshold = threshold
  }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("softplus", to: x) {
      beta == 1 ? GraphIR.softplus($0) : softplus($0, beta: beta, threshold: threshold)
    }
  }
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

/// The layer of `glu`.
public struct GLU: Layer, LibraryLayer {
  let site = Session.current.here()
  private let axis: Int

  /// The function along an axis, the last by default.
  public init(axis: Int = -1) { self.axis = axis }

  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { glu(x, axis: axis) }
}
