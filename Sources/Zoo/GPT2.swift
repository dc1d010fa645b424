public import GraphKit

/// GPT-2 (Radford et al., 2019): a transformer that says which token may come next. Names and
/// layouts are those of the published weights.
public struct GPT2: Module {
  /// The members of the family.
  public struct Form: Sendable {
    /// The numbers for each token.
    public let width: Int
    /// The blocks, and the heads of each.
    public let depth, heads: Int
    /// How many tokens there are, and how many a text may have.
    public let vocabulary, context: Int

    /// Another member.
    public init(
      width: Int, depth: Int, heads: Int, vocabulary: Int = 50257, context: Int = 1024
    ) {
      (self.width, self.depth, self.heads) = (width, depth, heads)
      (self.vocabulary, self.context) = (vocabulary, context)
    }

    /// 124 million parameters.
    public static let small = Form(width: 768, depth: 12, heads: 12)
    /// 355 million.
    public static let medium = Form(width: 1024, depth: 24, heads: 16)
    /// 774 million.
    public static let large = Form(width: 1280, depth: 36, heads: 20)
    /// 1558 million.
    public static let extraLarge = Form(width: 1600, depth: 48, heads: 25)
  }

  /// A row for each token.
  public let wte: Embedding
  /// A row for each position.
  public let wpe: Embedding
  let h: [GPT2Block]
  /// The norm after the last block.
  public let ln_f: LayerNorm
  private let dropout: Dropout

  /// A network that drops some of what it computes in training. To write texts with `next`, it
  /// needs room to remember `cached` tokens of `batch` texts.
  public init(_ form: Form, dropout: Double = 0.1, cached: Int? = nil, batch: Int = 1) {
    let start = Initialiser.normal(deviation: 0.02)
    wte = Embedding(form.vocabulary, form.width, initialiser: start)
    wpe = Embedding(form.context, form.width, initialiser: start)
    h = (0..<form.depth).map { _ in
      let cache = cached.map {
        KeyValueCache(
          batch: batch, heads: form.heads, steps: $0, size: form.width / form.heads)
      }
      return GPT2Block(form, dropout, cache)
    }
    ln_f = LayerNorm(form.width)
    self.dropout = Dropout(dropout)
  }

  /// Returns the scores of the token that follows each of `[n, steps]`, as `[n, steps, tokens]`.
  public func callAsFunction(_ tokens: Tensor) -> Tensor { scores(features(tokens)) }

  /// Returns what the last block says of each token, `[n, steps, width]`.
  public func features(_ tokens: Tensor) -> Tensor {
    let x = dropout(wte(tokens) + wpe(range(tokens.shape[1])))
    return ln_f(h.reduce(x) { x, block in block(x, at: nil) })
  }

  /// Returns the scores `[batch, tokens]` of what follows a token `[batch]` at a position of the
  /// text, an `i32[]`. All before it were read by earlier calls.
  public func next(_ token: Tensor, at position: Tensor) -> Tensor {
    let x = wte(token).expanded(at: 1) + wpe(position)
    return scores(ln_f(h.reduce(x) { x, block in block(x, at: position) })).squeezed(1)
  }

  private func scores(_ x: Tensor) -> Tensor { x.matmul(wte.weight.value.transposed()) }
}

/// Attention, then two linear layers for each token.
struct GPT2Block: Module {
  let ln_1: LayerNorm
  let attn: GPT2Attention
  let ln_2: LayerNorm
  let mlp: GPT2FeedForward

  init(_ form: GPT2.Form, _ dropout: Double, _ cache: KeyValueCache?) {
    (ln_1, ln_2) = (LayerNorm(form.width), LayerNorm(form.width))
    attn = GPT2Attention(form, dropout, cache)
    mlp = GPT2FeedForward(form, dropout)
  }

  func callAsFunction(_ x: Tensor, at position: Tensor?) -> Tensor {
    let y = x + attn(ln_1(x), at: position)
    return y + mlp(ln_2(y))
  }
}

/// Attention to the tokens before.
struct GPT2Attention: Module {
  let c_attn: TransposedDense
  let c_proj: TransposedDense
  private let cache: KeyValueCache?
  private let heads: Int
  private let rate: Double

  init(_ form: GPT2.Form, _ dropout: Double, _ cache: KeyValueCache?) {
    c_attn = TransposedDense(form.width, 3 * form.width)
    c_proj = TransposedDense(form.width, form.width, depth: form.depth)
    (heads, rate, self.cache) = (form.heads, dropout, cache)
  }

  func callAsFunction(_ x: Tensor, at position: Tensor?) -> Tensor {
    let parts = c_attn(x).chunked(3, axis: -1).map { splitHeads($0, heads) }
    let (query, key, value) = (parts[0], parts[1], parts[2])
    if let position, let cache {
      return c_proj(joinHeads(cache.attended(query, key, value, at: position)))
    }
    let y = scaledDotProductAttention(query, key, value, isCausal: true, dropout: rate)
    return Dropout(rate)(c_proj(joinHeads(y)))
  }
}

/// Two linear layers.
struct GPT2FeedForward: Layer {
  let c_fc: TransposedDense
  let c_proj: TransposedDense
  private let dropout: Dropout

  init(_ form: GPT2.Form, _ rate: Double) {
    c_fc = TransposedDense(form.width, 4 * form.width)
    c_proj = TransposedDense(4 * form.width, form.width, depth: form.depth)
    dropout = Dropout(rate)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    dropout(c_proj(gelu(c_fc(x), approximate: true)))
  }
}

/// A linear layer whose weight is `[inputs, outputs]`.
struct TransposedDense: Layer {
  let weight: Parameter
  let bias: Parameter

  /// A layer that adds to one of `depth` blocks' way around begins with smaller weights.
  init(_ inputs: Int, _ outputs: Int, depth: Int? = nil) {
    let deviation = 0.02 / (depth.map { Double(2 * $0).squareRoot() } ?? 1)
    weight = Parameter([inputs, outputs], initialiser: .normal(deviation: deviation))
    bias = Parameter([outputs])
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x.matmul(weight.value) + bias.value }
}
