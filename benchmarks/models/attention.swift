// Attention with eight heads of 64 numbers, forward and backward: one model for each length.

import GraphKit

for steps in [1024, 2048, 4096] {
  let model = Model("attention_\(steps)")
  let shape: Shape = [1, 8, steps, 64]
  model.function(
    "attention", Input("query", shape), Input("key", shape), Input("value", shape),
    Input("seed", shape)
  ) { query, key, value, seed in
    let output = scaledDotProductAttention(query, key, value)
    let gradients = gradient(of: (output * seed).sum(), by: [query, key, value])
    return [
      "output": output, "query_gradient": gradients[0], "key_gradient": gradients[1],
      "value_gradient": gradients[2],
    ]
  }
}
