// GPT-2 with 124M parameters (Radford et al., 2019) reads one token at a time and says which may
// come next; keys and values of up to 256 before it are kept. Parameters have the names and layouts
// of the published weights.

import GraphKit

let (width, heads, depth, vocabulary, context) = (768, 12, 12, 50257, 1024)
let (size, kept) = (width / heads, 256)

/// A linear layer whose weight is `[inputs, outputs]`.
struct Linear: Layer {
  let weight: Parameter
  let bias: Parameter

  init(_ inputs: Int, _ outputs: Int) {
    weight = Parameter([inputs, outputs], initialiser: .normal(deviation: 0.02))
    bias = Parameter([outputs])
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x.matmul(weight.value) + bias.value }
}

/// Attention of the newest token to all so far.
struct Attention: Module {
  let c_attn = Linear(width, 3 * width)
  let c_proj = Linear(width, width)
  let keys = Parameter.cache([heads, kept, size])
  let values = Parameter.cache([heads, kept, size])

  func callAsFunction(_ x: Tensor, at position: Tensor) -> Tensor {
    let parts = c_attn(x).reshaped([3, heads, 1, size]).unstacked()
    let start = [Tensor(0, .i32), position, Tensor(0, .i32)]
    keys.assign(keys.value.dynamicUpdate(parts[1], from: start))
    values.assign(values.value.dynamicUpdate(parts[2], from: start))
    let seen = range(kept) .<= position
    let y = scaledDotProductAttention(parts[0], keys.value, values.value, mask: seen)
    return c_proj(y.reshaped([1, width]))
  }
}

struct FeedForward: Layer {
  let c_fc = Linear(width, 4 * width)
  let c_proj = Linear(4 * width, width)

  func callAsFunction(_ x: Tensor) -> Tensor { c_proj(gelu(c_fc(x), approximate: true)) }
}

struct Block: Module {
  let ln_1 = LayerNorm(width)
  let attn = Attention()
  let ln_2 = LayerNorm(width)
  let mlp = FeedForward()

  func callAsFunction(_ x: Tensor, at position: Tensor) -> Tensor {
    let x = x + attn(ln_1(x), at: position)
    return x + mlp(ln_2(x))
  }
}

struct GPT2: Module {
  let wte = Embedding(vocabulary, width, initialiser: .normal(deviation: 0.02))
  let wpe = Embedding(context, width, initialiser: .normal(deviation: 0.02))
  let h = (0..<depth).map { _ in Block() }
  let ln_f = LayerNorm(width)

  /// The scores `[1, vocabulary]` of the token that follows `token` `[1]` at a place of the text.
  func callAsFunction(_ token: Tensor, at position: Tensor) -> Tensor {
    var x = wte(token) + wpe(position)
    for block in h { x = block(x, at: position) }
    return ln_f(x).matmul(wte.weight.value.transposed())
  }
}

let net = GPT2()
let model = Model("gpt2", net)

model.function("next", Input("token", [1], .i32), Input("position", [], .i32)) { token, position in
  ["scores": net(token, at: position)]
}
