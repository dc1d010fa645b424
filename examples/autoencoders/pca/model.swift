// A linear autoencoder finds what principal components find (Baldi and Hornik, 1989): its error
// goes to the sum of the smallest eigenvalues of the covariance. One with hidden layers gets below.

import GraphKit

struct Autoencoders: Module {
  let size: Int
  let linear: Sequential
  let deep: Sequential

  /// Two autoencoders with so many numbers in their codes.
  init(_ size: Int) {
    self.size = size
    linear = Sequential { Dense(64, size); Dense(size, 64) }
    deep = Sequential {
      Dense(64, 128); SiLU(); Dense(128, size)
      Dense(size, 128); SiLU(); Dense(128, 64)
    }
  }
}

struct All: Module {
  let pairs = [Autoencoders(2), Autoencoders(8), Autoencoders(16)]
  let digits = Parameter.statistic([1797, 64])
}

let all = All()
let model = Model("pca", all)

model.prepare(on: .digits, batch: 1797) { batch in
  all.digits.assign(batch.image.cast(to: .f32).flattened(from: 1) / 16)
}

/// The least error of a pixel that a plane of so many dimensions leaves: the sum of the other
/// eigenvalues of the covariance, divided by 64.
func exact(_ x: Tensor, _ size: Int) -> Tensor {
  let centred = x - x.mean(axis: 0)
  let covariance = centred.transposed().matmul(centred) / Double(x.shape[0])
  return covariance.symmetricEigen().values[..<(64 - size)].sum() / 64
}

model.train(epochs: 10, steps: 500) {
  let x = all.digits.value
  let some = x.gather(randomIntegers([128], 0..<1797))
  // Linear ones learn from all digits, so that nothing but the rate keeps them from the optimum.
  let linear = all.pairs.map { mse($0.linear(x), x) }
  let deep = all.pairs.map { mse($0.deep(some), some) }
  Adam(rate: .cosine(from: 2e-2)).minimize(
    linear[0] + linear[1] + linear[2], all.pairs.flatMap(\.linear.parameters))
  Adam(rate: .cosine(from: 3e-3)).minimize(
    deep[0] + deep[1] + deep[2], all.pairs.flatMap(\.deep.parameters))
  return ["loss": linear[0] + linear[1] + linear[2]]
} evaluate: {
  let x = all.digits.value
  var errors: Outputs = [:]
  for pair in all.pairs {
    errors.append("exact_\(pair.size)", exact(x, pair.size))
    errors.append("linear_\(pair.size)", mse(pair.linear(x), x))
    errors.append("deep_\(pair.size)", mse(pair.deep(x), x))
  }
  return errors
}

// From above: sixteen digits, and what is left of them by the linear and by the deep codes of 8.
model.every(epochs: 10, "digits", .image(columns: 16)) {
  let x = all.digits.value[..<16]
  let pair = all.pairs[1]
  let images = concatenate([x, pair.linear(x), pair.deep(x)]).reshaped([48, 1, 8, 8])
  return ["image": images.resized(by: [3.0, 3.0], mode: .nearest)]
}
