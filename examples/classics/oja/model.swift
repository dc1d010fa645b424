// A linear neuron that learns by Hebb's rule with decay goes to the first principal component (Oja,
// 1982); several, each of which sees what those before it left over, go to one after the other
// (Sanger, 1989).

import GraphKit

struct Hebbian: Module {
  let weight = Parameter([4, 64], initialiser: .normal(deviation: 0.1))
  let mean = Parameter.statistic([64])
  /// The first four principal components, as rows.
  let components = Parameter.statistic([4, 64])
}

let net = Hebbian()
let model = Model("oja", net)

func pixels(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32).flattened(from: 1) / 16 }

// What the rules should find, from all digits at once.
model.prepare(on: .digits, batch: 1797) { batch in
  let x = pixels(batch)
  net.mean.value = x.mean(axis: 0)
  let centred = x - net.mean.value
  let vectors = (centred.transposed().matmul(centred) / 1797).symmetricEigen().vectors
  net.components.value = vectors.transposed()[(-4)...].reversed(axes: [0])
}

// w_i += rate y_i (x - sum of y_j w_j for j up to i), where y = W x.
model.train(on: .digits, batch: 20, epochs: 120) { batch in
  let x = pixels(batch) - net.mean.value
  let weight = net.weight.value
  let y = x.matmul(weight.transposed())
  let products = y.transposed().matmul(y).lowerTriangle()
  let change = (y.transposed().matmul(x) - products.matmul(weight)) / Double(x.shape[0])
  net.weight.value = weight + 0.02 * (1 - model.progress) * change
  let cosine = abs(cosineSimilarity(net.weight.value, net.components.value))
  return [
    "error": pow(x - y.matmul(weight), 2).sum(axis: 1).mean(), "first": cosine[0],
    "second": cosine[1], "third": cosine[2], "fourth": cosine[3],
    "length": net.weight.value.norm(axis: 1).mean(),
  ]
}

model.every(epochs: 120, "components", .image(columns: 4)) {
  let images = (net.weight.value * 1.5 + 0.5).reshaped([4, 1, 8, 8])
  return ["image": images.resized(by: [16.0, 16.0], mode: .nearest)]
}
