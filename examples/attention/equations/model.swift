// The equations of attention (Vaswani et al., 2017), written out and compared with the functions of
// GraphKit; positional encodings and what holds for them; the sizes of GPT-2 and GPT-3.

import GraphKit

let (size, steps) = (8, 6)

let model = Model("attention")

/// The largest difference between two results that should be equal.
func difference(_ a: Tensor, _ b: Tensor) -> Tensor { abs(a - b).max() }

/// Attention, softmax(Q K^T / sqrt(d)) V, query by query and key by key.
func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, isCausal: Bool = false) -> Tensor {
  stack(
    (0..<q.shape[0]).map { i in
      let keys = isCausal ? i + 1 : k.shape[0]
      let weights = (0..<keys).map { j in
        exp((q[i] * k[j]).sum() / Double(q.shape[1]).squareRoot())
      }
      let total = weights.reduce(Tensor(0), +)
      return weights.indices.map { weights[$0] / total * v[$0] }.reduce(Tensor(0), +)
    })
}

model.infer {
  let three = randomNormal([3, steps, size])
  let (q, k, v) = (three[0], three[1], three[2])

  // The example of Alammar's "Illustrated transformer": scores 112 and 96, keys of 64 numbers.
  let example = softmax(Tensor([112, 96]) / Double(64).squareRoot())

  // Two heads: each attends with its half of the projected numbers; W_O joins them.
  let x = randomNormal([steps, size])
  let (weight, output) = (randomNormal([3 * size, size]) / 3, randomNormal([size, size]))
  let heads = MultiheadAttention(size, heads: 2, bias: false, batchFirst: true)
  let layer = heads.with(["in_proj_weight": weight, "out_proj.weight": output]) {
    heads(x.expanded(at: 0)).squeezed(0)
  }
  let parts = weight.chunked(3).map { x.matmul($0.transposed()).chunked(2, axis: 1) }
  let halves = (0..<2).map { attention(parts[0][$0], parts[1][$0], parts[2][$0]) }

  // Without positions, attention does not know an order: exchanged steps give exchanged results.
  let order = randomPermutation(steps)
  let exchanged = scaledDotProductAttention(q[order], k[order], v[order])

  // Without the softmax, attention is a memory of fast weights (Schlag et al., 2021): each step
  // writes the outer product of its value and its key, and reads with its query.
  let memory = scan([zeros([size, size])], over: [q, k, v]) { step in
    let w = step.carries[0] + step.slices[2].outer(step.slices[1])
    return ([w], [w.matmul(step.slices[0].expanded(at: 1)).squeezed(1)])
  }.outputs[0]
  let linear = q.matmul(k.transposed()).lowerTriangle().matmul(v)

  return [
    "example": example,
    "attention": difference(attention(q, k, v), scaledDotProductAttention(q, k, v)),
    "causal": difference(
      attention(q, k, v, isCausal: true), scaledDotProductAttention(q, k, v, isCausal: true)),
    "heads": difference(concatenate(halves, axis: 1).matmul(output.transposed()), layer),
    "order": difference(exchanged, scaledDotProductAttention(q, k, v)[order]),
    "fast_weights": difference(memory, linear),
  ]
}

/// Row p of the encoding: sin and cos of p / 10000^(2 i / d), one after the other.
func encoding(_ positions: Tensor, _ size: Int) -> Tensor {
  let speed = pow(Tensor(10_000), -2 * range(size / 2).cast(to: .f32) / Double(size))
  let angle = positions.expanded(at: 1) * speed
  return stack([sin(angle), cos(angle)], axis: 2).flattened(from: 1)
}

model.function("positions") {
  let all = sinusoidalPositions(64, 64)

  // To go on by 5 steps is a rotation of each pair, the same at all positions.
  let turn = encoding(Tensor([5]), 64).reshaped([32, 2])
  let (sine, cosine) = (turn[.all, 0], turn[.all, 1])
  let pairs = all[..<59].reshaped([59, 32, 2])
  let (s, c) = (pairs[..., 0], pairs[..., 1])
  let moved = stack([s * cosine + c * sine, c * cosine - s * sine], axis: 2).flattened(from: 1)

  // Rotary positions: the product of a query and a key depends on their distance alone.
  let (q, k) = (randomNormal([1, 64]), randomNormal([1, 64]))
  let product = { (i: Double, j: Double) in
    let (at, of) = (Tensor(i, .i32), Tensor(j, .i32))
    return (rotaryPositions(q, offset: at) * rotaryPositions(k, offset: of)).sum()
  }

  return [
    "first": all[..<2, ..<4], "formula": difference(all, encoding(range(64).cast(to: .f32), 64)),
    "rotation": difference(moved, all[5...]),
    "rotary": difference(product(7, 3), product(1007, 1003)),
  ]
}

model.function("picture") {
  let image = { (x: Tensor) in
    (x / 2 + 0.5).repeatedEach(4, axis: 0).repeatedEach(4, axis: 1).expanded(at: 0).expanded(at: 0)
  }
  let all = sinusoidalPositions(64, 64)
  let (sine, cosine) = (all[.all, .slice(step: 2)], all[.all, .slice(from: 1, step: 2)])
  // Beside it, the products of all pairs of rows: a position is like its neighbours.
  let products = all.matmul(all.transposed()) / 32
  return [
    "picture": concatenate([image(concatenate([sine, cosine], axis: 1)), image(products)])
  ]
}

/// A GPT with `depth` blocks, as GPT-2: embeddings, 4 matrices of attention, 8 of the two linear
/// layers, biases and norms.
func parameters(depth: Double, width d: Double, vocabulary: Double, context: Double) -> Tensor {
  let block = 12 * d * d + 13 * d
  return Tensor((vocabulary + context) * d + depth * block + 2 * d, .f64)
}

model.function("sizes") {
  [
    "gpt2": parameters(depth: 12, width: 768, vocabulary: 50_257, context: 1024),
    "gpt2_xl": parameters(depth: 48, width: 1600, vocabulary: 50_257, context: 1024),
    "gpt3": parameters(depth: 96, width: 12_288, vocabulary: 50_257, context: 2048) / 1e9,
  ]
}
