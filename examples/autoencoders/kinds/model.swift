// Five kinds of autoencoders of digits beside each other: a small code, a large one, and a large
// one that is kept sparse, learns to remove noise, or contracts. The table shows what each is good
// for.

import GraphKit

struct Autoencoder: Module {
  let encoder: Dense
  let decoder: Dense

  init(_ code: Int) { (encoder, decoder) = (Dense(64, code), Dense(code, 64)) }

  func code(_ x: Tensor) -> Tensor { sigmoid(encoder(x)) }

  func callAsFunction(_ x: Tensor) -> Tensor { decoder(code(x)) }

  /// The mean square of the slopes of the code: |dh/dx|^2 = sum_j (h_j (1 - h_j))^2 sum_i w_ji^2.
  func slope(_ x: Tensor) -> Tensor {
    let h = code(x)
    let weights = (encoder.weight.value * encoder.weight.value).sum(axis: 1)
    return ((h * (1 - h) * h * (1 - h)) * weights).sum(axis: 1).mean()
  }

  /// How far the mean activities are from a small one: the divergence of a coin with the share rho.
  func density(_ x: Tensor, rho: Double = 0.05) -> Tensor {
    let mean = code(x).mean(axis: 0)
    return -(rho * log(mean) + (1 - rho) * log(1 - mean)).sum()
  }
}

let (under, over) = (Autoencoder(16), Autoencoder(128))
let (sparse, denoising, contractive) = (Autoencoder(128), Autoencoder(128), Autoencoder(128))
let kinds: KeyValuePairs = [
  "under": under, "over": over, "sparse": sparse, "denoising": denoising,
  "contractive": contractive,
]
struct Kinds: Module { let all = [under, over, sparse, denoising, contractive] }
let model = Model("kinds", Kinds())

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8]])

func noisy(_ x: Tensor) -> Tensor {
  x + randomNormal(mean: zeros(like: x), deviation: Tensor(0.25))
}

model.train(on: digits, batch: 64, epochs: 100, validation: 0.2) { batch in
  let x = batch.image.cast(to: .f32).flattened(from: 1) / 16
  let loss =
    mse(under(x), x) + mse(over(x), x)
    + mse(sparse(x), x) + 3e-4 * sparse.density(x)
    + mse(denoising(noisy(x)), x)
    + mse(contractive(x), x) + 3e-3 * contractive.slope(x)
  Adam(rate: .cosine(from: 3e-3, steps: 100 * 22)).minimize(
    loss, kinds.flatMap(\.value.parameters))

  var results: Outputs = ["loss": loss]
  for (name, net) in kinds {
    results.append("\(name)_error", mse(net(x), x))
    results.append("\(name)_restored", mse(net(noisy(x)), x))  // the noise alone: 0.0625
    results.append("\(name)_active", (net.code(x) .> 0.5).cast(to: .f32).mean())
    results.append("\(name)_slope", net.slope(x))
  }
  return results
}

// Eight digits in a row; below each the same with noise, and what each kind makes of it.
model.infer(Input("image", [8, 1, 8, 8])) { image in
  let x = noisy(image.flattened(from: 1))
  let all = [image.flattened(from: 1), x] + kinds.map { $0.value(x) }
  let framed = all.map { $0.reshaped([8, 8, 8]).padded([(0, 0), (0, 1), (0, 1)], value: 0.5) }
  let picture = concatenate(framed, axis: 1).movedAxis(0, to: 1).reshaped([1, 1, 63, 72])
  return ["image": picture.resized(by: [7.0, 7.0], mode: .nearest)]
}
