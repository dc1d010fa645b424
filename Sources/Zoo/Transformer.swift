public import GraphKit

/// The transformer (Vaswani et al., 2017): an encoder reads a sequence, a decoder writes another.
///
/// Names are those of PyTorch's tutorial on translation: `transformer`, `src_tok_emb`,
/// `tgt_tok_emb`, `generator`. Sequences are integers `[n, steps]`.
public struct Transformer: Module {
  /// The sizes of a network.
  public struct Form: Sendable {
    /// The numbers for each token, and those between the two linear layers of a block.
    public let width, hidden: Int
    /// The blocks of encoder and decoder each, and the heads of each block.
    public let depth, heads: Int

    /// Other sizes.
    public init(width: Int, hidden: Int, depth: Int, heads: Int) {
      (self.width, self.hidden, self.depth, self.heads) = (width, hidden, depth, heads)
    }

    /// The sizes of the paper's first table.
    public static let base = Form(width: 512, hidden: 2048, depth: 6, heads: 8)
    /// Twice the width.
    public static let big = Form(width: 1024, hidden: 4096, depth: 6, heads: 16)
  }

  let transformer: EncoderDecoder
  let generator: Dense
  let src_tok_emb: TokenEmbedding
  let tgt_tok_emb: TokenEmbedding
  private let dropout: Dropout

  /// A network for sequences of `source` and `target` different tokens. With `normFirst`, norms
  /// come before attention and linear layers instead of after them.
  public init(
    _ form: Form, source: Int, target: Int, dropout: Double = 0.1, normFirst: Bool = false
  ) {
    let encoder = (0..<form.depth).map { _ in
      TransformerEncoderLayer(
        form.width, heads: form.heads, feedForward: form.hidden, dropout: dropout,
        batchFirst: true, normFirst: normFirst)
    }
    let decoder = (0..<form.depth).map { _ in
      TransformerDecoderLayer(
        form.width, heads: form.heads, feedForward: form.hidden, dropout: dropout,
        batchFirst: true, normFirst: normFirst)
    }
    transformer = EncoderDecoder(
      encoder: TransformerEncoder(encoder, norm: LayerNorm(form.width)),
      decoder: TransformerDecoder(decoder, norm: LayerNorm(form.width)))
    generator = Dense(form.width, target, initialiser: .xavierUniform())
    src_tok_emb = TokenEmbedding(source, form.width)
    tgt_tok_emb = TokenEmbedding(target, form.width)
    self.dropout = Dropout(dropout)
  }

  /// Returns the scores of what follows each token of `target`, `[n, steps, tokens]`. `padding`,
  /// `[n, steps]`, is true for what fills up the source.
  public func callAsFunction(
    _ source: Tensor, _ target: Tensor, padding: Tensor? = nil
  ) -> Tensor {
    decoded(target, encoded(source, padding: padding), padding: padding)
  }

  /// Returns what the encoder says of a source, `[n, steps, width]`.
  public func encoded(_ source: Tensor, padding: Tensor? = nil) -> Tensor {
    transformer.encoder(dropout(src_tok_emb(source)), mask: nil, keyPadding: padding)
  }

  /// Returns the scores of what follows each token of `target`, given what the encoder says.
  public func decoded(_ target: Tensor, _ memory: Tensor, padding: Tensor? = nil) -> Tensor {
    generator(
      transformer.decoder(
        dropout(tgt_tok_emb(target)), memory: memory, memoryPadding: padding, isCausal: true))
  }
}

/// The two halves.
struct EncoderDecoder: Module {
  let encoder: TransformerEncoder
  let decoder: TransformerDecoder
}

/// A token times the root of its size, and its position.
struct TokenEmbedding: Layer {
  let embedding: Embedding

  init(_ count: Int, _ width: Int) {
    embedding = Embedding(count, width, initialiser: .xavierUniform())
  }

  func callAsFunction(_ tokens: Tensor) -> Tensor {
    let width = embedding.weight.shape[1]
    return embedding(tokens) * Double(width).squareRoot()
      + sinusoidalPositions(tokens.shape[1], width)
  }
}
