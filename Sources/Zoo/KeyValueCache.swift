internal import GraphKit

/// The keys and values of the steps so far, for a model that reads one step with each call.
struct KeyValueCache: Module {
  let keys: Parameter
  let values: Parameter

  /// Room for `steps` steps of `batch` sequences.
  init(batch: Int, heads: Int, steps: Int, size: Int) {
    keys = .cache([batch, heads, steps, size])
    values = .cache([batch, heads, steps, size])
  }

  /// Puts the key and the value `[batch, heads, 1, size]` of a step in place, and returns what its
  /// query `[batch, heads, 1, size]` finds among all steps up to it.
  func attended(_ query: Tensor, _ key: Tensor, _ value: Tensor, at position: Tensor) -> Tensor {
    let zero = Tensor(0, .i32)
    let start = [zero, zero, position, zero]
    keys.assign(keys.value.dynamicUpdate(key, from: start))
    values.assign(values.value.dynamicUpdate(value, from: start))
    let seen = range(keys.shape[2]) .<= position
    // A head of the cache may serve several of the queries.
    let shared = query.shape[1] / keys.shape[1]
    return scaledDotProductAttention(
      query, repeated(keys.value, shared), repeated(values.value, shared), mask: seen)
  }
}

/// Each head as often as `count` says.
func repeated(_ heads: Tensor, _ count: Int) -> Tensor {
  count == 1 ? heads : heads.repeatedEach(count, axis: 1)
}

/// Steps `[n, steps, heads * size]` as heads `[n, heads, steps, size]`.
func splitHeads(_ x: Tensor, _ heads: Int) -> Tensor {
  let (n, steps, size) = (x.shape[0], x.shape[1], x.shape[2] / heads)
  // A single step needs no other order.
  if steps == 1 { return x.reshaped([n, heads, 1, size]) }
  return x.reshaped([n, steps, heads, size]).transposed([0, 2, 1, 3])
}

/// Heads `[n, heads, steps, size]` as steps `[n, steps, heads * size]`.
func joinHeads(_ x: Tensor) -> Tensor {
  let (n, heads, steps, size) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  if steps == 1 { return x.reshaped([n, 1, heads * size]) }
  return x.transposed([0, 2, 1, 3]).reshaped([n, steps, heads * size])
}
