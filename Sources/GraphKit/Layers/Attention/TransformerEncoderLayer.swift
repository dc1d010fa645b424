public import TensorLibrary

/// A transformer encoder layer: self-attention, then two linear layers for each step, each with a
/// residual connection and a norm.
///
/// Sequences are `[steps, batch, size]`, or `[batch, steps, size]` with `batchFirst`. Parameters:
/// those of `self_attn`, `linear1`, `linear2`, `norm1` and `norm2`.
public struct TransformerEncoderLayer: Layer, NamedChildren {
  private let attention: MultiheadAttention
  private let feedForward: FeedForward
  private let norms: [LayerNorm]
  private let dropout: Dropout
  private let isNormedFirst: Bool

  /// A layer for steps of `size` numbers.
  ///
  /// With `normFirst`, norms come before attention and linear layers instead of after them.
  public init(
    _ size: Int, heads: Int, feedForward: Int = 2048, dropout: Double = 0.1,
    activation: @escaping (Tensor) -> Tensor = { relu($0) }, epsilon: Double = 1e-5,
    batchFirst: Bool = false, normFirst: Bool = false, bias: Bool = true
  ) {
    attention = MultiheadAttention(
      size, heads: heads, bias: bias, batchFirst: batchFirst, dropout: dropout)
    self.feedForward = FeedForward(size, feedForward, dropout, activation, bias: bias)
    norms = (0..<2).map { _ in LayerNorm(size, epsilon: epsilon) }
    self.dropout = Dropout(dropout)
    isNormedFirst = normFirst
  }

  /// The same with an activation by its name, such as `.gelu`.
  public init(
    _ size: Int, heads: Int, feedForward: Int = 2048, dropout: Double = 0.1,
    activation: NamedActivation, epsilon: Double = 1e-5, batchFirst: Bool = false,
    normFirst: Bool = false, bias: Bool = true
  ) {
    self.init(
      size, heads: heads, feedForward: feedForward, dropout: dropout,
      activation: activation.function, epsilon: epsilon, batchFirst: batchFirst,
      normFirst: normFirst, bias: bias)
  }

  var children: [(name: String, module: any Module)] {
    [("self_attn", attention)] + feedForward.children
      + norms.enumerated().map { ("norm\($0 + 1)", $1) }
  }

  /// Applies the layer without masks.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

  /// Applies the layer. Masks are those of `MultiheadAttention`, true for keys to leave out.
  public func callAsFunction(
    _ x: Tensor, mask: Tensor?, keyPadding: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    let blocks: [(Tensor) -> Tensor] = [
      { dropout(attention($0, mask: mask, keyPadding: keyPadding, isCausal: isCausal)) },
      { feedForward($0) },
    ]
    return zip(blocks, norms).reduce(x) { x, block in
      isNormedFirst ? x + block.0(block.1(x)) : block.1(x + block.0(x))
    }
  }
}

/// The two linear layers of a transformer layer.
struct FeedForward {
  private let first: Dense
  private let second: Dense
  private let dropout: Dropout
  private let activation: (Tensor) -> Tensor

  init(
    _ size: Int, _ hidden: Int, _ dropout: Double, _ activation: @escaping (Tensor) -> Tensor,
    bias: Bool
  ) {
    first = Dense(size, hidden, bias: bias)
    second = Dense(hidden, size, bias: bias)
    self.dropout = Dropout(dropout)
    self.activation = activation
  }

  var children: [(name: String, module: any Module)] { [("linear1", first), ("linear2", second)] }

  func callAsFunction(_ x: Tensor) -> Tensor {
    dropout(second(dropout(activation(first(x)))))
  }
}
