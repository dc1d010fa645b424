public import TensorLibrary
internal import LoopIR

/// The value where it is positive, else `alpha * (exp(x) - 1)`.
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  applying("elu", to: x) { x in
    // Large numbers are clamped before the exponential, whose infinity would make the gradient NaN.
    let negative = select(x .> 0, x.filled(0), x)
    return select(x .> 0, x, expm1(negative) * alpha)
  }
}

/// `scale * (max(0, x) + min(0, alpha * (exp(x) - 1)))`, with the constants that keep mean and
/// variance.
public func selu(_ x: Tensor) -> Tensor {
  applying("selu", to: x) { elu($0, alpha: 1.6732632423543772) * 1.0507009873554805 }
}

/// The value where it is positive, else `alpha * (exp(x / alpha) - 1)`.
public func celu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  applying("celu", to: x) { x in
    let negative = select(x .> 0, x.filled(0), x)
    return select(x .> 0, x, expm1(negative / alpha) * alpha)
  }
}

/// The value times the probability that a normal random number is below it.
///
/// With `approximate`, it is computed by a hyperbolic tangent, as with PyTorch's
/// `approximate="tanh"`.
public func gelu(_ x: Tensor, approximate: Bool = false) -> Tensor {
  applying("gelu", to: x) { x in
    if !approximate { return x * 0.5 * (erf(x * 0.5.squareRoot()) + 1) }
    let inner = (x + x * x * x * 0.044715) * (2 / Double.pi).squareRoot()
    return x * 0.5 * (tanh(inner) + 1)
  }
}

/// The value times its sigmoid.
public func silu(_ x: Tensor) -> Tensor { applying("silu", to: x) { $0 * sigmoid($0) } }

/// The value times the hyperbolic tangent of its `softplus`.
public func mish(_ x: Tensor) -> Tensor { applying("mish", to: x) { $0 * tanh(softplus($0)) } }

/// The logarithm of the sigmoid.
public func logSigmoid(_ x: Tensor) -> Tensor { applying("log_sigmoid", to: x) { -softplus(-$0) } }

/// `log(1 + exp(beta * x)) / beta`; where `beta * x` is above `threshold`, the value itself.
public func softplus(_ x: Tensor, beta: Double, threshold: Double = 20) -> Tensor {
  applying("softplus", to: x) { x in
    let scaled = x * beta
    return select(scaled .> threshold, x, GraphIR.softplus(scaled) / beta)
  }
}

/// `x / (1 + |x|)`.
public func softSign(_ x: Tensor) -> Tensor { applying("soft_sign", to: x) { $0 / (abs($0) + 1) } }

/// `x - tanh(x)`.
public func tanhShrink(_ x: Tensor) -> Tensor { applying("tanh_shrink", to: x) { $0 - tanh($0) } }

/// The first half of an axis times the sigmoid of the second.
public func glu(_ x: Tensor, axis: Int = -1) -> Tensor {
  applying("glu", to: x) { x in
    guard let axis = x.axis(axis, of: "glu") else { return x.builder.poison() }
    let extent = x.shape[axis]
    guard extent % 2 == 0 else {
      Session.current.report(.layerInput("glu", "have an even extent in axis \(axis)", x.type))
      return x.builder.poison()
    }
    return x.sliced(axis, 0..<(extent / 2)) * sigmoid(x.sliced(axis, (extent / 2)..<extent))
  }
}
