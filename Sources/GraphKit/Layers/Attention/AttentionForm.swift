internal import TensorLibrary

/// How attention is computed; the results differ by rounding only.
public enum AttentionForm: Hashable, Sendable {
  /// Streamed where the scores would take much memory, else direct.
  case automatic
  /// All scores at once, `[..., queries, keys]`.
  case direct
  /// Blocks of so many queries and keys, in a loop: memory grows with the length of the sequences,
  /// not with its square. Without numbers, blocks are sized for the cache.
  ///
  /// Dropout of weights and 16-bit floats are computed directly all the same.
  case streamed(queries: Int? = nil, keys: Int? = nil)
}

/// The masks: `seen` are true where a key takes part, `added` are added to the scores. All are
/// broadcast to `[..., queries, keys]`.
struct AttentionMasks {
  var seen: [Tensor] = []
  var added: [Tensor] = []
  /// Lets query i see the keys up to i.
  var isCausal = false

  /// All tensors.
  var tensors: [Tensor] { seen + added }
}
