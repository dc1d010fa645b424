public import GraphKit

/// A Llama (Touvron et al., 2023): a transformer with rotary positions, root-mean-square norms,
/// gated linear layers and heads that share keys and values. Names are those of Hugging Face.
public struct Llama: Module {
  /// The members of the family.
  public struct Form: Sendable {
    /// The numbers for each token, and those between the gated layers.
    public let width, hidden: Int
    /// The blocks, their heads, and how many of these have keys and values of their own.
    public let depth, heads, keyHeads: Int
    /// How many tokens there are.
    public let vocabulary: Int
    /// The base of the wavelengths of positions.
    public let base: Double

    /// Another member.
    public init(
      width: Int, hidden: Int, depth: Int, heads: Int, keyHeads: Int? = nil, vocabulary: Int,
      base: Double = 10_000
    ) {
      (self.width, self.hidden, self.depth) = (width, hidden, depth)
      (self.heads, self.keyHeads) = (heads, keyHeads ?? heads)
      (self.vocabulary, self.base) = (vocabulary, base)
    }

    /// 1,100,048,384 parameters.
    public static let tinyLlama = Form(
      width: 2048, hidden: 5632, depth: 22, heads: 32, keyHeads: 4, vocabulary: 32_000)
    /// 6,738,415,616 parameters.
    public static let llama2of7B = Form(
      width: 4096, hidden: 11_008, depth: 32, heads: 32, vocabulary: 32_000)
    /// 8,030,261,248 parameters.
    public static let llama3of8B = Form(
      width: 4096, hidden: 14_336, depth: 32, heads: 32, keyHeads: 8, vocabulary: 128_256,
      base: 500_000)
  }

  let model: LlamaModel
  let lm_head: Dense

  /// A network whose norms add `epsilon`. To write texts with `next`, it needs room to remember
  /// `cached` tokens of `batch` texts.
  public init(_ form: Form, epsilon: Double = 1e-5, cached: Int? = nil, batch: Int = 1) {
    model = LlamaModel(form, epsilon) {
      cached.map {
        KeyValueCache(
          batch: batch, heads: form.keyHeads, steps: $0, size: form.width / form.heads)
      }
    }
    lm_head = linear(form.width, form.vocabulary)
  }

  /// Returns the scores of the token that follows each of `[n, steps]`, as `[n, steps, tokens]`.
  public func callAsFunction(_ tokens: Tensor) -> Tensor { lm_head(model(tokens, at: nil)) }

  /// Returns the scores `[batch, tokens]` of what follows a token `[batch]` at a position of the
  /// text, an `i32[]`. All before it were read by earlier calls.
  public func next(_ token: Tensor, at position: Tensor) -> Tensor {
    lm_head(model(token.expanded(at: 1), at: position)).squeezed(1)
  }
}

/// All but the scores.
struct LlamaModel: Module {
  let embed_tokens: Embedding
  let layers: [LlamaBlock]
  let norm: RMSNorm

  init(_ form: Llama.Form, _ epsilon: Double, _ cache: () -> KeyValueCache?) {
    embed_tokens = Embedding(
      form.vocabulary, form.width, initialiser: .normal(deviation: 0.02))
    layers = (0..<form.depth).map { _ in LlamaBlock(form, epsilon, cache()) }
    norm = RMSNorm(form.width, epsilon: epsilon)
  }

  func callAsFunction(_ tokens: Tensor, at position: Tensor?) -> Tensor {
    norm(layers.reduce(embed_tokens(tokens)) { x, block in block(x, at: position) })
  }
}

/// Attention, then gated layers for each token.
struct LlamaBlock: Module {
  let self_attn: LlamaAttention
  let mlp: LlamaFeedForward
  let input_layernorm: RMSNorm
  let post_attention_layernorm: RMSNorm

  init(_ form: Llama.Form, _ epsilon: Double, _ cache: KeyValueCache?) {
    self_attn = LlamaAttention(form, cache)
    mlp = LlamaFeedForward(form.width, form.hidden)
    input_layernorm = RMSNorm(form.width, epsilon: epsilon)
    post_attention_layernorm = RMSNorm(form.width, epsilon: epsilon)
  }

  func callAsFunction(_ x: Tensor, at position: Tensor?) -> Tensor {
    let y = x + self_attn(input_layernorm(x), at: position)
    return y + mlp(post_attention_layernorm(y))
  }
}

/// Attention to the tokens before, by rotated queries and keys.
struct LlamaAttention: Module {
  let q_proj, k_proj, v_proj, o_proj: Dense
  private let cache: KeyValueCache?
  private let form: Llama.Form

  init(_ form: Llama.Form, _ cache: KeyValueCache?) {
    let size = form.width / form.heads
    q_proj = linear(form.width, form.width)
    k_proj = linear(form.width, form.keyHeads * size)
    v_proj = linear(form.width, form.keyHeads * size)
    o_proj = linear(form.width, form.width)
    (self.form, self.cache) = (form, cache)
  }

  func callAsFunction(_ x: Tensor, at position: Tensor?) -> Tensor {
    let query = rotated(splitHeads(q_proj(x), form.heads), position)
    let key = rotated(splitHeads(k_proj(x), form.keyHeads), position)
    let value = splitHeads(v_proj(x), form.keyHeads)
    if let position, let cache {
      return o_proj(joinHeads(cache.attended(query, key, value, at: position)))
    }
    let shared = form.heads / form.keyHeads
    let y = scaledDotProductAttention(
      query, repeated(key, shared), repeated(value, shared), isCausal: true)
    return o_proj(joinHeads(y))
  }

  private func rotated(_ x: Tensor, _ position: Tensor?) -> Tensor {
    rotaryPositions(x, base: form.base, offset: position)
  }
}

/// SwiGLU: one linear layer gates another, a third narrows the product.
struct LlamaFeedForward: Layer {
  let gate_proj, up_proj, down_proj: Dense

  init(_ width: Int, _ hidden: Int) {
    (gate_proj, up_proj) = (linear(width, hidden), linear(width, hidden))
    down_proj = linear(hidden, width)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { down_proj(silu(gate_proj(x)) * up_proj(x)) }
}

// A linear layer without a bias.
private func linear(_ inputs: Int, _ outputs: Int) -> Dense {
  Dense(inputs, outputs, bias: false, initialiser: .normal(deviation: 0.02))
}
