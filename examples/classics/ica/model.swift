// Independent components (Bell and Sejnowski, 1995): five voices, heard by five microphones as five
// mixtures, are told apart by a net that only maximises the information in its outputs.

import GraphKit

let voices = 5

struct Unmixing: Module {
  let weight = Parameter([voices, voices], initialiser: Initialiser { _ in eye(voices) })
  let mixing = Parameter.statistic([voices, voices], initialiser: .uniform(-1...1))
}

let net = Unmixing()
let model = Model("ica", net)

/// How far a matrix is from one entry in each row and column: 0 if all voices are told apart
/// (Amari, Cichocki and Yang, 1996), from 0 to 1.
func mixed(_ product: Tensor) -> Tensor {
  let p = abs(product)
  let rows = (p.sum(axis: 1) / p.max(axis: 1) - 1).sum()
  let columns = (p.sum(axis: 0) / p.max(axis: 0) - 1).sum()
  return (rows + columns) / Double(2 * voices * (voices - 1))
}

// W += rate (1 + (1 - 2 sigmoid(u)) u') W, where u = W x: the rule with Amari's natural gradient.
// The voices have long tails, as speech: Laplace's distribution.
model.train(epochs: 20, steps: 250) {
  let sources = randomLaplace([256, voices])
  let x = sources.matmul(net.mixing.value.transposed())
  let w = net.weight.value
  let u = x.matmul(w.transposed())
  let products = (1 - 2 * sigmoid(u)).transposed().matmul(u) / 256
  net.weight.value = w + 0.1 * (1 - model.progress) * (eye(voices) + products).matmul(w)
  // Whitening alone, by the square root of the covariance, leaves a rotation.
  let covariance = net.mixing.value.matmul(net.mixing.value.transposed())
  let eigen = covariance.symmetricEigen()
  let white = (eigen.vectors / sqrt(eigen.values)).transposed()
  return [
    "loss": mixed(w.matmul(net.mixing.value)), "unmixed": mixed(w.matmul(net.mixing.value)),
    "whitened": mixed(white.matmul(net.mixing.value)), "mixed": mixed(net.mixing.value),
  ]
}
