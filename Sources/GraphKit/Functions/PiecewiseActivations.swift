public import TensorLibrary
internal import LoopIR

/// The value where it is positive, else 0.
public func relu(_ x: Tensor) -> Tensor {
  applying("relu", to: x) { $0.map(.relu) }
}

/// The value where it is positive, else `slope` times the value.
public func leakyReLU(_ x: Tensor, slope: Double = 0.01) -> Tensor {
  applying("leaky_relu", to: x) { select($0 .> 0, $0, $0 * slope) }
}

/// The value clamped to 0 to 6.
public func relu6(_ x: Tensor) -> Tensor { applying("relu6", to: x) { hardTanh($0, 0...6) } }

/// 1 where the value is at least 0, else 0. No gradient flows through it.
public func step(_ x: Tensor) -> Tensor {
  applying("step", to: x) { ($0 .>= 0).cast(to: $0.elementType) }
}

/// The value where it is above `limit`, else `value`.
public func threshold(_ x: Tensor, _ limit: Double, _ value: Double) -> Tensor {
  applying("threshold", to: x) { select($0 .> limit, $0, $0.filled(value)) }
}

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

/// The value clamped to a range; the slope at its ends is 0.
public func hardTanh(_ x: Tensor, _ range: ClosedRange<Double> = -1...1) -> Tensor {
  applying("hard_tanh", to: x) { x in
    between(x, range, x.filled(range.lowerBound), x, x.filled(range.upperBound))
  }
}

/// The value; 0 where its absolute value is at most `limit`.
public func hardShrink(_ x: Tensor, limit: Double = 0.5) -> Tensor {
  applying("hard_shrink", to: x) { x in
    between(x, -limit...limit, x, x.filled(0), x, isInclusive: true)
  }
}

/// The value moved towards 0 by `limit`; 0 where its absolute value is at most that.
public func softShrink(_ x: Tensor, limit: Double = 0.5) -> Tensor {
  applying("soft_shrink", to: x) { x in
    between(x, -limit...limit, x + limit, x.filled(0), x - limit, isInclusive: true)
  }
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
