// The log-likelihood of a model with latent numbers by importance sampling (Burda et al., 2016),
// where it is known: x = W z + noise, z normal.

import GraphKit

let (latent, visible) = (4, 10)
let deviation = 0.5

let model = Model("importance")

/// The columns of W, fixed numbers of size about 0.7.
func weights() -> Tensor {
  let number = (range(visible * latent).cast(to: .f32) + 1).reshaped([visible, latent])
  return sin(number * number)
}

// 64 examples of the model. log p(x) is exact, as x is normal with the covariance W W' + s^2 I. By
// samples z of a q(z|x) it is log of the mean of p(x|z) p(z) / q(z|x): below the exact one on
// average, and the closer, the more samples.
model.infer {
  let w = weights()
  let z = randomNormal([64, latent])
  let x = z.matmul(w.transposed()) + deviation * randomNormal([64, visible])
  let covariance = w.matmul(w.transposed()) + deviation * deviation * eye(visible)
  let exact = MultivariateNormal(mean: zeros([visible]), covariance: covariance).logProbability(x)
  // The posterior has the mean M^-1 W' x and the covariance s^2 M^-1, where M = W'W + s^2 I. The q
  // in use ignores how the latent numbers depend on each other, as that of an autoencoder.
  let precision = w.transposed().matmul(w) + deviation * deviation * eye(latent)
  let mean = x.matmul(w).matmul(precision.inverse())
  let width = deviation / sqrt(precision.diagonal())
  let prior = Normal(mean: Tensor(0), deviation: Tensor(1))
  /// log p(x|z) p(z) / q(z|x) of so many samples for each example.
  func logWeights(_ samples: Int, mean: Tensor, width: Tensor) -> Tensor {
    let q = Normal(mean: mean, deviation: width.broadcast(to: [samples, 64, latent]))
    let z = q.sample()
    let pixels = Normal(mean: z.matmul(w.transposed()), deviation: Tensor(deviation))
    return pixels.logProbability(x).sum(axis: 2) + prior.logProbability(z).sum(axis: 2)
      - q.logProbability(z).sum(axis: 2)
  }
  func bound(_ samples: Int, mean: Tensor, width: Tensor) -> Tensor {
    importanceWeighted(logWeights(samples, mean: mean, width: width)).mean()
  }
  let counts = [1, 10, 100, 1000, 10_000]
  // The gap of one sample is KL(q, posterior), here of two normal distributions with one mean.
  let gap = (log(precision.diagonal()).sum() - precision.logDeterminant().logarithm) / 2
  return [
    "exact": exact.mean(), "samples": Tensor(counts.map(Double.init)),
    "bound": stack(counts.map { bound($0, mean: mean, width: width) }),
    "prior": stack(counts.map { bound($0, mean: zeros(like: mean), width: ones([latent])) }),
    "gap": exact.mean() - logWeights(1000, mean: mean, width: width).mean(), "gap_exact": gap,
  ]
}
