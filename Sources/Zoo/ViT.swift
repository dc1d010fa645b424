public import GraphKit

/// The vision transformer (Dosovitskiy et al., 2020): patches of an image are the words of a
/// sentence. Names are torchvision's.
public struct ViT: Layer {
  /// The members of the family.
  public struct Form: Sendable {
    /// The pixels of a side of a patch.
    public let patch: Int
    /// The numbers for each patch, and those between the two linear layers of a block.
    public let width, hidden: Int
    /// The blocks, and the heads of each.
    public let depth, heads: Int

    /// Another member.
    public init(patch: Int, width: Int, hidden: Int, depth: Int, heads: Int) {
      (self.patch, self.width, self.hidden) = (patch, width, hidden)
      (self.depth, self.heads) = (depth, heads)
    }

    /// 86,567,656 parameters.
    public static let b16 = Form(patch: 16, width: 768, hidden: 3072, depth: 12, heads: 12)
    /// 88,224,232 parameters.
    public static let b32 = Form(patch: 32, width: 768, hidden: 3072, depth: 12, heads: 12)
    /// 304,326,632 parameters.
    public static let l16 = Form(patch: 16, width: 1024, hidden: 4096, depth: 24, heads: 16)
    /// 306,535,400 parameters.
    public static let l32 = Form(patch: 32, width: 1024, hidden: 4096, depth: 24, heads: 16)
    /// 632,045,800 parameters.
    public static let h14 = Form(patch: 14, width: 1280, hidden: 5120, depth: 32, heads: 16)
  }

  /// What turns patches into numbers.
  public let conv_proj: Conv2D
  /// What is put before the patches and ends as the class.
  public let class_token: Parameter
  let encoder: ViTEncoder
  let heads: ViTHead

  /// A network for square images of `size` pixels.
  public init(
    _ form: Form, channels: Int = 3, classes: Int = 1000, size: Int = 224, dropout: Double = 0
  ) {
    let width = form.width
    let fan = Double(channels * form.patch * form.patch)
    conv_proj = Conv2D(
      channels, width, kernel: form.patch, stride: form.patch,
      initialiser: .truncatedNormal(deviation: 1 / fan.squareRoot(), limit: 100))
    class_token = Parameter([1, 1, width])
    let side = size / form.patch
    encoder = ViTEncoder(form, steps: side * side + 1, dropout: dropout)
    heads = ViTHead(head: Dense(width, classes, initialiser: .zeros, biasInitialiser: .zeros))
  }

  /// Returns the scores of the classes, `[n, classes]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let patches = conv_proj(x).flattened(from: 2).transposed([0, 2, 1])
    let token = class_token.value.broadcast(to: [x.shape[0], 1, class_token.shape[2]])
    return heads.head(encoder(concatenate([token, patches], axis: 1)).element(0, of: 1))
  }
}

/// The linear layer at the end.
struct ViTHead: Module {
  let head: Dense
}

/// Blocks over all patches, which learn where each lies.
struct ViTEncoder: Layer {
  let pos_embedding: Parameter
  let layers: [String: ViTBlock]
  let ln: LayerNorm
  private let dropout: Dropout

  init(_ form: ViT.Form, steps: Int, dropout: Double) {
    pos_embedding = Parameter(
      [1, steps, form.width], initialiser: .normal(deviation: 0.02))
    let blocks = (0..<form.depth).map { ("encoder_layer_\($0)", ViTBlock(form, dropout)) }
    layers = Dictionary(blocks) { first, _ in first }
    ln = LayerNorm(form.width, epsilon: 1e-6)
    self.dropout = Dropout(dropout)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let start = dropout(x + pos_embedding.value)
    return ln(
      (0..<layers.count).reduce(start) { x, i in
        layers["encoder_layer_\(i)"].map { $0(x) } ?? x
      })
  }
}

/// Attention, then two linear layers for each patch.
struct ViTBlock: Layer {
  let ln_1: LayerNorm
  let self_attention: MultiheadAttention
  let ln_2: LayerNorm
  let mlp: Sequential
  private let dropout: Dropout

  init(_ form: ViT.Form, _ dropout: Double) {
    ln_1 = LayerNorm(form.width, epsilon: 1e-6)
    self_attention = MultiheadAttention(form.width, heads: form.heads, batchFirst: true)
    ln_2 = LayerNorm(form.width, epsilon: 1e-6)
    let start = Initialiser.xavierUniform()
    mlp = Sequential {
      Dense(form.width, form.hidden, initialiser: start, biasInitialiser: .zeros); GELU()
      Dropout(dropout)
      Dense(form.hidden, form.width, initialiser: start, biasInitialiser: .zeros)
      Dropout(dropout)
    }
    self.dropout = Dropout(dropout)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = dropout(self_attention(ln_1(x))) + x
    return y + mlp(ln_2(y))
  }
}
