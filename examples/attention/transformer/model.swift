// The transformer (Vaswani et al., 2017): an encoder reads, a decoder writes. It turns dates as
// people write them into 1998-05-09, letter by letter, or English sentences into French ones.

import GraphKit
import Zoo

let task = option("task", "dates", of: ["dates", "french"])

/// What tokens stand for; number 0 fills up and begins a result.
let (sourceNames, targetNames) =
  task == "dates" ? (dateNames, dateNames) : (englishNames, frenchNames)
let (sourceLength, length) = task == "dates" ? (18, 10) : (8, 8)

let net = Transformer(
  Transformer.Form(width: 64, hidden: 128, depth: 2, heads: 4), source: sourceNames.count,
  target: targetNames.count, dropout: 0, normFirst: true)
let model = Model("transformer", net)

/// Pairs [count, ...], drawn anew; some of the French ones are only for the evaluation.
func pairs(_ count: Int, held: Bool) -> (source: Tensor, target: Tensor) {
  task == "dates" ? dates(count) : sentences(count, held: held)
}

/// What the decoder has read when it says each token: those before.
func before(_ target: Tensor) -> Tensor { target.padded([(0, 0), (1, -1)]) }

/// Writes by itself, each time the likeliest token.
func written(_ source: Tensor) -> Tensor {
  let memory = net.encoded(source, padding: source .== 0)
  let start = zeros([source.shape[0], length], .i32)
  return scan(start, over: range(length)) { text, i in
    let best = net.decoded(before(text), memory, padding: source .== 0).argmax()
    let next = select(range(length) .== i, best, text)
    return (next, next)
  }.carry
}

func exact(_ a: Tensor, _ b: Tensor) -> Tensor {
  (a .== b).all(axis: 1).cast(to: .f32).mean()
}

model.train(epochs: 10, steps: 100) {
  let (source, target) = pairs(48, held: false)
  let scores = net(source, before(target), padding: source .== 0)
  let loss = crossEntropy(scores.flattened(from: 0, to: 1), target.flattened())
  Adam(rate: .cosine(from: 2e-3, warmUp: 0.1), beta2: 0.98, clip: .norm(1))
    .minimize(loss, net.parameters)
  return ["loss": loss, "exact": exact(scores.argmax(), target)]
} evaluate: {
  // Here nobody tells the decoder what it should have written.
  let (source, target) = pairs(500, held: true)
  let result = written(source)
  return [
    "wrong": 1 - (result .== target).cast(to: .f32).mean(), "exact": exact(result, target),
  ]
}

// Four results, and what each of their letters depends on: how strongly its score changes with what
// the encoder says of each letter of the source.
model.sample {
  let source = pairs(4, held: true).source
  let target = written(source)
  let (x, y) = (source.repeatedEach(length, axis: 0), target.repeatedEach(length, axis: 0))
  let memory = net.encoded(x, padding: x .== 0)
  let scores = net.decoded(before(y), memory, padding: x .== 0)
  let chosen = scores.takeAlongAxis(y.expanded(at: 2)).squeezed(2)
  let own = (chosen * eye(length).tiled([4, 1])).sum()
  let slopes = gradient(of: own, by: memory).norm(axis: 2)
  let image = (1 - slopes / slopes.max(axis: 1, keep: true)).reshaped([4, 1, length, sourceLength])
  let separator = task == "dates" ? "" : " "
  return [
    "source": .names(source, sourceNames, separator: separator),
    "written": .names(target, targetNames, separator: separator),
    "image": image.repeatedEach(8, axis: 2).repeatedEach(8, axis: 3),
  ]
}
