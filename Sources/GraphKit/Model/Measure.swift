public import TensorLibrary
internal import LoopIR

/// A result of an evaluation that is no mean over examples: it is computed from sums over all
/// held-out examples, or from all their outputs, however they are batched.
///
///     return ["loss": loss, "f1": .f1(logits, batch.label)]
///
/// While training, one that is a single number is shown as the mean of those of the batches; other
/// functions return that of what they are given.
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

  /// That of a mistake that has been reported.
  static var unknown: Measure { .total([Session.current.limbo.poison()]) { $0[0] } }

  /// Reports a mistake.
  static func mistaken(_ mistake: Mistake) -> Measure {
    Session.current.report(mistake)
    return .unknown
  }
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
