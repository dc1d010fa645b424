public import GraphKit

/// BERT (Devlin et al., 2018) as it is first trained: it says which words are masked, and whether
/// one sentence follows another. Names are those of Hugging Face's BertForPreTraining.
public struct BERT: Module {
  /// The members of the family.
  public struct Form: Sendable {
    /// The numbers for each token, and those between the two linear layers of a block.
    public let width, hidden: Int
    /// The blocks, and the heads of each.
    public let depth, heads: Int
    /// How many tokens there are, and how many a text may have.
    public let vocabulary, context: Int

    /// Another member.
    public init(
      width: Int, depth: Int, heads: Int, hidden: Int? = nil, vocabulary: Int = 30_522,
      context: Int = 512
    ) {
      (self.width, self.hidden) = (width, hidden ?? 4 * width)
      (self.depth, self.heads) = (depth, heads)
      (self.vocabulary, self.context) = (vocabulary, context)
    }

    /// 4,433,468 parameters.
    public static let tiny = Form(width: 128, depth: 2, heads: 2)
    /// Four blocks of 256 numbers.
    public static let mini = Form(width: 256, depth: 4, heads: 4)
    /// Four blocks of 512 numbers.
    public static let small = Form(width: 512, depth: 4, heads: 8)
    /// Eight blocks of 512 numbers.
    public static let medium = Form(width: 512, depth: 8, heads: 8)
    /// 110,106,428 parameters.
    public static let base = Form(width: 768, depth: 12, heads: 12)
    /// 336,226,108 parameters.
    public static let large = Form(width: 1024, depth: 24, heads: 16)
  }

  /// The part that reads.
  public let bert: BERTEncoder
  let cls: BERTHeads

  /// A network that drops some of what it computes in training.
  public init(_ form: Form, dropout: Double = 0.1) {
    bert = BERTEncoder(form, dropout: dropout)
    cls = BERTHeads(form, words: bert.embeddings.word_embeddings.weight)
  }

  /// Returns the scores of the word at each step, `[n, steps, tokens]`, and those of "follows" and
  /// "does not follow", `[n, 2]`; arguments are those of `BERTEncoder`.
  public func callAsFunction(
    _ tokens: Tensor, segments: Tensor? = nil, seen: Tensor? = nil
  ) -> (words: Tensor, follows: Tensor) {
    let states = bert(tokens, segments: segments, seen: seen)
    return (cls.predictions(states), cls.seq_relationship(bert.pooled(states)))
  }
}

/// The part of BERT that reads; classifiers of one's own stand on it.
public struct BERTEncoder: Module {
  let embeddings: BERTEmbeddings
  let encoder: BERTBlocks
  let pooler: BERTDense

  /// A network that drops some of what it computes in training.
  public init(_ form: BERT.Form, dropout: Double = 0.1) {
    embeddings = BERTEmbeddings(form, dropout)
    encoder = BERTBlocks(layer: (0..<form.depth).map { _ in BERTBlock(form, dropout) })
    pooler = BERTDense(form.width, form.width)
  }

  /// Returns `[n, steps, width]` for tokens `[n, steps]`. `segments`, integers `[n, steps]`, tell
  /// the first sentence, 0, from the second, 1; `seen`, `[n, steps]`, is true for tokens and false
  /// for what fills up.
  public func callAsFunction(
    _ tokens: Tensor, segments: Tensor? = nil, seen: Tensor? = nil
  ) -> Tensor {
    let mask = seen.map { $0.reshaped([$0.shape[0], 1, 1, $0.shape[1]]) }
    return encoder.layer.reduce(embeddings(tokens, segments)) { x, block in block(x, mask) }
  }

  /// Returns `[n, width]`: what the first token says of all of the text.
  public func pooled(_ states: Tensor) -> Tensor { tanh(pooler.dense(states.element(0, of: 1))) }
}

/// The sum of a word, its position and its sentence.
struct BERTEmbeddings: Module {
  let word_embeddings: Embedding
  let position_embeddings: Embedding
  let token_type_embeddings: Embedding
  let LayerNorm: BERTNorm
  private let dropout: Dropout

  init(_ form: BERT.Form, _ rate: Double) {
    let start = Initialiser.normal(deviation: 0.02)
    word_embeddings = Embedding(form.vocabulary, form.width, padding: 0, initialiser: start)
    position_embeddings = Embedding(form.context, form.width, initialiser: start)
    token_type_embeddings = Embedding(2, form.width, initialiser: start)
    LayerNorm = BERTNorm(form.width)
    dropout = Dropout(rate)
  }

  func callAsFunction(_ tokens: Tensor, _ segments: Tensor?) -> Tensor {
    let segment = token_type_embeddings(segments ?? zeros(like: tokens))
    let positions = position_embeddings(range(tokens.shape[1]))
    return dropout(LayerNorm(word_embeddings(tokens) + segment + positions))
  }
}

/// The blocks in order.
struct BERTBlocks: Module {
  let layer: [BERTBlock]
}

/// Attention, then two linear layers for each token, each followed by a norm.
struct BERTBlock: Module {
  let attention: BERTAttention
  let intermediate: BERTDense
  let output: BERTOutput

  init(_ form: BERT.Form, _ dropout: Double) {
    attention = BERTAttention(form, dropout)
    intermediate = BERTDense(form.width, form.hidden)
    output = BERTOutput(form.hidden, form.width, dropout)
  }

  func callAsFunction(_ x: Tensor, _ mask: Tensor?) -> Tensor {
    let y = attention(x, mask)
    return output(gelu(intermediate.dense(y)), y)
  }
}

/// Attention to all tokens that are seen.
struct BERTAttention: Module {
  let `self`: BERTProjections
  let output: BERTOutput
  private let heads: Int
  private let rate: Double

  init(_ form: BERT.Form, _ dropout: Double) {
    self.`self` = BERTProjections(
      query: linear(form.width, form.width), key: linear(form.width, form.width),
      value: linear(form.width, form.width))
    output = BERTOutput(form.width, form.width, dropout)
    (heads, rate) = (form.heads, dropout)
  }

  func callAsFunction(_ x: Tensor, _ mask: Tensor?) -> Tensor {
    let all = self.`self`
    let parts = [all.query, all.key, all.value].map { splitHeads($0(x), heads) }
    let y = scaledDotProductAttention(
      parts[0], parts[1], parts[2], mask: mask, dropout: rate)
    return output(joinHeads(y), x)
  }
}

/// What makes queries, keys and values.
struct BERTProjections: Module {
  let query, key, value: Dense
}

/// A linear layer, a way around, and a norm.
struct BERTOutput: Module {
  let dense: Dense
  let LayerNorm: BERTNorm
  private let dropout: Dropout

  init(_ inputs: Int, _ outputs: Int, _ rate: Double) {
    dense = linear(inputs, outputs)
    LayerNorm = BERTNorm(outputs)
    dropout = Dropout(rate)
  }

  func callAsFunction(_ x: Tensor, _ around: Tensor) -> Tensor {
    LayerNorm(dropout(dense(x)) + around)
  }
}

/// A linear layer under the name `dense`.
struct BERTDense: Module {
  let dense: Dense

  init(_ inputs: Int, _ outputs: Int) { dense = linear(inputs, outputs) }
}

/// The classifiers of the first training.
struct BERTHeads: Module {
  let predictions: BERTWords
  let seq_relationship: Dense

  init(_ form: BERT.Form, words: Parameter) {
    predictions = BERTWords(form, words)
    seq_relationship = linear(form.width, 2)
  }
}

/// The scores of all words at each step, by the embeddings themselves.
struct BERTWords: Layer {
  let bias: Parameter
  let transform: BERTTransform
  let decoder: BERTDecoder

  init(_ form: BERT.Form, _ words: Parameter) {
    bias = Parameter([form.vocabulary])
    transform = BERTTransform(
      dense: linear(form.width, form.width), LayerNorm: BERTNorm(form.width))
    decoder = BERTDecoder(weight: words, bias: bias)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = transform.LayerNorm(gelu(transform.dense(x)))
    return y.matmul(decoder.weight.value.transposed()) + decoder.bias.value
  }
}

/// The layer before the scores.
struct BERTTransform: Module {
  let dense: Dense
  let LayerNorm: BERTNorm
}

/// Other names for parameters that are shared, which files of weights may use.
struct BERTDecoder: Module {
  let weight: Parameter
  let bias: Parameter
}

/// A layer norm whose parameters also have the names of the first published files.
struct BERTNorm: Layer {
  let weight: Parameter
  let bias: Parameter
  let gamma: Parameter
  let beta: Parameter

  init(_ width: Int) {
    weight = Parameter([width], initialiser: .ones)
    bias = Parameter([width])
    (gamma, beta) = (weight, bias)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { normed(x, weight, bias, epsilon: 1e-12) }
}

private func linear(_ inputs: Int, _ outputs: Int) -> Dense {
  Dense(inputs, outputs, initialiser: .normal(deviation: 0.02), biasInitialiser: .zeros)
}
