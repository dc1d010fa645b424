public import TensorLibrary
internal import LoopIR

/// A result of an evaluation that is no mean over examples: it is computed from sums over all
/// held-out examples, or from all their outputs, however they are batched.
///
///     return ["loss": loss, "f1": .f1(logits, batch.label)]
///
/// While training, one that is a single number is shown as the mean of those of the batches.
public struct Measure: OutputValue {
  /// What is kept of each batch.
  enum Part {
    /// Adds a tensor to a sum.
    case sum(Tensor)
    /// Keeps the rows of a tensor, one for each example, with room for so many.
    case rows(Tensor, most: Int)
  }

  let parts: [Part]
  /// Computes the result from the sums and rows; the last argument is the number of rows.
  let result: ([Tensor], Tensor) -> Tensor
}

extension OutputValue where Self == Measure {
  /// A function of sums over all examples. `sums` are those of one batch, of any shape; `result`
  /// gets the totals in `f64`.
  ///
  ///     "deviation": .total([x.sum(), (x * x).sum(), n]) { sums in ... }
  public static func total(
    _ sums: [Tensor], _ result: @escaping ([Tensor]) -> Tensor
  ) -> Measure {
    Measure(parts: sums.map { .sum($0) }) { sums, _ in result(sums) }
  }

  /// A ratio of two sums, as of errors and words: `sum` and `count` are those of one batch.
  public static func ratio(_ sum: Tensor, _ count: Tensor) -> Measure {
    .total([sum, count]) { $0[0] / $0[1] }
  }

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

  /// Any function of the outputs for all held-out examples, of which there may be at most `most`.
  /// `rows` are tensors `[n, ...]` of a batch; `result` gets them for all examples, `[most, ...]`,
  /// and says for each row whether it is one: the others are 0.
  ///
  ///     "rank": .ofAll([score, label], most: 2000) { all, isThere in ... }
  public static func ofAll(
    _ rows: [Tensor], most: Int, _ result: @escaping ([Tensor], Tensor) -> Tensor
  ) -> Measure {
    let most = Check.positive(most, "most", of: "ofAll")
    return Measure(parts: rows.map { .rows($0, most: most) }) { all, count in
      result(all, range(most).cast(to: count.elementType) .< count)
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
    guard scores.rank == 2, labels.elementType.isInteger,
      labels.shape.dims == Array(scores.shape.dims.dropLast())
    else {
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
