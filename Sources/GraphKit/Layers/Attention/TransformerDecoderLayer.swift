public import TensorLibrary

/// A transformer decoder layer: self-attention, attention to an encoder's output, then two linear
/// layers for each step, each with a residual connection and a norm.
///
/// Sequences are `[steps, batch, size]`, or `[batch, steps, size]` with `batchFirst`. Parameters:
/// those of `self_attn`, `multihead_attn`, `linear1`, `linear2`, `norm1`, `norm2` and `norm3`.
public struct TransformerDecoderLayer: Module, NamedChildren {
  private let attention: MultiheadAttention
  private let memoryAttention: MultiheadAttention
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
    func make() -> MultiheadAttention {
      MultiheadAttention(size, heads: heads, bias: bias, batchFirst: batchFirst, dropout: dropout)
    }
    (attention, memoryAttention) = (make(), make())
    self.feedForward = FeedForward(size, feedForward, dropout, activation, bias: bias)
    norms = (0..<3).map { _ in LayerNorm(size, epsilon: epsilon) }
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
    [("self_attn", attention), ("multihead_attn", memoryAttention)] + feedForward.children
      + norms.enumerated().map { ("norm\($0 + 1)", $1) }
  }

  /// Applies the layer to a sequence and an encoder's output.
  ///
  /// Masks are those of `MultiheadAttention`, true for keys to leave out: `mask` and `keyPadding`
  /// for the sequence, `memoryMask` and `memoryPadding` for the encoder's output. With `isCausal`
  /// no step of the sequence sees a later one.
  public func callAsFunction(
    _ x: Tensor, memory: Tensor, mask: Tensor? = nil, keyPadding: Tensor? = nil,
    memoryMask: Tensor? = nil, memoryPadding: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    let blocks: [(Tensor) -> Tensor] = [
      { dropout(attention($0, mask: mask, keyPadding: keyPadding, isCausal: isCausal)) },
      { x in
        let found = memoryAttention(
          x, memory, memory, mask: memoryMask, keyPadding: memoryPadding)
        return dropout(found.output)
      },
      { feedForward($0) },
    ]
    return zip(blocks, norms).reduce(x) { x, block in
      isNormedFirst ? x + block.0(block.1(x)) : block.1(x + block.0(x))
    }
  }
}
