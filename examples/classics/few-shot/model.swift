// Prototypical networks (Snell, Swersky and Zemel, 2017): a class is the middle of its few examples
// in a space of learned distances. The net is trained on letters; then it is shown one or five
// examples each of digits, which it has never seen, and tells others.

import GraphKit

let net = Sequential {
  AvgPool2D(2)
  Conv2D(1, 24, kernel: 3, padding: 1); BatchNorm(24); ReLU(); MaxPool2D(2)
  Conv2D(24, 32, kernel: 3, padding: 1); BatchNorm(32); ReLU(); MaxPool2D(2)
  Conv2D(32, 48, kernel: 3, padding: 1); BatchNorm(48); ReLU()
  Flatten()
  Dense(48 * 16, 64)
}
let model = Model("few_shot", net)

/// Minus the squared distances of points [n, d] from the middles of classes [ways, d], up to what
/// is the same for all classes.
func scores(_ points: Tensor, _ middles: Tensor) -> Tensor {
  2 * points.matmul(middles.transposed()) - (middles * middles).sum(axis: 1)
}

/// How many of the examples `[n, d]` with labels below 10 are told right: in each of 200 tries some
/// digits are drawn, and some examples of each are shown.
func told(_ points: Tensor, _ label: Tensor, ways: Int, shots: Int) -> Tensor {
  let n = points.shape[0]
  let sums = scan([zeros([]), zeros([])], steps: 200) { step in
    let isOf = label .== randomPermutation(10)[..<ways].expanded(at: 1)  // [ways, n]
    let shown = select(isOf, randomUniform([ways, n]), -1).topK(shots).positions
    let answer = scores(points, points.gather(shown).mean(axis: 1)).argmax()
    let isRight = isOf.takeAlongAxis(answer.expanded(at: 0), axis: 0).squeezed(0)
    let isAsked = isOf.any(axis: 0) .&& .!shown.flattened().oneHot(n).any(axis: 0)
    let right = (isRight .&& isAsked).cast(to: .f32).sum()
    return ([step.carries[0] + right, step.carries[1] + isAsked.cast(to: .f32).sum()], [])
  }.carries
  return sums[0] / sums[1]
}

let glyphs = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz")

// In each batch the first two examples of a letter stand for it; the others are to be told. Digits
// are left out.
model.train(on: glyphs, batch: 192, epochs: 10, best: .max("ten_ways_one_shot")) { batch in
  let points = net(batch.image.cast(to: .f32) / 255)
  let isOf = (batch.label.cast(to: .i32) - 10).oneHot(26).cast(to: .f32)
  let shown = isOf * (isOf.cumulativeSum(axis: 0) .<= 2).cast(to: .f32)
  let asked = isOf - shown
  let middles = shown.transposed().matmul(points) / maximum(shown.sum(axis: 0), 1).expanded(at: 1)
  let logits = scores(points, middles)
  let loss = -(logSoftmax(logits) * asked).sum() / asked.sum()
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, net.parameters)
  let isRight = asked.takeAlongAxis(logits.argmax(keep: true), axis: 1)
  return ["loss": loss, "right": isRight.sum() / asked.sum()]
} evaluate: { batch in
  let x = batch.image.cast(to: .f32) / 255
  let rows = [net(x), x.flattened(from: 1), batch.label.cast(to: .i32)]
  func measure(_ points: Int, ways: Int, shots: Int) -> OutputValue {
    .ofAll(rows, most: 1080) { all, _ in told(all[points], all[2], ways: ways, shots: shots) }
  }
  return [
    "five_ways_one_shot": measure(0, ways: 5, shots: 1),
    "five_ways_five_shots": measure(0, ways: 5, shots: 5),
    "ten_ways_one_shot": measure(0, ways: 10, shots: 1),
    "ten_ways_five_shots": measure(0, ways: 10, shots: 5),
    "pixels_one_shot": measure(1, ways: 10, shots: 1),
    "pixels_five_shots": measure(1, ways: 10, shots: 5),
  ]
}
