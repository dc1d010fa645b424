internal import TensorLibrary
internal import LoopIR

/// The gradients by queries, keys, values and masks that are added.
///
/// Each block of keys looks at all blocks of queries and carries its own two gradients; those by
/// the queries are carried around both loops. All arrays of scores are `[heads, panels, keys,
/// queries of a panel]`: this layout serves both as a left factor with rows of keys and as a right
/// one in panels, so that none of the five products has to pack anything.
func streamedBackward(
  _ plan: StreamPlan, _ sources: [Tensor], _ outputs: [Tensor], _ seeds: [Tensor], _ seen: [Tensor]
) -> [Tensor] {
  let (q, k) = (plan.backward.queries, plan.backward.keys)
  // The gradient by a score is its weight times the difference between its seed and the weighted
  // mean of all seeds.
  let mean = (seeds[0] * outputs[0]).sum(axes: [-1]) - seeds[1]
  let ofQueries = [
    plan.columns(sources[0], q), plan.panelRows(sources[0], q), plan.columns(seeds[0], q),
    plan.panelRows(seeds[0], q), plan.lanes(outputs[1], q), plan.lanes(mean, q),
  ]
  let keys = plan.rows(sources[1], k)
  let ofKeys = [keys, keys.swappedAxes(-1, -2), plan.rows(sources[2], k)]
  let ofMasks = (seen + sources[3...]).map { plan.columnMask($0) }
  let found = blockLoop(plan.groups, over: ofQueries + ofKeys + ofMasks) { _, _, group in
    let start = zeros(Shape(Array(ofQueries[0].shape.dims.dropFirst())), plan.element)
    let ofGroup = blockLoop(k.count, [start], over: Array(group[6...])) { j, above, column in
      let start = [plan.values, plan.size].map { size in
        let panels = panels(size)
        return zeros([plan.heads, panels[0], k.extent, panels[1]], plan.element)
      }
      let slices = group[..<6] + [above[0]] + column[3...]
      let ofKey = blockLoop(q.count, start, over: Array(slices)) { i, now, row in
        let masks = row.dropFirst(7)
        let block = StreamBlock(
          query: i, key: j, seen: Array(masks.prefix(seen.count)),
          added: Array(masks.dropFirst(seen.count)))
        let nothing = now + [row[6]] + block.added.map { $0.filled(0) }
        let next = plan.unlessHidden(block, plan.backward, nothing) {
          backwardStep(plan, now, block, Array(row[..<7]), Array(column[..<3]))
        }
        return (Array(next[..<2]), Array(next[2...]))
      }
      return ([ofKey.outputs[0]], ofKey.carries + ofKey.outputs[1...])
    }
    return ([], ofGroup.carries + ofGroup.outputs)
  }.outputs
  let flat = { (x: Tensor, axes: [Int], source: Tensor) in
    x.transposed(axes).reshaped(source.shape)
  }
  return [
    flat(found[0], [0, 2, 1, 3, 5, 4], sources[0]), flat(found[2], [0, 2, 1, 4, 3, 5], sources[1]),
    flat(found[1], [0, 2, 1, 4, 3, 5], sources[2]),
  ] + zip(found[3...], sources[3...]).map { plan.joined($0, of: $1) }
}

// The gradients by the values and the keys of a block, those by its queries, and those by the masks
// that are added.
private func backwardStep(
  _ plan: StreamPlan, _ carries: [Tensor], _ block: StreamBlock, _ row: [Tensor],
  _ column: [Tensor]
) -> [Tensor] {
  let (q, k) = (plan.backward.queries.extent, plan.backward.keys.extent)
  let (panels, width) = (panels(q)[0], panels(q)[1])
  func inPanels(_ x: Tensor) -> Tensor {
    x.reshaped([plan.heads, x.shape[1], panels, width, x.shape[3]])
  }
  let scores = plan.masked(
    einsum("hkd,hpdl->hpkl", column[0], row[0]), block,
    block.query * q + range(q).reshaped([panels, 1, width]),
    block.key * k + range(k).reshaped([k, 1]))
  let shares = exp(scores - row[4])
  let slopes = shares * (einsum("hkv,hpvl->hpkl", column[2], row[2]) - row[5])
  let masks = block.added.map { mask in
    let axes = mask.shape.dims.indices.filter { mask.shape[$0] == 1 && slopes.shape[$0] != 1 }
    return axes.isEmpty ? slopes : slopes.sum(axes: axes, keep: true)
  }
  return [
    carries[0] + einsum("hpkl,hvplw->hvkw", shares, inPanels(row[3])),
    carries[1] + einsum("hpkl,hdplw->hdkw", slopes, inPanels(row[1])),
    row[6] + einsum("hdk,hpkl->hpdl", column[1], slopes),
  ] + masks
}
