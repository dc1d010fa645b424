// GPT-2 with 124M parameters (Radford et al., 2019) learns from texts of 64 tokens. Parameters have
// the names and layouts of the published weights.

import GraphKit

let (width, heads, depth, vocabulary, context) = (768, 12, 12, 50257, 1024)
let (batch, steps) = (4, 64)

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

struct Attention: Layer {
  let c_attn = Linear(width, 3 * width)
  let c_proj = Linear(width, width)

  func callAsFunction(_ x: Tensor) -> Tensor {
    let parts = c_attn(x).chunked(3, axis: -1).map { part in
      part.reshaped([batch, steps, heads, width / heads]).transposed([0, 2, 1, 3])
    }
    let y = scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true)
    return c_proj(y.transposed([0, 2, 1, 3]).reshaped([batch, steps, width]))
  }
}

struct FeedForward: Layer {
  let c_fc = Linear(width, 4 * width)
  let c_proj = Linear(4 * width, width)

  func callAsFunction(_ x: Tensor) -> Tensor { c_proj(gelu(c_fc(x), approximate: true)) }
}

struct Block: Layer {
  let ln_1 = LayerNorm(width)
  let attn = Attention()
  let ln_2 = LayerNorm(width)
  let mlp = FeedForward()

  func callAsFunction(_ x: Tensor) -> Tensor {
    let x = x + attn(ln_1(x))
    return x + mlp(ln_2(x))
  }
}

struct GPT2: Module {
  let wte = Embedding(vocabulary, width, initialiser: .normal(deviation: 0.02))
  let wpe = Embedding(context, width, initialiser: .normal(deviation: 0.02))
  let h = (0..<depth).map { _ in Block() }
  let ln_f = LayerNorm(width)

  /// The scores of the next token after each of `[batch, steps]`.
  func callAsFunction(_ tokens: Tensor) -> Tensor {
    let x = wte(tokens) + wpe(range(steps))
    return ln_f(h.reduce(x) { x, block in block(x) }).matmul(wte.weight.value.transposed())
  }
}

let net = GPT2()

let texts = DataSet("texts", fields: ["token": .i32[steps], "next": .i32[steps]])

let model = Model("gpt2_train", net)

model.train(on: texts, batch: batch, epochs: 1) { batch in
  let scores = net(batch.token)
  let loss = crossEntropy(scores.reshaped([-1, vocabulary]), batch.next.flattened())
  AdamW(rate: 3e-4, weightDecay: 0.1).minimize(loss, net.parameters)
  return ["loss": loss]
}
