internal import TensorLibrary
internal import LoopIR

// The layout of arrays in which each step of the loops reads contiguous memory and products need no
// packing. The axes of loops come first: `[groups, blocks, heads, ...]`.
extension StreamPlan {
  typealias Cut = (count: Int, extent: Int)

  /// A sequence as `[groups * heads, steps, size]`, padded with zeros.
  func flat(_ x: Tensor, to length: Int) -> Tensor {
    let (steps, size) = (x.shape[-2], x.shape[-1])
    let flat = x.broadcast(to: Shape(lead + [steps, size])).reshaped(Shape([count, steps, size]))
    return padded(flat, [count, length, size])
  }

  /// A mask as `[groups * heads, queries, keys]`, or 1 where it is the same for all.
  func flat(mask: Tensor) -> Tensor {
    let dims = [Int](repeating: 1, count: lead.count + 2 - mask.rank) + mask.shape.dims
    let (queries, keys) = (dims[lead.count], dims[lead.count + 1])
    var mask = mask.reshaped(Shape(dims))
    let isSame = dims.prefix(lead.count).allSatisfy { $0 == 1 }
    if !isSame { mask = mask.broadcast(to: Shape(lead + [queries, keys])) }
    let flat = mask.reshaped(Shape([isSame ? 1 : count, queries, keys]))
    return padded(
      flat, [flat.shape[0], queries == 1 ? 1 : paddedQueries, keys == 1 ? 1 : paddedKeys])
  }

  private func padded(_ x: Tensor, _ dims: [Int]) -> Tensor {
    if x.shape.dims == dims { return x }
    return x.padded(zip(x.shape.dims, dims).map { (before: 0, after: $1 - $0) })
  }

  /// `[..., steps, size]`.
  func rows(_ x: Tensor, _ cut: Cut) -> Tensor {
    x.reshaped(Shape([groups, heads, cut.count, cut.extent, x.shape[2]]))
      .transposed([0, 2, 1, 3, 4])
  }

  /// `[..., panels, size, steps of a panel]`.
  func columns(_ x: Tensor, _ cut: Cut) -> Tensor {
    x.reshaped(Shape([groups, heads, cut.count] + panels(cut.extent) + [x.shape[2]]))
      .transposed([0, 2, 1, 3, 5, 4])
  }

  /// `[..., panels, steps, numbers of a panel]`.
  func panelRows(_ x: Tensor, _ cut: Cut) -> Tensor {
    x.reshaped(Shape([groups, heads, cut.count, cut.extent] + panels(x.shape[2])))
      .transposed([0, 2, 1, 4, 3, 5])
  }

  /// A number for each query, `[..., panels, 1, queries of a panel]`.
  func lanes(_ x: Tensor, _ cut: Cut) -> Tensor {
    columns(x.expanded(at: 2), cut)
  }

  /// A mask in the order of the forward loops, `[groups, query blocks, key blocks, heads, queries,
  /// panels, keys of a panel]`.
  func rowMask(_ mask: Tensor) -> Tensor {
    let (h, q, k) = parts(mask, forward)
    let panels = k.extent == 1 ? [1, 1] : panels(k.extent)
    return mask.reshaped(Shape([h.count, h.extent, q.count, q.extent, k.count] + panels))
      .transposed([0, 2, 4, 1, 3, 5, 6])
  }

  /// A mask in the order of the backward loops, `[groups, key blocks, query blocks, heads, panels,
  /// keys, queries of a panel]`.
  func columnMask(_ mask: Tensor) -> Tensor {
    let (h, q, k) = parts(mask, backward)
    let panels = q.extent == 1 ? [1, 1] : panels(q.extent)
    return mask.reshaped(Shape([h.count, h.extent, q.count] + panels + [k.count, k.extent]))
      .transposed([0, 5, 2, 1, 3, 6, 4])
  }

  /// The gradient by a mask from those by its blocks, in the layout of `columnMask`, for all groups
  /// and blocks.
  func joined(_ gradient: Tensor, of mask: Tensor) -> Tensor {
    let wanted = columnMask(mask).shape.dims
    let axes = wanted.indices.filter { wanted[$0] == 1 && gradient.shape[$0] != 1 }
    let sum = axes.isEmpty ? gradient : gradient.sum(axes: axes, keep: true)
    return sum.transposed([0, 3, 2, 4, 6, 1, 5]).reshaped(mask.shape)
  }

  private func parts(_ mask: Tensor, _ blocks: Blocks) -> (heads: Cut, queries: Cut, keys: Cut) {
    let one: Cut = (1, 1)
    return (
      mask.shape[0] == 1 ? one : (groups, heads), mask.shape[1] == 1 ? one : blocks.queries,
      mask.shape[2] == 1 ? one : blocks.keys
    )
  }
}

/// How an axis is cut into panels of as many columns as products take at once.
func panels(_ extent: Int) -> [Int] {
  let width = 32
  return extent % width == 0 ? [extent / width, width] : [1, extent]
}

// The masking of a block.
extension StreamPlan {
  /// The score of a key that is left out: its exponential is 0 even if all are, as the maximum of
  /// the scores is at least `least`.
  static let hidden = -1e30
  static let least = -1e20

  /// The scores of a block with all masks.
  ///
  /// - Parameters:
  ///   - queries: the numbers of the queries in the block, in a shape that fits the scores.
  ///   - keys: those of the keys.
  func masked(_ scores: Tensor, _ block: StreamBlock, _ queries: Tensor, _ keys: Tensor) -> Tensor {
    let sum = block.added.reduce(scores) { $0 + $1 }
    var seen = block.seen
    if isCausal { seen.append(keys .<= queries) }
    if paddedKeys > self.keys { seen.append(keys .< self.keys) }
    guard let first = seen.first else { return sum }
    return select(
      seen.dropFirst().reduce(first) { $0 .&& $1 }, sum, sum.filled(StreamPlan.hidden))
  }

  /// The result of `body` for a block, or `otherwise` if no query of it sees a key.
  func unlessHidden(
    _ block: StreamBlock, _ blocks: Blocks, _ otherwise: [Tensor], _ body: @escaping () -> [Tensor]
  ) -> [Tensor] {
    guard isCausal else { return body() }
    let last = block.query * blocks.queries.extent + (blocks.queries.extent - 1)
    return cond(block.key * blocks.keys.extent .<= last, then: body, else: { otherwise })
  }
}

/// The block that a step of the inner loop works on.
struct StreamBlock {
  /// The numbers of the blocks of queries and of keys.
  let query: Tensor
  let key: Tensor
  /// The parts of the masks.
  let seen: [Tensor]
  let added: [Tensor]
}

/// Runs `body` for each block of a sequence; it gets the number of the block, the carries, and the
/// slices of `stacks`, of which those with a first axis of extent 1 are the same for all blocks.
func blockLoop(
  _ count: Int, _ carries: [Tensor] = [], over stacks: [Tensor],
  _ body:
    @escaping (_ number: Tensor, _ carries: [Tensor], _ slices: [Tensor]) -> (
      carries: [Tensor], outputs: [Tensor]
    )
) -> (carries: [Tensor], outputs: [Tensor]) {
  guard (carries + stacks).allSatisfy({ $0.value != nil }) else { return (carries, []) }
  guard count > 1 else {
    let found = body(zeros([], .i32), carries, stacks.map { $0.squeezed(0) })
    return (found.carries, found.outputs.map { $0.expanded(at: 0) })
  }
  let same = stacks.map { $0.shape[0] == 1 ? $0.squeezed(0) : nil }
  let moving = stacks.filter { $0.shape[0] > 1 }
  return closedScan(carries, over: moving, steps: count) { step in
    var rest = step.slices[...]
    return body(step.index, step.carries, same.map { $0 ?? rest.removeFirst() })
  }
}
