// Measures of generators: Inception score, Fréchet distance, precision and recall by neighbours,
// path length; with a classifier of digits in the place of Inception. What is measured: other real
// digits, samples of a small variational autoencoder, and noise.

import GraphKit

struct Classifier: Module {
  let body = Sequential { Dense(64, 128); ReLU(); Dense(128, 32); ReLU() }
  let output = Dense(32, 10)
}

struct VAE: Module {
  let encoder = Sequential { Dense(64, 256); SiLU(); Dense(256, 16) }
  let decoder = Sequential { Dense(8, 256); SiLU(); Dense(256, 256); SiLU(); Dense(256, 64) }
}

/// 32 images of each kind, for the picture.
struct Album: Module {
  let images = Parameter.statistic([3, 32, 64])
}

let classifier = Classifier()
let vae = VAE()
let album = Album()
let model = Model("generators", ["classifier": classifier, "vae": vae, "album": album])

func pixels(_ batch: Batch) -> Tensor { batch.image.cast(to: .f32).flattened(from: 1) / 16 }

model.phase("classifier", on: .digits, batch: 64, epochs: 20) { batch in
  let logits = classifier.output(classifier.body(pixels(batch)))
  let loss = crossEntropy(logits, batch.label)
  Adam(rate: 2e-3).minimize(loss, classifier.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.phase("vae", on: .digits, batch: 64, epochs: 60) { batch in
  let x = pixels(batch)
  let parts = vae.encoder(x).chunked(2, axis: 1)
  let posterior = Normal(mean: parts[0], deviation: exp(parts[1]))
  let error = binaryCrossEntropy(logits: vae.decoder(posterior.sample()), x, reduction: .sum)
  let prior = Normal(mean: Tensor(0), deviation: Tensor(1))
  let loss = (error + posterior.divergence(from: prior).sum()) / Double(x.shape[0])
  Adam(rate: .cosine(from: 3e-3)).minimize(loss, vae.parameters)
  return ["loss": loss]
}

// Half of the digits is the truth; each other set has as many images, 898.
model.phase("measures", on: .digits, batch: 1796, epochs: 1) { batch in
  let x = pixels(batch)
  let (truth, others) = (x[..<898], x[898...])
  let samples = sigmoid(vae.decoder(randomNormal([898, 8])))
  let noise = randomUniform([898, 64])
  album.images.assign(stack([others, samples, noise].map { $0[..<32] }))
  var results: Outputs = ["loss": Tensor(0)]
  let real = classifier.body(truth)
  for (name, images) in [("digits", others), ("samples", samples), ("noise", noise)] {
    let features = classifier.body(images)
    results.append("score_\(name)", inceptionScore(logits: classifier.output(features)))
    results.append("distance_\(name)", frechetDistance(real, features).cast(to: .f32))
    results.append("precision_\(name)", manifoldCoverage(of: features, by: real))
    results.append("recall_\(name)", manifoldCoverage(of: real, by: features))
  }
  let (from, to) = (randomNormal([898, 8]), randomNormal([898, 8]))
  func features(_ z: Tensor) -> Tensor { classifier.body(sigmoid(vae.decoder(z))) }
  results.append("path", pathLength(from: from, to: to, features: features))
  return results
}

// Two rows each of what is measured: real digits in black, samples in blue, noise in red.
model.function("rows") {
  let ink = Tensor([[0.1, 0.1, 0.1], [0.1, 0.3, 0.75], [0.75, 0.1, 0.1]]).reshaped([3, 1, 3, 1, 1])
  let images = 1 - album.images.value.reshaped([3, 32, 1, 8, 8]) * (1 - ink)
  let large = images.repeatedEach(6, axis: 3).repeatedEach(6, axis: 4)
  let cells = large.padded([(0, 0), (0, 0), (0, 0), (2, 2), (2, 2)], value: 1)
  let rows = cells.reshaped([6, 16, 3, 52, 52]).transposed([2, 0, 3, 1, 4])
  return ["image": rows.reshaped([1, 3, 312, 832])]
}

// Cases in which the measures are known.
model.infer {
  let number = range(200).cast(to: .f64).reshaped([50, 4])
  let (a, b) = (sin(number * number), cos(number * number) * 0.5 + number / 200)
  let line = range(50).cast(to: .f32).expanded(at: 1)
  let (from, to) = (randomNormal([20_000, 3]), randomNormal([20_000, 3]))
  return [
    "ten_classes": inceptionScore(logits: 100 * eye(10)),
    "one_class": inceptionScore(logits: zeros([10, 10])),
    // scipy's sqrtm gives the same for these numbers.
    "distance": frechetDistance(a, b), "distance_same": frechetDistance(a, a),
    // Each point of a line is as near to four of 50 as their third neighbours, none of 100 beyond.
    "precision": manifoldCoverage(of: concatenate([line, line + 100]), by: line),
    "recall": manifoldCoverage(of: line, by: concatenate([line, line + 100])),
    // For a linear generator: twice the sum of squares of its weights, here 2 (1 + 4 + 9) = 28.
    "path": pathLength(from: from, to: to) { $0 * Tensor([1, 2, 3]) },
  ]
}
