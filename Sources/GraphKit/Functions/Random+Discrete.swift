public import TensorLibrary
internal import LoopIR

// Distributions of whole numbers. No gradient flows through them.

/// 1 with given probabilities, else 0.
public func randomBernoulli(_ probability: Tensor) -> Tensor {
  sample("randomBernoulli", probability) {
    (randomUnit(like: $0) .< $0.stopGradient()).cast(to: $0.elementType)
  }
}

/// Random classes, as `i32`, by logits along the last axis: the position of the largest sum of a
/// logit and a random number with a Gumbel distribution.
public func randomCategorical(logits: Tensor) -> Tensor {
  sample("randomCategorical", logits) { logits in
    let noise = -log(-log(randomUnit(like: logits)))
    return (logits.stopGradient() + noise).argmax()
  }
}

/// Random classes, as `i32`, by probabilities along the last axis, which need not add up to 1.
///
/// A uniform number times their sum is looked up among the partial sums.
public func randomCategorical(probabilities: Tensor) -> Tensor {
  sample("randomCategorical", probabilities) { categories($0.stopGradient()) }
}

private func categories(_ weights: Tensor) -> Tensor {
  let count = weights.shape[-1]
  let (i, j) = (range(count).expanded(at: -1), range(count))
  // Row `i`: the probability of classes up to `i`.
  let upTo = (j .<= i).cast(to: weights.elementType)
  let sums = (weights.expanded(at: -2) * upTo).sum(axes: [-1])
  let total = sums.sliced(-1, (count - 1)..<count)
  let mark = total * randomUnit(like: total)
  // Rounding must not lead beyond the last class.
  let place = (sums .<= mark).cast(to: .i32).sum(axes: [-1]).cast(to: .i32)
  return minimum(place, place.filled(Double(count - 1)))
}

/// How often each class is drawn in `count` draws, by probabilities along the last axis.
public func randomMultinomial(_ count: Int, probabilities: Tensor) -> Tensor {
  guard probabilities.value != nil else { return probabilities }
  let count = Check.positive(count, "count", of: "randomMultinomial")
  let dims = probabilities.shape.dims
  let each = probabilities.expanded(at: -2).broadcast(
    to: Shape(dims.dropLast() + [count] + dims.suffix(1)))
  let draws = randomCategorical(probabilities: each)
  guard draws.value != nil else { return draws }
  return draws.oneHot(probabilities.shape[-1]).cast(to: probabilities.elementType)
    .sum(axes: [-2])
}

/// The number of successes in `count` trials, each with a given probability.
///
/// Every trial is made, so the work grows with `count`.
public func randomBinomial(_ count: Int, probability: Tensor) -> Tensor {
  guard probability.value != nil else { return probability }
  let count = Check.positive(count, "count", of: "randomBinomial")
  let each = probability.expanded(at: -1).broadcast(to: Shape(probability.shape.dims + [count]))
  return randomBernoulli(each).sum(axes: [-1])
}

/// The number of failures before the first success, each trial with a given probability above 0.
public func randomGeometric(probability: Tensor) -> Tensor {
  sample("randomGeometric", probability) {
    floor(log(randomUnit(like: $0)) / log1p(-$0.stopGradient()))
  }
}

/// The number of events in a unit of time, for given rates.
///
/// Waiting times are added up until they pass the unit, in a loop of about as many steps as the
/// largest number drawn; there are never more than 1024, so rates should not be above 800.
public func randomPoisson(rate: Tensor) -> Tensor {
  sample("randomPoisson", rate) { events($0.stopGradient()) }
}

private func events(_ rate: Tensor) -> Tensor {
  let result = whileLoop(
    [rate.filled(0), rate.filled(0), Tensor(0, .i32)],
    while: { ($0[0] .<= rate).any() .&& $0[2] .< 1025 }
  ) { carried in
    let time = carried[0] - log(randomUnit(like: rate))
    // Time advances only where the unit has not passed.
    let isOpen = carried[0] .<= rate
    return [
      select(isOpen, time, carried[0]),
      select(isOpen .&& (time .<= rate), carried[1] + 1, carried[1]), carried[2] + 1,
    ]
  }
  return result[1].stopGradient()
}
