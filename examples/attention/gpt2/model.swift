// GPT-2 (Radford et al., 2019) with its published weights, which are loaded by their names: it goes
// on with a text. The smallest form is one with random weights, which has no file of 548 MB.

import GraphKit
import Zoo

let size = option("size", "small", of: ["small", "medium", "large", "xl", "tiny"])
let form: GPT2.Form =
  switch size {
  case "small": .small
  case "medium": .medium
  case "large": .large
  case "xl": .extraLarge
  default: GPT2.Form(width: 16, depth: 2, heads: 2, vocabulary: 256, context: 32)
  }
let context = option("context", 64, help: "tokens that are seen at once")

let net = GPT2(form, dropout: 0, cached: context)
let model = Model("gpt2", net)

// The scores of what follows each token, for --prompt and --tokenizer.
model.infer(Input("tokens", [context], .i32)) { tokens in
  ["scores": net(tokens.expanded(at: 0)).squeezed(0)]
}

// The same for one token more; keys and values of those before it are kept from call to call.
model.function("next", Input("token", [1], .i32), Input("position", [], .i32)) { token, position in
  ["scores": net.next(token, at: position)]
}

// The probability of a text, log P(w1) + log P(w2 | w1) + ..., given its first token.
model.function("probability", Input("tokens", [1, context], .i32)) { tokens in
  let chances = logSoftmax(net(tokens[.all, ..<(context - 1)]))
  let each = chances.takeAlongAxis(tokens[.all, 1..., .newAxis]).squeezed(-1)
  return ["logarithm": each.sum(axis: 1), "perplexity": exp(-each.mean(axis: 1))]
}
