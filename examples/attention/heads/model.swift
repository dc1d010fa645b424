// Induction heads (Olsson et al., 2022). Two layers of attention alone read letters in random order
// that repeat after a random time. To go on, a head of the first layer looks at the letter before;
// then one of the second finds where the present letter stood and looks at what followed it.

import GraphKit

let (letters, steps, width, heads) = (26, 32, 64, 4)

/// Attention to the steps before, whose result is added to its input.
struct Block: Module {
  let norm = LayerNorm(width)
  let attention = MultiheadAttention(width, heads: heads, batchFirst: true)

  func callAsFunction(_ x: Tensor) -> (output: Tensor, weights: Tensor) {
    let y = norm(x)
    let found = attention(y, y, y, isCausal: true, averageWeights: false)
    return (x + found.output, found.weights)
  }
}

struct Net: Module {
  let letter = Embedding(letters, width, initialiser: .normal(deviation: 0.3))
  let position = LearnedPositions(steps, width, initialiser: .normal(deviation: 0.3))
  let first = Block()
  let second = Block()
  let norm = LayerNorm(width)
  let output = Dense(width, letters)

  /// The scores of the next letters, and the weights [n, heads, steps, steps] of both layers.
  func callAsFunction(_ x: Tensor) -> (scores: Tensor, first: Tensor, second: Tensor) {
    let (y, first) = first(position(letter(x)))
    let (z, second) = second(y)
    return (output(norm(z)), first, second)
  }
}

let net = Net()
let model = Model("heads", net)

/// Texts [count, steps + 1] of 8 to 16 different letters, again and again; and which of the next
/// letters are repeated ones.
func texts(_ count: Int) -> (text: Tensor, isRepeated: Tensor) {
  let period = randomIntegers([count, 1], 8..<17)
  let text = randomPermutation(letters, [count]).takeAlongAxis(range(steps + 1) % period)
  return (text, (range(steps) + 1 .>= period).cast(to: .f32))
}

/// The largest share that a head gives to some keys [..., steps, steps], on average over the
/// queries that count, [n, steps].
func share(_ weights: Tensor, of keys: Tensor, _ counted: Tensor) -> Tensor {
  let given = (weights * keys.cast(to: .f32).expanded(at: -3)).sum(axis: -1)
  return ((given * counted.expanded(at: 1)).sum(axes: [0, 2]) / counted.sum()).max()
}

model.train(epochs: 8, steps: 100, evaluation: 4) {
  let (text, isRepeated) = texts(32)
  let (x, next) = (text[.all, ..<steps], text[.all, 1...])
  let (scores, first, second) = net(x)
  let losses = crossEntropy(scores.transposed([0, 2, 1]), next, reduction: .none)
  let loss = (losses * isRepeated).sum() / isRepeated.sum()
  Adam(rate: .cosine(from: 5e-3, warmUp: 0.1), beta2: 0.98, clip: .norm(1))
    .minimize(loss, net.parameters)
  let isRight = (scores.argmax() .== next).cast(to: .f32)

  // Keys that are the step before the query, and keys that follow the same letter as its own.
  let step = range(steps)
  let before = step.expanded(at: 1) - 1 .== step
  let isSame = x[.all, ..<(steps - 1)].expanded(at: 1) .== x.expanded(at: 2)
  let follows = concatenate([zeros([x.shape[0], steps, 1], .bool), isSame], axis: 2)
  return [
    "loss": loss, "accuracy": (isRight * isRepeated).sum() / isRepeated.sum(),
    "previous": share(first, of: before, 1 - isRepeated),
    "induction": share(second, of: follows, isRepeated),
  ]
}

// A row of four heads for each layer: to which steps, across, each step, down, attends.
model.every(epochs: 8, "attention", .image(columns: heads)) {
  let (_, first, second) = net(texts(1).text[.all, ..<steps])
  let all = concatenate([first, second]).reshaped([2 * heads, 1, steps, steps])
  return ["image": 1 - all.repeatedEach(4, axis: 2).repeatedEach(4, axis: 3)]
}

// Goes on with a text after it has seen the letters once.
model.sample {
  let text = texts(1).text
  let scores = net(text[.all, ..<steps]).scores
  let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
  return [
    "text": .text(text[.all, 1...], of: alphabet),
    "said": .text(scores.argmax(), of: alphabet),
  ]
}
