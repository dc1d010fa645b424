public import TensorLibrary
internal import LoopIR

/// Means of the values, weighted by the scores of the keys for a query: `softmax(q kT * scale +
/// mask) v`, over the last two axes.
///
/// As in PyTorch, a mask of `bool` is true for the keys to attend to; a mask of numbers is added to
/// the scores. A query without any key to attend to gets zeros.
///
/// - Parameters:
///   - query: `[..., queries, size]`.
///   - key: `[..., keys, size]`.
///   - value: `[..., keys, values]`.
///   - mask: broadcast to `[..., queries, keys]`.
///   - isCausal: lets query i see the keys up to i.
///   - dropout: the share of the weights that is dropped in training.
///   - scale: the factor of the products; by default one over the root of the size.
///   - form: whether all scores are in memory at once.
public func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
  dropout: Double = 0, scale: Double? = nil, form: AttentionForm = .automatic
) -> Tensor {
  var masks = AttentionMasks(isCausal: isCausal)
  if let mask {
    if mask.value != nil && mask.elementType == .bool {
      masks.seen.append(mask)
    } else {
      masks.added.append(mask)
    }
  }
  return attention(
    query, key, value, masks: masks,
    dropout: Dropout(Check.inside(dropout, 0...1, "dropout", of: "scaledDotProductAttention")),
    scale: scale, form: form
  ).output
}

/// Returns the output, and the weights `[..., queries, keys]`, dropout included.
///
/// Where attention is streamed, the weights are computed separately if they are used.
func attention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, masks: AttentionMasks, dropout: Dropout,
  scale: Double? = nil, form: AttentionForm = .automatic
) -> (output: Tensor, weights: Tensor) {
  var weights: Tensor?
  let output = applying("attention", to: query) { query in
    guard query.rank >= 2, key.rank >= 2, key.value != nil, value.value != nil,
      masks.tensors.allSatisfy({ $0.value != nil })
    else {
      if key.value != nil, value.value != nil {
        Session.current.report(
          .operands("scaledDotProductAttention", "at least 2 axes", query.type, key.type))
      }
      return query.builder.poison()
    }
    let scaled = query * (scale ?? 1 / Double(query.shape[-1]).squareRoot())
    let streamed = dropout.isActive ? nil : streamedAttention(scaled, key, value, masks, form)
    weights = directShares(scaled, key, masks).map { dropout($0) }
    return streamed ?? weights?.matmul(value) ?? query.builder.poison()
  }
  return (output, weights ?? output.builder.poison())
}

// The weights; nil after a mistake.
private func directShares(_ query: Tensor, _ key: Tensor, _ masks: AttentionMasks) -> Tensor? {
  let scores = masks.added.reduce(query.matmul(key.transposed())) { $0 + $1 }
  guard scores.value != nil else { return nil }
  var seen = masks.seen
  if masks.isCausal {
    let (queries, keys) = (range(scores.shape[-2]).expanded(at: 1), range(scores.shape[-1]))
    seen.append(keys .<= queries)
  }
  guard let first = seen.first else { return softmax(scores) }
  return GraphKit.shares(scores, where: seen.dropFirst().reduce(first) { $0 .&& $1 })
}

/// The softmax over the keys that are seen, and 0 for the rest, even if none is seen.
func shares(_ scores: Tensor, where seen: Tensor) -> Tensor {
  // Finite, so that the difference of two of them is not NaN.
  let hidden = scores.filled(never)
  let peak = select(seen, scores, hidden).max(axes: [-1], keep: true).stopGradient()
  guard peak.value != nil else { return peak }
  let inside = select(seen, scores - peak, hidden)
  let shares = select(seen, exp(inside), scores.filled(0))
  let total = shares.sum(axes: [-1], keep: true)
  return shares * (1 / select(total .> 0, total, total.filled(1)))
}

/// The score of a key that is left out: less than all others, but finite.
let never = -1e30
