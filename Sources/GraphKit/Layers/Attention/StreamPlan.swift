internal import TensorLibrary
internal import LoopIR

/// How attention is cut into blocks.
///
/// All axes before the last two count as one of extent `groups * heads`: the heads of a group are
/// computed together, so that there is work for threads.
struct StreamPlan {
  /// The axes before the last two.
  let lead: [Int]
  /// The lengths of both sequences.
  let queries: Int
  let keys: Int
  /// The extents of keys and of values.
  let size: Int
  let values: Int
  let element: ElementType
  let isCausal: Bool
  /// The product of `lead`, and how it is divided.
  let count: Int
  let groups: Int
  let heads: Int
  /// The blocks of the forward direction, and those of the backward direction, which holds two
  /// arrays of scores.
  let forward: Blocks
  let backward: Blocks

  /// Blocks of queries and keys: how many, and how long they are.
  struct Blocks {
    var queries: (count: Int, extent: Int)
    var keys: (count: Int, extent: Int)
  }

  /// The thresholds from which automatic attention is streamed: bytes of scores, and keys.
  static let leastBytes = 16 << 20
  static let leastKeys = 512

  /// Returns nil where attention is direct: if that is asked for or necessary, or if the operands
  /// do not fit, which the direct form reports.
  init?(
    _ query: TensorType, _ key: TensorType, _ value: TensorType, masks: AttentionMasks,
    _ form: AttentionForm
  ) {
    let types = [query, key, value]
    guard types.allSatisfy({ $0.rank >= 2 && $0.element == query.element }),
      query.element == .f32 || query.element == .f64,
      key.shape[-1] == query.shape[-1], value.shape[-2] == key.shape[-2],
      let lead = StreamPlan.lead(types)
    else { return nil }
    (queries, keys) = (query.shape[-2], key.shape[-2])
    (size, values) = (query.shape[-1], value.shape[-1])
    (self.lead, element, isCausal) = (lead, query.element, masks.isCausal)
    let scores = lead + [queries, keys]
    guard masks.added.allSatisfy({ $0.elementType == query.element }),
      masks.tensors.allSatisfy({ Shape.broadcast($0.shape, Shape(scores))?.dims == scores })
    else { return nil }
    count = lead.reduce(1, *)
    heads = count % 2 == 0 ? 2 : 1
    groups = count / heads
    switch form {
    case .direct: return nil
    case .automatic:
      let bytes = scores.reduce(query.element.size, *)
      guard bytes >= StreamPlan.leastBytes, keys >= StreamPlan.leastKeys else { return nil }
      (forward, backward) = StreamPlan.blocks(queries, keys)
    case .streamed(let queryBlock, let keyBlock):
      var (forward, backward) = StreamPlan.blocks(queries, keys)
      if let queryBlock { forward.queries = cut(queries, queryBlock) }
      if let keyBlock { forward.keys = cut(keys, keyBlock) }
      if queryBlock != nil || keyBlock != nil { backward = forward }
      (self.forward, self.backward) = (forward, backward)
    }
  }

  /// The lengths of both sequences, rounded up to whole blocks.
  var paddedQueries: Int { forward.queries.count * forward.queries.extent }
  var paddedKeys: Int { forward.keys.count * forward.keys.extent }

  // The common shape of the axes before the last two.
  private static func lead(_ types: [TensorType]) -> [Int]? {
    types.reduce(Optional(Shape([]))) { lead, type in
      lead.flatMap { Shape.broadcast($0, Shape(Array(type.dims.dropLast(2)))) }
    }?.dims
  }

  // Measured on a core with 512 KB of cache: the scores of a block take half of it; in the backward
  // direction two arrays take a quarter each.
  private static func blocks(_ queries: Int, _ keys: Int) -> (Blocks, Blocks) {
    func even(_ extent: Int, _ most: Int, _ unit: Int) -> (count: Int, extent: Int) {
      let count = (extent + most - 1) / most
      return (count, ((extent + count - 1) / count + unit - 1) / unit * unit)
    }
    let forward = Blocks(queries: even(queries, 128, 32), keys: even(keys, 512, 64))
    var backward = forward
    backward.keys = (2 * forward.keys.count, forward.keys.extent / 2)
    return (forward, backward)
  }
}

// As many blocks of one extent as a sequence needs.
private func cut(_ length: Int, _ extent: Int) -> (count: Int, extent: Int) {
  let extent = max(min(extent, length), 1)
  return ((length + extent - 1) / extent, extent)
}
