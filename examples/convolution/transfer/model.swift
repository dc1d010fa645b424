// Transfer: a network learns the ten digits; then its body, with a new head, learns the 26 letters
// from 20 glyphs each: frozen, or fine-tuned. A third network learns them from scratch.

import GraphKit

/// Three convolutions; 768 features. There is no batch norm, whose statistics would not be frozen.
func body() -> Sequential {
  Sequential {
    Conv2D(1, 12, kernel: 3, padding: 1); GroupNorm(3, 12); ReLU(); MaxPool2D(2)
    Conv2D(12, 24, kernel: 3, padding: 1); GroupNorm(3, 24); ReLU(); MaxPool2D(2)
    Conv2D(24, 48, kernel: 3, padding: 1); GroupNorm(3, 48); ReLU(); MaxPool2D(2)
    Flatten()
  }
}

/// A body that has learned the digits or will learn the letters, and a head.
struct Net<Body: Layer>: Module {
  let body: Body
  let head: Dense

  func callAsFunction(_ x: Tensor) -> Tensor { head(body(x)) }
}

let source = Net(body: body(), head: Dense(768, 10))
let frozen = Dense(768, 26)
let tuned = Net(body: source.body.copy(), head: Dense(768, 26))
let scratch = Net(body: body(), head: Dense(768, 26))
let model = Model(
  "transfer", ["source": source, "frozen": frozen, "tuned": tuned, "scratch": scratch])

let augmented = RandomAffine(degrees: 8, shift: 0.08, zoom: 0.85...1.15, shear: 8)
func pixels(_ batch: Batch) -> Tensor { augmented(batch.image) / 255 }

// 147 typefaces; 30 others are held out.
let digits = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).held(out: "held.npz").where("label", in: 0..<10)

model.phase("digits", on: digits, batch: 64, epochs: 15) { batch in
  let logits = source(pixels(batch))
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: .cosine(from: 2e-3)).minimize(loss, source.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

// The 30 typefaces that no net has seen: 20 to learn from, 10 held out.
let letters = DataSet.npz(
  "../../data/letters/held.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).where("label", in: 10..<36).stratified(by: "label")

// The copy of the body begins with what the body has learned by now.
model.prepare(on: letters, batch: 52) { _ in tuned.body.follow(source.body, 0) }

model.phase("letters", on: letters, batch: 52, epochs: 20, validation: 1.0 / 3) { batch in
  let (x, label) = (pixels(batch), batch.label.cast(to: .i32) - 10)
  let all = [frozen(source.body(x).stopGradient()), tuned(x), scratch(x)]
  let losses = all.map { crossEntropy($0, label) }
  let rate = Schedule.cosine(from: 2e-3)
  Adam(rate: rate).minimize(losses[0], frozen.parameters)
  Adam(rate: rate).minimize(losses[1], tuned.parameters)
  Adam(rate: rate).minimize(losses[2], scratch.parameters)
  let right = all.map { accuracy($0, label) }
  return [
    "loss": losses[0] + losses[1] + losses[2], "frozen_accuracy": right[0],
    "tuned_accuracy": right[1], "scratch_accuracy": right[2],
  ]
}
