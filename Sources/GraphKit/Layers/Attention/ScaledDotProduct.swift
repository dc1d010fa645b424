public import GraphIR
internal import LoopIR

/// Means of the values, weighted by how well each key fits a query:
/// `softmax(q kT * scale + mask) v`, over the last two axes.
///
/// As in PyTorch, a mask of `bool` is true where a key takes part; one of numbers is added. A query
/// for which no key takes part gets zeros.
///
/// - Parameters:
///   - query: `[..., queries, size]`.
///   - key: `[..., keys, size]`.
///   - value: `[..., keys, values]`.
///   - mask: broadcast to `[..., queries, keys]`.
///   - isCausal: lets query i see the keys up to i.
///   - dropout: the share of the weights that is dropped in training.
///   - scale: what products are multiplied by; without it, one over the root of the size.
public func scaledDotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
  dropout: Double = 0, scale: Double? = nil
) -> Tensor {
  let isSeen = mask.map { $0.value != nil && $0.elementType == .bool } ?? false
  return attention(
    query, key, value, seen: isSeen ? mask : nil, added: isSeen ? nil : mask, isCausal: isCausal,
    dropout: Dropout(Check.inside(dropout, 0...1, "dropout", of: "scaledDotProductAttention")),
    scale: scale
  ).output
}

/// Returns what attention gives, and the weights `[..., queries, keys]`, dropout included.
///
/// `seen` is true where a key takes part, and `added` is added to the products.
func attention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, seen: Tensor? = nil, added: Tensor? = nil,
  isCausal: Bool = false, dropout: Dropout, scale: Double? = nil
) -> (output: Tensor, weights: Tensor) {
  var weights: Tensor?
  let output = applying("attention", to: query) { query in
    guard query.rank >= 2, key.rank >= 2, key.value != nil, value.value != nil,
      seen.map({ $0.value != nil }) ?? true, added.map({ $0.value != nil }) ?? true
    else {
      if key.value != nil, value.value != nil {
        Session.current.report(
          .operands("scaledDotProductAttention", "at least 2 axes", query.type, key.type))
      }
      return query.builder.poison()
    }
    let factor = scale ?? 1 / Double(query.shape[-1]).squareRoot()
    var scores = (query * factor).matmul(key.transposed())
    if let added { scores += added }
    guard scores.value != nil else { return scores }
    var seen = seen
    if isCausal {
      let (queries, keys) = (range(scores.shape[-2]).expanded(at: 1), range(scores.shape[-1]))
      let past = keys .<= queries
      seen = seen.map { $0 .&& past } ?? past
    }
    let shares = dropout(seen.map { GraphKit.shares(scores, where: $0) } ?? softmax(scores))
    weights = shares
    return shares.matmul(value)
  }
  return (output, weights ?? output.builder.poison())
}

/// Shares of 1 along the last axis for what is seen, and 0 for the rest, also if nothing is seen.
func shares(_ scores: Tensor, where seen: Tensor) -> Tensor {
  // Finite, so that the difference of two of them is a number.
  let hidden = scores.filled(never)
  let peak = select(seen, scores, hidden).max(axes: [-1], keep: true).stopGradient()
  guard peak.value != nil else { return peak }
  let inside = select(seen, scores - peak, hidden)
  let shares = select(seen, exp(inside), scores.filled(0))
  let total = shares.sum(axes: [-1], keep: true)
  return shares / select(total .> 0, total, total.filled(1))
}

/// The logarithm of nothing: less than all others, but finite.
let never = -1e30
