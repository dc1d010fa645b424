// Three ways to learn a density whose normaliser is not known: score matching (Hyvärinen, 2005),
// its denoising form (Vincent, 2011) and noise-contrastive estimation (Gutmann and Hyvärinen,
// 2010). The density is log p(x) = -x' P x / 2 + c, so that all answers are known.

import GraphKit

let dimensions = 4
let count = 4000
let noise = 0.5

struct Densities: Module {
  let scores = Parameter([dimensions, dimensions], initialiser: .normal(deviation: 0.1))
  let denoised = Parameter([dimensions, dimensions], initialiser: .normal(deviation: 0.1))
  let contrasted = Parameter([dimensions, dimensions], initialiser: .normal(deviation: 0.1))
  let constant = Parameter([])
  let data = Parameter.statistic([count, dimensions])
}

let net = Densities()
let model = Model("unnormalised", net)

/// A symmetric matrix from any.
func symmetric(_ matrix: Parameter) -> Tensor { (matrix.value + matrix.value.transposed()) / 2 }

/// x' P x of each row.
func form(_ x: Tensor, _ p: Tensor) -> Tensor { (x.matmul(p) * x).sum(axis: 1) }

func covariance() -> Tensor { net.data.value.transposed().matmul(net.data.value) / Double(count) }

// Normal numbers, of which each takes a half of the one before.
model.phase("draw", epochs: 1, steps: 1) {
  let mixing = eye(dimensions) + 0.5 * eye(dimensions).rolled(by: 1).upperTriangle()
  net.data.value = randomNormal([count, dimensions]).matmul(mixing)
  return ["loss": Tensor(0)]
}

model.phase("learn", epochs: 20, steps: 200) {
  let x = net.data.value
  // The mean of div s + |s|^2 / 2, where s = -P x is the slope of log p.
  let p = symmetric(net.scores)
  let scores = -p.trace() + pow(x.matmul(p), 2).sum(axis: 1).mean() / 2
  // The slope at a noisy x should point back to x: |noise s(x + noise e) + e|^2.
  let e = randomNormal(x.shape)
  let q = symmetric(net.denoised)
  let denoised = pow(e - noise * (x + noise * e).matmul(q), 2).sum(axis: 1).mean() / 2
  // Tells data from noise whose density is known, by the difference of the log-densities.
  let other = randomNormal(x.shape, deviation: 1.5)
  let r = symmetric(net.contrasted)
  func ratio(_ x: Tensor) -> Tensor {
    let known = Normal(mean: Tensor(0), deviation: Tensor(1.5)).logProbability(x).sum(axis: 1)
    return -form(x, r) / 2 + net.constant.value - known
  }
  let contrasted = softplus(-ratio(x)).mean() + softplus(ratio(other)).mean()
  let loss = scores + denoised + contrasted
  Adam(rate: .cosine(from: 0.02)).minimize(loss, net.parameters)
  let exact = covariance().inverse()
  let smooth = (covariance() + noise * noise * eye(dimensions)).inverse()
  let logZ = 0.5 * (covariance() * (2 * Double.pi)).logDeterminant().logarithm
  return [
    "loss": loss, "scores": abs(p - exact).max(), "denoised": abs(q - smooth).max(),
    "contrasted": abs(r - exact).max(), "log_z": -net.constant.value, "log_z_exact": logZ,
    "log_z_error": abs(net.constant.value + logZ), "largest": abs(exact).max(),
  ]
}
