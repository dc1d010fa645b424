// Holes in pictures filled with contextual attention (Deepfill, Yu et al., 2018): what is missing
// is looked for elsewhere in the picture, wherever the surroundings are alike. Beside it,
// convolutions alone, and an adversary that judges both.

import GraphKit

let side = 16

/// A network of images whose units see 17 pixels in each direction.
func network(_ inputs: Int) -> Sequential {
  Sequential {
    Conv2D(inputs, 12, kernel: 5, padding: .same); ReLU()
    Conv2D(12, 12, kernel: 3, padding: 2, dilation: 2); ReLU()
    Conv2D(12, 12, kernel: 3, padding: 4, dilation: 4); ReLU()
    Conv2D(12, 12, kernel: 3, padding: .same); ReLU()
    Conv2D(12, 1, kernel: 3, padding: .same)
  }
}

/// Each place becomes a mean of places outside of the hole, weighted by how alike their patches of
/// 7 x 7 pixels are.
struct ContextualAttention: Module {
  let sharpness = Parameter([], initialiser: .constant(10))

  /// `x` and `known` are [n, 1, side, side]; `known` is 0 in the hole.
  func callAsFunction(_ x: Tensor, _ known: Tensor) -> Tensor {
    let patches = Unfold(7, padding: 3)(x).transposed().normalized()  // [n, places, 49]
    let alike = patches.matmul(patches.transposed()) * sharpness.value
    let isOutside = known.flattened(from: 1).expanded(at: 1) .> 0
    let shares = softmax(select(isOutside, alike, -1e9))
    let pixels = x.flattened(from: 1).expanded(at: 2)
    return shares.matmul(pixels).reshaped(x.shape)
  }
}

/// First convolutions alone, then with what attention finds in their result.
struct Painter: Module {
  let coarse = network(2)
  let attention = ContextualAttention()
  let fine = network(3)

  func callAsFunction(_ x: Tensor, _ known: Tensor) -> (coarse: Tensor, fine: Tensor) {
    let coarse = x + coarse(concatenate([x, known], axis: 1)) * (1 - known)
    let found = attention(coarse.stopGradient(), known)
    let fine = x + fine(concatenate([coarse.stopGradient(), found, known], axis: 1)) * (1 - known)
    return (coarse, fine)
  }
}

struct Plain: Module {
  let first = network(2)
  let second = network(2)

  /// The same without attention.
  func callAsFunction(_ x: Tensor, _ known: Tensor) -> Tensor {
    let coarse = x + first(concatenate([x, known], axis: 1)) * (1 - known)
    return x + second(concatenate([coarse, known], axis: 1)) * (1 - known)
  }
}

let (painter, plain) = (Painter(), Plain())
let judge = Sequential {
  Conv2D(1, 16, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Conv2D(16, 32, kernel: 4, stride: 2, padding: 1); LeakyReLU(slope: 0.2)
  Conv2D(32, 1, kernel: 1)
}
let model = Model("inpainting", ["painter": painter, "plain": plain, "judge": judge])

/// Wallpapers: a random motif of 4 to 6 pixels in each direction, again and again: from -1 to 1.
func wallpapers(_ count: Int) -> Tensor {
  let motif = sign(randomNormal([count, 6, 6]))
  // Row y shows row (y + start) % period of the motif: a matrix for rows, one for columns.
  let shifts = (0..<2).map { _ in
    let period = randomIntegers([count, 1], 4..<7)
    let place = (range(side).expanded(at: 0) + randomIntegers([count, 1], 0..<6)) % period
    return place.oneHot(6).cast(to: .f32)
  }
  return einsum("nyi,nij,nxj->nyx", shifts[0], motif, shifts[1]).expanded(at: 1)
}

/// 0 in a hole of 6 x 6 pixels, which is not at the border.
func holes(_ count: Int) -> Tensor {
  let sides = (0..<2).map { _ in
    let start = randomIntegers([count, 1], 2..<(side - 7))
    let place = range(side).expanded(at: 0) - start
    return (place .>= 0 .&& place .< 6).cast(to: .f32)
  }
  return 1 - (sides[0].expanded(at: 2) * sides[1].expanded(at: 1)).expanded(at: 1)
}

let epochs = 10

model.train(epochs: epochs, steps: 80, evaluation: 4) {
  let (x, known) = (wallpapers(12), holes(12))
  let (coarse, fine) = painter(x * known, known)
  let adam = Adam(rate: .cosine(from: 3e-3))
  let judgeLoss = softplus(-judge(x)).mean() + softplus(judge(fine.stopGradient())).mean()
  Adam(rate: 5e-4, beta1: 0.5).minimize(judgeLoss, judge.parameters)
  let loss = mae(coarse, x) + mae(fine, x) + 1e-3 * softplus(-judge(fine)).mean()
  adam.minimize(loss, painter.parameters)
  adam.minimize(mae(plain(x * known, known), x), plain.parameters)
  return ["loss": loss, "j_d": judgeLoss]
} evaluate: {
  let (x, known) = (wallpapers(64), holes(64))
  /// The share of pixels of the hole that are right, dark or light.
  func right(_ y: Tensor) -> Tensor {
    let isRight = (y * x .> 0).cast(to: .f32) * (1 - known)
    return isRight.sum() / (1 - known).sum()
  }
  let (coarse, fine) = painter(x * known, known)
  return [
    "plain": right(plain(x * known, known)), "coarse": right(coarse), "attention": right(fine),
  ]
}

// From above: the picture with its hole, filled by convolutions, by attention, and the truth.
model.every(epochs: epochs, "wallpapers", .image(columns: 8)) {
  let (x, known) = (wallpapers(8), holes(8))
  let rows = [x * known, plain(x * known, known), painter(x * known, known).fine, x]
  let images = clamp(concatenate(rows) / 2 + 0.5, 0...1)
  return ["image": images.resized(by: [2.0, 2.0], mode: .nearest)]
}
