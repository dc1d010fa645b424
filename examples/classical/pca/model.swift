// Principal components: digits from 2, 8, 16 and 32 numbers instead of 64, and the first components
// as pictures.

import GraphKit

let digits = DataSet("../../data/digits", fields: ["image": .u8[1, 8, 8]])

struct Components: Module {
  let mean = Parameter.statistic([64])
  let axes = Parameter.statistic([64, 64])  // a component in each row, the largest first
  let shares = Parameter.statistic([64])  // of the variance

  /// The singular vectors of the centred examples, from the eigenvectors of their covariance.
  func learn(_ x: Tensor) {
    mean.assign(x.mean(axis: 0))
    let away = x - mean.value
    let (values, vectors) = (away.transposed().matmul(away)).symmetricEigen()
    axes.assign(vectors.transposed().reversed(axes: [0]))
    shares.assign(values.reversed(axes: [0]) / values.sum())
  }

  /// The nearest points that are the mean and a sum of `count` components.
  func restored(_ x: Tensor, _ count: Int) -> Tensor {
    let axes = axes.value[..<count]
    return mean.value + (x - mean.value).matmul(axes.transposed()).matmul(axes)
  }
}

let net = Components()
let model = Model("components", net)

model.train(on: digits, batch: 1797, epochs: 1) { batch in
  let x = batch.image.flattened(from: 1).cast(to: .f32) / 16
  net.learn(x)
  func error(_ count: Int) -> Tensor { mse(net.restored(x, count), x) }
  return ["mse_32": error(32), "mse_16": error(16), "mse_8": error(8), "mse_2": error(2)]
}

// The mean, and the first 15 components, from -0.5 to 0.5.
model.infer {
  let pictures = concatenate([net.mean.value.expanded(at: 0), net.axes.value[..<15] + 0.5])
  let large = pictures.reshaped([16, 1, 8, 8]).repeatedEach(4, axis: 2).repeatedEach(4, axis: 3)
  return ["shares": net.shares.value[..<8], "picture": large]
}
