public import TensorLibrary
internal import LoopIR

/// Shares of 1 along an axis, proportional to the exponentials of the values.
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

/// `softmax` of the negated values.
public func softmin(_ x: Tensor, axis: Int = -1) -> Tensor {
  applying("softmin", to: x) { softmax(-$0, axis: axis) }
}
