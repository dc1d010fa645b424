internal import TensorLibrary
internal import LoopIR

/// Attention in blocks of queries and keys, after FlashAttention-2 (Dao, 2023); nil where the
/// direct form is wanted or needed. The query is multiplied by the scale already.
///
/// Forward, each block of queries looks at all blocks of keys in turn. For each query it carries
/// the largest score so far, and the sums of exponentials and of values relative to that. It keeps
/// the outputs and the logarithms of the sums, from which the backward pass computes the scores
/// again.
func streamedAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ masks: AttentionMasks, _ form: AttentionForm
) -> Tensor? {
  guard let plan = StreamPlan(query.type, key.type, value.type, masks: masks, form) else {
    return nil
  }
  let seen = masks.seen.map { plan.flat(mask: $0) }
  let sources =
    [
      plan.flat(query, to: plan.paddedQueries), plan.flat(key, to: plan.paddedKeys),
      plan.flat(value, to: plan.paddedKeys),
    ] + masks.added.map { plan.flat(mask: $0) }
  let output = customGradient(
    sources, forward: { streamedForward(plan, $0, seen) },
    gradient: { streamedBackward(plan, $0, $1, $2, seen) })[0]
  guard output.value != nil else { return output }
  return output.sliced(1, 0..<plan.queries).reshaped(
    Shape(plan.lead + [plan.queries, plan.values]))
}

// The outputs `[groups * heads, queries, values]`, and for each query the logarithm of the sum of
// exponentials.
private func streamedForward(_ plan: StreamPlan, _ sources: [Tensor], _ seen: [Tensor]) -> [Tensor]
{
  let (q, k) = (plan.forward.queries, plan.forward.keys)
  let stacks =
    [plan.rows(sources[0], q), plan.columns(sources[1], k), plan.panelRows(sources[2], k)]
    + (seen + sources[3...]).map { plan.rowMask($0) }
  let found = blockLoop(plan.groups, over: stacks) { _, _, group in
    blockLoop(q.count, over: [group[0]] + group[3...]) { i, _, row in
      let start = [
        full([plan.heads, q.extent], StreamPlan.least, plan.element),
        zeros([plan.heads, q.extent], plan.element),
        zeros(Shape([plan.heads, q.extent] + panels(plan.values)), plan.element),
      ]
      let end = blockLoop(k.count, start, over: [group[1], group[2]] + row[1...]) {
        j, now, column in
        let masks = column.dropFirst(2)
        let block = StreamBlock(
          query: i, key: j, seen: Array(masks.prefix(seen.count)),
          added: Array(masks.dropFirst(seen.count)))
        let next = plan.unlessHidden(block, plan.forward, now) {
          forwardStep(plan, now, block, query: row[0], key: column[0], value: column[1])
        }
        return (next, [])
      }.carries
      let total = select(end[1] .> 0, end[1], end[1].filled(1))
      let scale = 1 / total
      return ([], [end[2] * scale.expanded(at: 2).expanded(at: 3), end[0] + log(total)])
    }
  }.outputs
  guard found.count == 2 else { return sources }
  return [
    found[0].transposed([0, 2, 1, 3, 4, 5])
      .reshaped(Shape([plan.count, plan.paddedQueries, plan.values])),
    found[1].transposed([0, 2, 1, 3]).reshaped(Shape([plan.count, plan.paddedQueries])),
  ]
}

// The carries after one more block of keys. Scores are `[heads, queries, panels, keys of a panel]`:
// in this layout a row is contiguous.
private func forwardStep(
  _ plan: StreamPlan, _ carries: [Tensor], _ block: StreamBlock, query: Tensor, key: Tensor,
  value: Tensor
) -> [Tensor] {
  let (q, k) = (plan.forward.queries.extent, plan.forward.keys.extent)
  let scores = plan.masked(
    einsum("hqd,hpdl->hqpl", query, key), block,
    block.query * q + range(q).reshaped([q, 1, 1]),
    block.key * k + range(k).reshaped(Shape(panels(k))))
  let peak = maximum(carries[0], scores.max(axes: [2, 3]))
  let shares = exp(scores - peak.expanded(at: 2).expanded(at: 3))
  let fading = exp(carries[0] - peak)
  let product = einsum("hqk,hpkv->hqpv", shares.reshaped([plan.heads, q, k]), value)
  return [
    peak, carries[1] * fading + shares.sum(axes: [2, 3]),
    carries[2] * fading.expanded(at: 2).expanded(at: 3) + product,
  ]
}
