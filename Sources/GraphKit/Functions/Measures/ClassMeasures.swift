public import TensorLibrary
internal import LoopIR

extension OutputValue where Self == Measure {
  /// How often examples of each class, a row, are taken for each class, a column. Scores are
  /// `[n, classes]`, labels `[n]`.
  public static func confusion(_ scores: Tensor, _ labels: Tensor) -> Measure {
    .total([confusions("confusion", scores, labels)]) { $0[0] }
  }

  /// The harmonic mean of precision and recall, averaged over classes as scikit-learn's `f1_score`
  /// does. Scores are `[n, classes]`, labels `[n]`.
  public static func f1(
    _ scores: Tensor, _ labels: Tensor, average: ClassAverage = .macro
  ) -> Measure {
    .total([confusions("f1", scores, labels)]) { sums in
      let (right, found, there) = counts(sums[0])
      return average.of(2 * right, over: found + there, there)
    }
  }

  /// The share of right ones among the examples taken for a class, averaged over classes.
  public static func precision(
    _ scores: Tensor, _ labels: Tensor, average: ClassAverage = .macro
  ) -> Measure {
    .total([confusions("precision", scores, labels)]) { sums in
      let (right, found, there) = counts(sums[0])
      return average.of(right, over: found, there)
    }
  }

  /// The share of the examples of a class that are found, averaged over classes.
  public static func recall(
    _ scores: Tensor, _ labels: Tensor, average: ClassAverage = .macro
  ) -> Measure {
    .total([confusions("recall", scores, labels)]) { sums in
      let (right, _, there) = counts(sums[0])
      return average.of(right, over: there, there)
    }
  }

  /// The agreement of classes found and labels beyond that of chance (Cohen, 1960): 1 if all are
  /// right, 0 if guessing does as well. Scores are `[n, classes]`, labels `[n]`.
  public static func kappa(_ scores: Tensor, _ labels: Tensor) -> Measure {
    .total([confusions("kappa", scores, labels)]) { sums in
      let (right, found, there) = counts(sums[0])
      let all = sums[0].sum()
      let chance = (found * there).sum() / (all * all)
      return (right.sum() / all - chance) / (1 - chance)
    }
  }

  /// The correlation of classes found and labels (Matthews, 1975; for many classes Gorodkin, 2004).
  /// Scores are `[n, classes]`, labels `[n]`.
  public static func correlation(_ scores: Tensor, _ labels: Tensor) -> Measure {
    .total([confusions("correlation", scores, labels)]) { sums in
      let (right, found, there) = counts(sums[0])
      let all = sums[0].sum()
      let spread = { (counts: Tensor) in all * all - (counts * counts).sum() }
      return (right.sum() * all - (there * found).sum()) / sqrt(spread(there) * spread(found))
    }
  }
}

/// How a measure of single classes becomes one number, as in scikit-learn.
public enum ClassAverage: Sendable {
  /// The mean over classes.
  case macro
  /// The mean over classes, each weighted by the number of its examples.
  case weighted
  /// That of all examples together.
  case micro
  /// That of one class.
  case of(Int)

  /// The average of `a / b` over classes, 0 where `b` is; `weights` are numbers of examples.
  fileprivate func of(_ a: Tensor, over b: Tensor, _ weights: Tensor) -> Tensor {
    let ratio = select(b .== 0, a.filled(0), a / maximum(b, 1))
    switch self {
    case .macro: return ratio.mean()
    case .weighted: return (ratio * weights).sum() / weights.sum()
    case .micro: return a.sum() / maximum(b.sum(), 1)
    case .of(let number): return ratio.sliced(0, number..<number + 1).reshaped([])
    }
  }
}

// The counts of a batch: `[true class, class found]`.
private func confusions(_ name: String, _ scores: Tensor, _ labels: Tensor) -> Tensor {
  applying(name, to: scores) { scores in
    guard labels.value != nil else { return labels }
    guard areLabels(labels, of: scores) else {
      Session.current.report(.labels(name, labels.type, for: scores.type))
      return scores.builder.poison()
    }
    let classes = scores.shape[1]
    let there = labels.oneHot(classes).cast(to: .f32)
    let found = scores.argmax().oneHot(classes).cast(to: .f32)
    return there.transposed().matmul(found)
  }
}

// Of each class the examples that are right, those taken for it, and those that are there.
private func counts(_ confusions: Tensor) -> (right: Tensor, found: Tensor, there: Tensor) {
  let right = confusions.diagonal()
  return (right, confusions.sum(axes: [0]), confusions.sum(axes: [1]))
}

/// True iff there is one whole number for each row of scores `[n, classes]`.
func areLabels(_ labels: Tensor, of scores: Tensor) -> Bool {
  scores.rank == 2 && labels.elementType.isInteger && labels.shape.dims == [scores.shape[0]]
}
