public import TensorLibrary
internal import LoopIR

/// The value where it is positive, else 0.
public func relu(_ x: Tensor) -> Tensor {
  applying("relu", to: x) { $0.map(.relu) }
}

/// The value where it is positive, else a small part of it.
public func leakyReLU(_ x: Tensor, slope: Double = 0.01) -> Tensor {
  applying("leaky_relu", to: x) { select($0 .> 0, $0, $0 * slope) }
}

/// The value where it is positive, else `alpha * (exp(x) - 1)`.
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  applying("elu", to: x) { x in
    // Large numbers are clamped before the exponential, whose infinity would make the gradient NaN.
    let negative = select(x .> 0, x.filled(0), x)
    return select(x .> 0, x, expm1(negative) * alpha)
  }
}

/// The value times the normal distribution's share below it.
///
/// With `approximate` by a hyperbolic tangent, as in PyTorch's `approximate="tanh"`.
public func gelu(_ x: Tensor, approximate: Bool = false) -> Tensor {
  applying("gelu", to: x) { x in
    if !approximate { return x * 0.5 * (erf(x * 0.5.squareRoot()) + 1) }
    let inner = (x + x * x * x * 0.044715) * (2 / Double.pi).squareRoot()
    return x * 0.5 * (tanh(inner) + 1)
  }
}

/// The value times its sigmoid.
public func silu(_ x: Tensor) -> Tensor { applying("silu", to: x) { $0 * sigmoid($0) } }

/// 1 where the value is at least 0, else 0. No gradient flows through it.
public func step(_ x: Tensor) -> Tensor {
  applying("step", to: x) { ($0 .>= 0).cast(to: $0.elementType) }
}

/// Shares of 1 along an axis, by the exponentials of the values.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  applying("softmax", to: x) { x in
    guard let axis = x.axis(axis, of: "softmax") else { return x.builder.poison() }
    let builder = x.builder
    let peak = builder.part("max") { x.max(axes: [axis], keep: true).stopGradient() }
    guard peak.value != nil else { return peak }
    let shares = exp(x - peak)
    // One division for all: the sum lies between 1 and the number of terms.
    return shares * (1 / builder.part("sum") { shares.sum(axes: [axis], keep: true) })
  }
}

/// The logarithm of `softmax`, without overflow.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  applying("log_softmax", to: x) { x in
    guard let axis = x.axis(axis, of: "logSoftmax") else { return x.builder.poison() }
    return x - x.logSumExp(axes: [axis], keep: true)
  }
}
