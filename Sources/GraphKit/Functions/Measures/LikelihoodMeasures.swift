public import TensorLibrary
internal import LoopIR

/// The logarithm of the mean of `exp(logWeights)` over samples, `[samples, ...]` to `[...]`.
///
/// With the weights `log p(x, z) - log q(z|x)` of samples z from q it is an estimate of `log p(x)`
/// by importance sampling: below it on average, and the closer, the more samples (Burda et al.,
/// 2016). One sample gives the evidence lower bound.
public func importanceWeighted(_ logWeights: Tensor) -> Tensor {
  applying("importanceWeighted", to: logWeights) { weights in
    guard weights.rank >= 1 else { return weights }
    return weights.logSumExp(axis: 0) - log(Tensor(Double(weights.shape[0])))
  }
}
