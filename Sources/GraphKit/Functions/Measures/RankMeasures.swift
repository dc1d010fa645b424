public import TensorLibrary
internal import LoopIR

// Measures of how well scores rank examples. They compare all held-out examples with each other.

extension OutputValue where Self == Measure {
  /// The area under the ROC curve: the chance that a positive example has a higher score than a
  /// negative one, where equal scores count half. Scores and `positive` are `[n]`; there may be
  /// `most` examples.
  public static func areaUnderCurve(
    _ scores: Tensor, positive: Tensor, most: Int
  ) -> Measure {
    ranked("areaUnderCurve", scores, positive, most, rankingArea)
  }

  /// The same for scores `[n, classes]` and labels `[n]`: the mean over classes, each against all
  /// others.
  public static func areaUnderCurve(_ scores: Tensor, _ labels: Tensor, most: Int) -> Measure {
    rankedClasses("areaUnderCurve", scores, labels, most, rankingArea)
  }

  /// The mean, over positive examples, of the precision among all that have at least their score.
  /// Scores and `positive` are `[n]`; there may be `most` examples.
  public static func averagePrecision(
    _ scores: Tensor, positive: Tensor, most: Int
  ) -> Measure {
    ranked("averagePrecision", scores, positive, most, rankingPrecision)
  }

  /// The same for scores `[n, classes]` and labels `[n]`: the mean over classes, each against all
  /// others.
  public static func averagePrecision(_ scores: Tensor, _ labels: Tensor, most: Int) -> Measure {
    rankedClasses("averagePrecision", scores, labels, most, rankingPrecision)
  }
}

// A measure of one column of scores.
private typealias Ranking = (_ scores: Tensor, _ isPositive: Tensor, _ isThere: Tensor) -> Tensor

private func ranked(
  _ name: String, _ scores: Tensor, _ positive: Tensor, _ most: Int, _ ranking: @escaping Ranking
) -> Measure {
  guard scores.value != nil, positive.value != nil else { return .unknown }
  guard scores.rank == 1, positive.shape == scores.shape else {
    let rule = "a score and whether it is positive for each example"
    return .mistaken(.operands(name, rule, scores.type, positive.type))
  }
  let isPositive = positive.elementType == .bool ? positive : positive .> positive.filled(0)
  return .ofAll([scores, isPositive], most: most) { all, isThere in
    ranking(all[0], all[1], isThere)
  }
}

private func rankedClasses(
  _ name: String, _ scores: Tensor, _ labels: Tensor, _ most: Int, _ ranking: @escaping Ranking
) -> Measure {
  guard scores.value != nil, labels.value != nil else { return .unknown }
  guard areLabels(labels, of: scores) else {
    return .mistaken(.labels(name, labels.type, for: scores.type))
  }
  return .ofAll([scores, labels], most: most) { all, isThere in
    let classes = (0..<scores.shape[1]).map { number in
      ranking(all[0][.all, number], all[1] .== all[1].filled(Double(number)) .&& isThere, isThere)
    }
    return stack(classes).mean()
  }
}

private func rankingArea(_ scores: Tensor, _ isPositive: Tensor, _ isThere: Tensor) -> Tensor {
  let isNegative = isThere .&& .!isPositive
  // Each pair is met once, so that no table of all pairs is kept.
  let pairs = (isPositive.expanded(at: 1) .&& isNegative).cast(to: .f64)
  let other = scores.expanded(at: 1)
  let wins = (other .> scores).cast(to: .f64) + (other .>= scores).cast(to: .f64)
  let count = isPositive.cast(to: .f64).sum() * isNegative.cast(to: .f64).sum()
  return (pairs * wins).sum() / (2 * count)
}

private func rankingPrecision(_ scores: Tensor, _ isPositive: Tensor, _ isThere: Tensor) -> Tensor {
  let isAbove = (scores .>= scores.expanded(at: 1) .&& isThere).cast(to: .f64)
  let positive = isPositive.cast(to: .f64)
  let right = (isAbove * positive).sum(axis: 1) / maximum(isAbove.sum(axis: 1), 1)
  return (positive * right).sum() / positive.sum()
}
