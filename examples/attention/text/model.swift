// Language models of Genesis and Exodus in byte pairs: one as GPT-2 (Radford et al., 2019),
// one as Llama (Touvron et al., 2023), which has rotary positions, RMSNorm, SwiGLU, and heads that
// share keys and values. Both remember keys and values when they write.

import GraphKit
import Zoo

let kind = option("net", "gpt2", of: ["gpt2", "llama"], help: "which of the two")
let (context, vocabulary) = (128, 512)

let gpt2 = GPT2(
  GPT2.Form(width: 64, depth: 2, heads: 4, vocabulary: vocabulary, context: context),
  dropout: 0, cached: context)
// As many parameters: 4 queries share 2 keys, and the three gated matrices are narrower.
let llama = Llama(
  Llama.Form(width: 64, hidden: 128, depth: 2, heads: 4, keyHeads: 2, vocabulary: vocabulary),
  cached: context)
let net: any Module = kind == "gpt2" ? gpt2 : llama

/// The scores of the token after each of [n, steps].
func scores(_ tokens: Tensor) -> Tensor { kind == "gpt2" ? gpt2(tokens) : llama(tokens) }

/// Those after one more token [1] at a position; those before it are remembered.
func next(_ token: Tensor, at position: Tensor) -> Tensor {
  kind == "gpt2" ? gpt2.next(token, at: position) : llama.next(token, at: position)
}

let model = Model("text", net)
let bible = DataSet.text("../../data/kjv/text.txt", length: context + 1, .pairs(vocabulary))

model.train(on: bible, batch: 8, epochs: 10, validation: 0.1) { batch in
  let (x, y) = (batch.tokens[.all, ..<context], batch.tokens[.all, 1...])
  let loss = crossEntropy(scores(x).flattened(from: 0, to: 1), y.flattened())
  AdamW(rate: .cosine(from: 4e-3, warmUp: 0.1), weightDecay: 0.1, clip: .norm(1))
    .minimize(loss, net.parameters)
  return ["loss": loss, "perplexity": exp(loss)]
}

// What comes next, for --prompt: the program takes care of temperature, top-k and nucleus.
model.infer(Input("tokens", [context], .i32)) { tokens in
  ["scores": scores(tokens.expanded(at: 0)).squeezed(0)]
}

let temperature = model.setting("temperature", 0.7)

// A text after the end of a line, token by token.
model.sample {
  let newline = Tensor([10], .i32)
  let text = scan([newline], steps: context) { step in
    let scores = next(step.carries[0], at: step.index.cast(to: .i32))
    let token = randomCategorical(logits: scores / temperature.value)
    return ([token], [token])
  }.outputs[0]
  return ["text": .text(text.flattened())]
}

// What is remembered makes no difference: the scores of a text read token by token, and at once.
model.function("cache", Input("tokens", [context], .i32)) { tokens in
  let steps = scan([], over: [tokens.expanded(at: 1)]) { step in
    ([], [next(step.slices[0], at: step.index.cast(to: .i32))])
  }.outputs[0].squeezed(1)
  return ["difference": abs(steps - scores(tokens.expanded(at: 0)).squeezed(0)).max()]
}
