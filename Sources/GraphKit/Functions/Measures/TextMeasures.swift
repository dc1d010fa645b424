public import TensorLibrary
internal import LoopIR

// Measures of texts: rows of integers, words or characters, filled up at the end with `padding`.

extension OutputValue where Self == Measure {
  /// BLEU (Papineni et al., 2002), from 0 to 1: the geometric mean of the shares of the pieces of 1
  /// to `words` words that are also in a reference, less if the texts are shorter than the
  /// references nearest to them in length. A piece counts as often as a reference has it.
  ///
  /// Texts are `[n, length]`, each reference `[n, length]` with a length of its own. The counts are
  /// added up over all texts, without smoothing.
  public static func bleu(
    _ texts: Tensor, _ references: [Tensor], padding: Int, words: Int = 4
  ) -> Measure {
    let words = Check.positive(words, "words", of: "bleu")
    guard ([texts] + references).allSatisfy({ $0.value != nil }) else { return .unknown }
    if let mistake = mistake("bleu", texts, references) { return .mistaken(mistake) }
    let own = lengths(texts, padding).cast(to: .f32)
    let other = stack(references.map { lengths($0, padding) }, axis: 1).cast(to: .f32)
    let nearest = abs(other - own.expanded(at: 1)).argmin(axis: 1, keep: true)
    let wanted = other.takeAlongAxis(nearest, axis: 1)
    let pieces = (1...words).flatMap { pieceCounts(texts, references, $0, padding) }
    return .total([own.sum(), wanted.sum()] + pieces) { sums in
      let shares = (1...words).map { log(sums[2 * $0] / maximum(sums[2 * $0 + 1], 1)) }
      return exp(stack(shares).mean() + minimum(1 - sums[1] / maximum(sums[0], 1), 0))
    }
  }

  /// The error rate of words, or of characters: the fewest insertions, deletions and substitutions
  /// that turn the texts into the references, by the words of the references.
  public static func errorRate(
    _ texts: Tensor, _ references: Tensor, padding: Int
  ) -> Measure {
    guard texts.value != nil, references.value != nil else { return .unknown }
    if let mistake = mistake("errorRate", texts, [references]) { return .mistaken(mistake) }
    let (own, other) = (lengths(texts, padding), lengths(references, padding))
    let changes = texts.editDistance(to: references, lengths: own, targetLengths: other)
    return .ratio(changes.sum().cast(to: .f32), other.sum().cast(to: .f32))
  }

  /// The perplexity of tokens: `exp` of the mean cross entropy over all tokens of a set, without
  /// those that are `padding`. Scores are `[..., classes]`, tokens `[...]`.
  public static func perplexity(
    _ scores: Tensor, _ tokens: Tensor, padding: Int? = nil
  ) -> Measure {
    guard scores.value != nil, tokens.value != nil else { return .unknown }
    guard scores.rank == tokens.rank + 1, tokens.elementType.isInteger,
      Array(scores.shape.dims.dropLast()) == tokens.shape.dims
    else { return .mistaken(.labels("perplexity", tokens.type, for: scores.type)) }
    let rows = scores.reshaped([-1, scores.shape[-1]])
    let each = tokens.reshaped([-1])
    let losses = crossEntropy(rows, each, ignoring: padding, reduction: .none)
    let counted = padding.map { (each .!= each.filled(Double($0))).cast(to: .f32) }
    return .total([losses.sum(), (counted ?? ones(like: losses)).sum()]) { exp($0[0] / $0[1]) }
  }
}

// The number of words before the padding of each row.
private func lengths(_ rows: Tensor, _ padding: Int) -> Tensor {
  (rows .!= rows.filled(Double(padding))).cast(to: .i32).sum(axis: 1).cast(to: .i32)
}

// How many pieces of n words are in the references as often as in the text, and how many there are.
private func pieceCounts(
  _ texts: Tensor, _ references: [Tensor], _ n: Int, _ padding: Int
) -> [Tensor] {
  // Whether the n words from each place of the texts are those from each place of other rows.
  func equal(_ others: Tensor) -> Tensor {
    let (x, y) = (texts.windows(of: n).expanded(at: 2), others.windows(of: n).expanded(at: 1))
    return (x .== y .&& x .!= x.filled(Double(padding))).all(axis: 3).cast(to: .f32)
  }
  guard texts.shape[1] >= n else { return [zeros([]), zeros([])] }
  let here = equal(texts).sum(axis: 2)
  let there = references.filter { $0.shape[1] >= n }.map { equal($0).sum(axis: 2) }
    .reduce(zeros(like: here), maximum)
  // Each of `here` equal pieces counts min(here, there) / here.
  let found = minimum(here, there) / maximum(here, 1)
  return [found.sum(), (here .> 0).cast(to: .f32).sum()]
}

// The mistake in texts and references, if there is one.
private func mistake(_ name: String, _ texts: Tensor, _ references: [Tensor]) -> Mistake? {
  let other = references.first {
    texts.rank != 2 || $0.rank != 2 || !texts.elementType.isInteger
      || $0.elementType != texts.elementType || $0.shape[0] != texts.shape[0]
  }
  return other.map {
    .operands(name, "rows of integers of one type for each text", texts.type, $0.type)
  }
}
