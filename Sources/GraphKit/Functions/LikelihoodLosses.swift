public import TensorLibrary
internal import LoopIR

/// The negative log-likelihood of counts, whose rates are the exponentials of `x`, or `x` itself if
/// `logInput` is false. With `full`, Stirling's approximation of the term that depends only on the
/// target is added.
public func poissonNLL(
  _ x: Tensor, _ target: Tensor, logInput: Bool = true, full: Bool = false,
  epsilon: Double = 1e-8, reduction: Reduction = .mean
) -> Tensor {
  pair("poisson_nll", x, target) { x, t in
    var loss = logInput ? exp(x) - t * x : x - t * log(x + epsilon)
    if full {
      let large = select(t .> 1, t, t.filled(1))
      let stirling = t * log(large) - t + log(large * (2 * Double.pi)) * 0.5
      loss += select(t .> 1, stirling, t.filled(0))
    }
    return reduction(loss)
  }
}

/// The negative log-likelihood of normal distributions with means `x` and variances, which are kept
/// above `epsilon`. With `full`, the constant term is added.
public func gaussianNLL(
  _ x: Tensor, _ target: Tensor, variance: Tensor, full: Bool = false, epsilon: Double = 1e-6,
  reduction: Reduction = .mean
) -> Tensor {
  pair("gaussian_nll", x, target) { x, t in
    guard variance.value != nil else { return variance }
    // The gradient ignores the limit, as in PyTorch.
    let small = (maximum(variance, epsilon) - variance).stopGradient()
    let v = variance + small
    let loss = (log(v) + (x - t) * (x - t) / v) * 0.5
    return reduction(full ? loss + log(v.filled(2 * Double.pi)) * 0.5 : loss)
  }
}
