// Capsules (Sabour, Frosst and Hinton, 2017): a group of units says by its length whether something
// is there and by its direction what it looks like. Capsules of parts vote for those of digits, and
// votes that agree count more in the next round. Two digits lie over each other; which are they?

import GraphKit

/// Shrinks vectors to a length below 1.
func squash(_ x: Tensor) -> Tensor {
  let square = (x * x).sum(axis: -1, keep: true)
  return x * sqrt(square + 1e-8) / (1 + square)
}

struct Capsules: Layer {
  let first = Conv2D(1, 32, kernel: 3)
  let parts = Conv2D(32, 64, kernel: 3, stride: 2)
  /// 8 capsules of 8 numbers at each of 4 x 4 places; each votes with 8 numbers for each digit.
  let vote = Parameter([128, 10, 8, 8], initialiser: .normal(deviation: 0.1))

  /// The lengths of the ten digits' capsules.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let features = parts(relu(first(x))).reshaped([-1, 8, 8, 16])
    let capsules = squash(features.transposed([0, 1, 3, 2]).flattened(from: 1, to: 2))
    let votes = einsum("npi,pdij->npdj", capsules, vote.value)
    // Where the votes of a part go is decided three times, by what came out before.
    var (agreement, digits) = (zeros([x.shape[0], 128, 10]), Tensor(0))
    for _ in 0..<3 {
      digits = squash(einsum("npd,npdj->ndj", softmax(agreement), votes))
      agreement = agreement + einsum("npdj,ndj->npd", votes, digits)
    }
    return sqrt((digits * digits).sum(axis: 2) + 1e-8)
  }
}

let capsules = Capsules()
/// A plain net with more weights.
let plain = Sequential {
  Conv2D(1, 32, kernel: 3); ReLU()
  Conv2D(32, 64, kernel: 3, stride: 2); ReLU()
  Flatten()
  Dense(64 * 16, 96); ReLU()
  Dense(96, 10)
}
let model = Model("capsules", ["capsules": capsules, "plain": plain])

/// Digits at random places of 12 x 12 pixels.
func placed(_ image: Tensor) -> Tensor {
  func moved(_ x: Tensor) -> Tensor {
    x.gatherEach(randomIntegers([x.shape[0], 1], 0..<5) + range(12)).transposed()
  }
  return moved(moved(image.squeezed(1).padded([(0, 0), (4, 4), (4, 4)])))
}

/// Each digit over the one before it, and which of the ten are there; pairs of equal ones do not
/// count.
func pairs(_ batch: Batch) -> (x: Tensor, isThere: Tensor, counts: Tensor) {
  let image = batch.image.cast(to: .f32) / 16
  let x = maximum(placed(image), placed(image.rolled(by: 1, axis: 0)))
  let label = batch.label.oneHot(10)
  let isThere = (label .|| label.rolled(by: 1, axis: 0)).cast(to: .f32)
  return (x.expanded(at: 1), isThere, isThere.sum(axis: 1) - 1)
}

/// The share of pairs of which both digits have the largest scores.
func right(_ scores: Tensor, _ isThere: Tensor, _ counts: Tensor) -> OutputValue {
  let found = isThere.takeAlongAxis(scores.topK(2).positions).sum(axis: 1) .> 1.5
  return .ratio((found.cast(to: .f32) * counts).sum(), counts.sum())
}

model.train(on: .digits, batch: 64, epochs: 100, validation: 0.2, best: .max("capsules")) { batch in
  let (x, isThere, counts) = pairs(batch)
  let (length, logits) = (capsules(x), plain(x))
  // What is there should be longer than 0.9, what is not shorter than 0.1.
  let (tooShort, tooLong) = (relu(0.9 - length), relu(length - 0.1))
  let margin = isThere * tooShort * tooShort + 0.5 * (1 - isThere) * tooLong * tooLong
  let loss = (margin.sum(axis: 1) * counts).mean()
  Adam(rate: .cosine(from: 3e-3)).minimize(loss, capsules.parameters)
  let each = binaryCrossEntropy(logits: logits, isThere, reduction: .none)
  let plainLoss = (each.sum(axis: 1) * counts).mean()
  Adam(rate: .cosine(from: 2e-3)).minimize(plainLoss, plain.parameters)
  return [
    "loss": loss, "plain_loss": plainLoss, "capsules": right(length, isThere, counts),
    "plain": right(logits, isThere, counts),
  ]
}
