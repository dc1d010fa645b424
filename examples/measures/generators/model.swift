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

let classifier = Classifier()
let vae = VAE()
let model = Model("generators", ["classifier": classifier, "vae": vae])

/// exp of the mean of KL(p(y|x), p(y)): 1 if all answers are the same, 10 if ten classes are sure
/// and even (Salimans et al., 2016).
func inceptionScore(_ scores: Tensor) -> Tensor {
  let (chances, logs) = (softmax(scores), logSoftmax(scores))
  let mean = log(chances.mean(axis: 0, keep: true))
  return exp((chances * (logs - mean)).sum(axis: 1).mean())
}

/// |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of rows of features (Heusel et al., 2017).
func frechetDistance(_ a: Tensor, _ b: Tensor) -> Tensor {
  func moments(_ rows: Tensor) -> (mean: Tensor, covariance: Tensor) {
    let x = rows.cast(to: .f64)
    let mean = x.mean(axis: 0, keep: true)
    let centred = x - mean
    return (mean, centred.transposed().matmul(centred) / Double(x.shape[0] - 1))
  }
  /// Eigenvalues of a product of covariances are those of the symmetric R C2 R, where R R = C1.
  let (first, second) = (moments(a), moments(b))
  let eigen = first.covariance.symmetricEigen()
  let root =
    (eigen.vectors * sqrt(maximum(eigen.values, 0))).matmul(eigen.vectors.transposed())
  let product = root.matmul(second.covariance).matmul(root).symmetricEigen().values
  let distance = pow(first.mean - second.mean, 2).sum()
  return distance + first.covariance.trace() + second.covariance.trace()
    - 2 * sqrt(maximum(product, 0)).sum()
}

/// The share of rows that lie as near to one of `known` as its third neighbour does (Kynkäänniemi
/// et al., 2019): precision for samples among real rows, recall for real rows among samples.
func coverage(_ rows: Tensor, _ known: Tensor) -> Tensor {
  let radius = distances(known, known).kthValue(4, axis: 1).values
  return (distances(rows, known) .<= radius).any(axis: 1).cast(to: .f32).mean()
}

/// How far features go in a small step on a straight line between two latent points, for each unit
/// of the step, squared (Karras et al., 2019).
func pathLength(
  _ from: Tensor, _ to: Tensor, step: Double = 1e-2, _ features: (Tensor) -> Tensor
) -> Tensor {
  let share = randomUniform([from.shape[0], 1])
  func point(_ share: Tensor) -> Tensor { features(from + share * (to - from)) }
  return pow((point(share + step) - point(share)) / step, 2).sum(axis: 1).mean()
}

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
  var results: Outputs = ["loss": Tensor(0)]
  let real = classifier.body(truth)
  for (name, images) in [("digits", others), ("samples", samples), ("noise", noise)] {
    let features = classifier.body(images)
    results.append("score_\(name)", inceptionScore(classifier.output(features)))
    results.append("distance_\(name)", frechetDistance(real, features).cast(to: .f32))
    results.append("precision_\(name)", coverage(features, real))
    results.append("recall_\(name)", coverage(real, features))
  }
  let (from, to) = (randomNormal([898, 8]), randomNormal([898, 8]))
  results.append("path", pathLength(from, to) { classifier.body(sigmoid(vae.decoder($0))) })
  return results
}

model.every(epochs: 60, "samples", .image(columns: 16)) {
  let z = randomNormal([64, 8])
  let images = sigmoid(vae.decoder(z)).reshaped([64, 1, 8, 8])
  return ["image": images.resized(by: [2.0, 2.0], mode: .nearest)]
}

// Cases in which the measures are known.
model.infer {
  let number = range(200).cast(to: .f64).reshaped([50, 4])
  let (a, b) = (sin(number * number), cos(number * number) * 0.5 + number / 200)
  let line = range(50).cast(to: .f32).expanded(at: 1)
  let (from, to) = (randomNormal([20_000, 3]), randomNormal([20_000, 3]))
  return [
    "ten_classes": inceptionScore(100 * eye(10)), "one_class": inceptionScore(zeros([10, 10])),
    // scipy's sqrtm gives the same for these numbers.
    "distance": frechetDistance(a, b), "distance_same": frechetDistance(a, a),
    // Each point of a line is as near to four of 50 as their third neighbours, none of 100 beyond.
    "precision": coverage(concatenate([line, line + 100]), line),
    "recall": coverage(line, concatenate([line, line + 100])),
    // For a linear generator: twice the sum of squares of its weights, here 2 (1 + 4 + 9) = 28.
    "path": pathLength(from, to) { $0 * Tensor([1, 2, 3]) },
  ]
}
