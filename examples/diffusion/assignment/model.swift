// The assignment of a course: a diffusion model (Ho et al., 2020) that draws letters from sketches.
// Pixels become numbers from -1 to 1, batches have 8 examples, and two of them make an update.

import GraphKit
import Zoo

let steps = 100

/// The noise in a letter of 16 x 16 pixels, from the letter, its sketch, and the step as 8 planes.
struct Denoiser: Module {
  let net = UNet(channels: 1 + 1 + 8, classes: 1, width: 12, depth: 2)

  func callAsFunction(_ x: Tensor, _ sketch: Tensor, _ t: Tensor) -> Tensor {
    let time = sinusoidalPositions(steps, 8, base: 100).gather(t).reshaped([-1, 8, 1, 1])
    return net(concatenate([x, sketch, time.broadcast(to: [x.shape[0], 8, 16, 16])], axis: 1))
  }
}

let net = Denoiser()
let average = net.copy()
let model = Model("assignment", ["net": net, "average": average])

// The letters A to E. The order of an epoch is a permutation of all of them, which is what a buffer
// of 1000 examples was for; a thread reads ahead.
let letters = DataSet.npz(
  "../../data/letters/train.npz", fields: ["image": .u8[1, 32, 32], "label": .u8]
).where("label", in: 10...14)

func image(_ batch: Batch) -> Tensor {
  (batch.image.cast(to: .f32) / 127.5 - 1).resized(by: [0.5, 0.5], mode: .area)
}

/// Where the image changes by more than half of its range from a pixel to the next.
func sketch(_ x: Tensor) -> Tensor {
  let (right, down) = (x - x.rolled(by: -1, axis: 3), x - x.rolled(by: -1, axis: 2))
  return select(abs(right) + abs(down) .> 1, 1, -1)
}

/// The product of all 1 - beta up to each step; beta grows in a line from 0.001 to 0.12.
func keptShares() -> (beta: Tensor, kept: Tensor) {
  let beta = range(steps).cast(to: .f32) / Double(steps - 1) * 0.119 + 0.001
  return (beta, (1 - beta).cumulativeProduct(axis: 0))
}

/// The reverse chain: x_{t-1} = (x - beta / sqrt(1 - kept) e) / sqrt(1 - beta) + sqrt(beta) noise.
func drawn(_ sketch: Tensor) -> Tensor {
  let (beta, kept) = keptShares()
  let n = sketch.shape[0]
  return scan(randomNormal(like: sketch), over: range(steps), reversed: true) { x, t in
    let noise = average.run { $0(x, sketch, t.broadcast(to: [n])) }
    let (beta, kept) = (beta.gather(t), kept.gather(t))
    let mean = (x - beta * rsqrt(1 - kept) * noise) * rsqrt(1 - beta)
    return (mean + select(t .> 0, sqrt(beta), 0) * randomNormal(like: x), zeros([]))
  }.carry
}

model.train(on: letters, batch: 8, epochs: 25, validation: 0.2) { batch in
  let x = image(batch)
  let t = randomIntegers([x.shape[0]], 0..<steps)
  let kept = keptShares().kept.gather(t).reshaped([-1, 1, 1, 1])
  let noise = randomNormal(like: x)
  let loss = mse(net(sqrt(kept) * x + sqrt(1 - kept) * noise, sketch(x), t), noise)
  // Gradients of two steps are summed, so half of each loss is their mean.
  Adam(rate: .cosine(from: 2e-3), accumulate: 2).minimize(loss / 2, net.parameters)
  average.follow(net, 0.99)
  return ["loss": loss]
} evaluate: { batch in
  let x = image(batch)
  // After the last epoch, letters are drawn from held-out sketches.
  let isLast = model.steps .>= model.totalSteps
  let y = cond(isLast, then: { drawn(sketch(x)) }, else: { zeros(like: x) })
  let noise = randomNormal(like: x)
  let t = full([x.shape[0]], Double(steps / 2), .i32)
  let kept = keptShares().kept.gather(t).reshaped([-1, 1, 1, 1])
  return [
    "loss": mse(net(sqrt(kept) * x + sqrt(1 - kept) * noise, sketch(x), t), noise),
    // Of pixels: light or dark as in the letter, drawn from the sketch, and the sketch itself.
    "right": (y * x .> 0).cast(to: .f32).mean(),
    "sketch": (sketch(x) * x .> 0).cast(to: .f32).mean(),
  ]
}

// From the left: the sketch, a letter drawn from it, the letter it was made of.
model.infer(Input("image", [1, 1, 32, 32])) { image in
  let x = (image * 2 - 1).resized(by: [0.5, 0.5], mode: .area)
  let row = concatenate([sketch(x), drawn(sketch(x)), x], axis: 3) / 2 + 0.5
  return ["image": row.resized(by: [3.0, 3.0], mode: .nearest)]
}
