// The transformer (Vaswani et al., 2017): an encoder reads, a decoder writes. It turns dates as
// people write them into 1998-05-09, letter by letter.

import GraphKit
import Zoo

let (sourceLength, length) = (18, 10)

let net = Transformer(
  Transformer.Form(width: 64, hidden: 128, depth: 2, heads: 4), source: dateNames.count,
  target: dateNames.count, dropout: 0, normFirst: true)
let model = Model("transformer", net)

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
  let (source, target) = dates(48)
  let scores = net(source, before(target), padding: source .== 0)
  let loss = crossEntropy(scores.flattened(from: 0, to: 1), target.flattened())
  Adam(rate: .cosine(from: 2e-3, warmUp: 0.1), beta2: 0.98, clip: .norm(1))
    .minimize(loss, net.parameters)
  return ["loss": loss, "exact": exact(scores.argmax(), target)]
} evaluate: {
  // Here nobody tells the decoder what it should have written.
  let (source, target) = dates(500)
  let result = written(source)
  return [
    "wrong": 1 - (result .== target).cast(to: .f32).mean(), "exact": exact(result, target),
  ]
}

// Four results, and what each of their letters depends on: how strongly its score changes with what
// the encoder says of each letter of the source.
model.sample {
  let source = dates(4).source
  let target = written(source)
  let (x, y) = (source.repeatedEach(length, axis: 0), target.repeatedEach(length, axis: 0))
  let memory = net.encoded(x, padding: x .== 0)
  let scores = net.decoded(before(y), memory, padding: x .== 0)
  let chosen = scores.takeAlongAxis(y.expanded(at: 2)).squeezed(2)
  let own = (chosen * eye(length).tiled([4, 1])).sum()
  let slopes = gradient(of: own, by: memory).norm(axis: 2)
  let image = (1 - slopes / slopes.max(axis: 1, keep: true)).reshaped([4, 1, length, sourceLength])
  return [
    "source": .names(source, dateNames, separator: ""),
    "written": .names(target, dateNames, separator: ""),
    "image": image.repeatedEach(8, axis: 2).repeatedEach(8, axis: 3),
  ]
}
