// An infinitely wide net with random weights is a Gaussian process (Neal, 1996). For rectified
// units its covariance is known (Cho and Saul, 2009), and so is the mean of all its trained nets.

import GraphKit

let model = Model("wide_nets")

/// The covariance after a layer relu(w.x), for inputs at the angle a: (sin a + (pi - a) cos a) /
/// pi.
func covariance(_ cosine: Tensor) -> Tensor {
  let angle = acos(clamp(cosine, -1...1))
  return (sin(angle) + (Double.pi - angle) * cosine) / Double.pi
}

/// Points on the unit circle, [n, 2].
func circle(_ angles: Tensor) -> Tensor { stack([cos(angles), sin(angles)], axis: 1) }

/// What the second hidden layer of `nets` random nets gives: [nets, n, width].
func hidden(_ x: Tensor, nets: Int, width: Int) -> Tensor {
  // Weights N(0, 2 / n); on two numbers of length 1 they are N(0, 2).
  let first = relu(x.matmul(randomNormal([nets, 2, width], deviation: 2.squareRoot())))
  let deviation = (2 / Double(width)).squareRoot()
  return relu(first.matmul(randomNormal([nets, width, width], deviation: deviation)))
}

// The covariance with the output at angle 0, of 10,000 nets of 64 units and of infinite ones.
model.infer {
  let x = circle(range(7).cast(to: .f32) * (Double.pi / 6))
  let h = hidden(x, nets: 10_000, width: 64)
  let cosine = x.matmul(x.transposed())[0]
  return [
    "found": (h * h[.all, ..<1]).mean(axes: [0, 2]),
    "exact": covariance(covariance(cosine)),
  ]
}

// The process, given four points of a curve: mean and deviation in between, by linear algebra.
model.function("posterior") {
  let (known, all) = (circle(Tensor([0.3, 1.2, 2, 2.9])), circle(range(13).cast(to: .f32) / 4))
  let y = Tensor([[0.5], [-0.3], [0.2], [1]])
  func kernel(_ a: Tensor, _ b: Tensor) -> Tensor {
    covariance(covariance(a.matmul(b.transposed())))
  }
  let (prior, cross) = (kernel(known, known) + 1e-4 * eye(4), kernel(all, known))
  let mean = cross.matmul(prior.solve(y)).squeezed(1)
  let variance = 1 - (cross * prior.solve(cross.transposed()).transposed()).sum(axis: 1)
  return ["mean": mean, "deviation": sqrt(maximum(variance, 0))]
}
