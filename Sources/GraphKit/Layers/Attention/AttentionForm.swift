internal import TensorLibrary

/// How attention is computed; the results differ by rounding only.
public enum AttentionForm: Hashable, Sendable {
  /// Streamed where the scores would take much memory, else direct.
  case automatic
  /// All scores at once, `[..., queries, keys]`.
  case direct
  /// Blocks of this many queries and keys, in loops: memory grows with the length of the sequences,
  /// not with its square. Without numbers, blocks are sized for the cache.
  ///
  /// Attention with dropout of weights or with 16-bit floats is computed directly nevertheless.
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
