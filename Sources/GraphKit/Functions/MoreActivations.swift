public import TensorLibrary
internal import LoopIR

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

/// The value times the hyperbolic tangent of its `softplus`.
public func mish(_ x: Tensor) -> Tensor { applying("mish", to: x) { $0 * tanh(softplus($0)) } }

/// The logarithm of the sigmoid.
public func logSigmoid(_ x: Tensor) -> Tensor { applying("log_sigmoid", to: x) { -softplus(-$0) } }

/// A sigmoid of three straight lines: `x / 6 + 0.5`, kept between 0 and 1.
public func hardSigmoid(_ x: Tensor) -> Tensor {
  applying("hard_sigmoid", to: x) { x in
    between(x, -3...3, x.filled(0), x / 6 + 0.5, x.filled(1))
  }
}

/// The value times its `hardSigmoid`.
public func hardSwish(_ x: Tensor) -> Tensor {
  applying("hard_swish", to: x) { x in between(x, -3...3, x.filled(0), x * (x + 3) / 6, x) }
}

/// The value kept in a range, at whose ends the slope is 0.
public func hardTanh(_ x: Tensor, _ range: ClosedRange<Double> = -1...1) -> Tensor {
  applying("hard_tanh", to: x) { x in
    between(x, range, x.filled(range.lowerBound), x, x.filled(range.upperBound))
  }
}

/// The value kept between 0 and 6.
public func relu6(_ x: Tensor) -> Tensor { applying("relu6", to: x) { hardTanh($0, 0...6) } }

/// `x / (1 + |x|)`.
public func softSign(_ x: Tensor) -> Tensor { applying("soft_sign", to: x) { $0 / (abs($0) + 1) } }

/// The value moved towards 0 by `limit`; 0 where its absolute value is at most that.
public func softShrink(_ x: Tensor, limit: Double = 0.5) -> Tensor {
  applying("soft_shrink", to: x) { x in
    between(x, -limit...limit, x + limit, x.filled(0), x - limit, isInclusive: true)
  }
}

/// The value; 0 where its absolute value is at most `limit`.
public func hardShrink(_ x: Tensor, limit: Double = 0.5) -> Tensor {
  applying("hard_shrink", to: x) { x in
    between(x, -limit...limit, x, x.filled(0), x, isInclusive: true)
  }
}

/// `x - tanh(x)`.
public func tanhShrink(_ x: Tensor) -> Tensor { applying("tanh_shrink", to: x) { $0 - tanh($0) } }

/// The value where it is above `limit`, else `value`.
public func threshold(_ x: Tensor, _ limit: Double, _ value: Double) -> Tensor {
  applying("threshold", to: x) { select($0 .> limit, $0, $0.filled(value)) }
}

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

/// `log(1 + exp(beta * x)) / beta`; where `beta * x` is above `threshold`, the value itself.
public func softplus(_ x: Tensor, beta: Double, threshold: Double = 20) -> Tensor {
  applying("softplus", to: x) { x in
    let scaled = x * beta
    return select(scaled .> threshold, x, GraphIR.softplus(scaled) / beta)
  }
}

/// `softmax` of the negated values.
public func softmin(_ x: Tensor, axis: Int = -1) -> Tensor {
  applying("softmin", to: x) { softmax(-$0, axis: axis) }
}

// `low` below a range, `high` above it, else `middle`; NaN stays NaN.
private func between(
  _ x: Tensor, _ range: ClosedRange<Double>, _ low: Tensor, _ middle: Tensor, _ high: Tensor,
  isInclusive: Bool = false
) -> Tensor {
  let isBelow = isInclusive ? x .< range.lowerBound : x .<= range.lowerBound
  let isAbove = isInclusive ? x .> range.upperBound : x .>= range.upperBound
  return select(isBelow, low, select(isAbove, high, middle))
}
