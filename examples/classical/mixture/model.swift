// Iris without its labels: k-means, and from its clusters a mixture of three normal distributions
// by expectation and maximization.

import GraphKit

let iris = DataSet.csv(
  "../../data/iris/iris.csv",
  fields: [
    "x": .columns("sepal length", "sepal width", "petal length", "petal width"),
    "species": .category(),
  ])

struct Mixture: Module {
  let centres = Parameter.statistic([3, 4])
  let weights = Parameter.statistic([3])
  let means = Parameter.statistic([3, 4])
  let covariances = Parameter.statistic([3, 4, 4])
  let petals = Parameter.statistic([150, 2])  // lengths and widths, for the picture
  let species = Parameter.statistic([150])

  /// Lloyd's step: each centre goes to the mean of what is nearest to it.
  func kMeans(_ x: Tensor) -> (loss: Tensor, nearest: Tensor) {
    let away = distances(x, centres.value)
    let nearest = away.argmin().oneHot(3).cast(to: .f32)
    centres.assign(nearest.transposed().matmul(x) / nearest.sum(axis: 0).expanded(at: 1))
    return ((away.min(axis: 1) * away.min(axis: 1)).sum(), nearest)
  }

  /// log w_k + log N(x; m_k, S_k), [n, 3].
  func scores(_ x: Tensor) -> Tensor {
    stack(
      (0..<3).map { k in
        let normal = MultivariateNormal(mean: means.value[k], covariance: covariances.value[k])
        return log(weights.value[k]) + normal.logProbability(x)
      }, axis: 1)
  }

  /// Takes weights, means and covariances of points that belong to the parts by shares [n, 3].
  func maximize(_ x: Tensor, _ shares: Tensor) {
    let count = shares.sum(axis: 0)
    let mean = shares.transposed().matmul(x) / count.expanded(at: 1)
    let away = x.expanded(at: 1) - mean
    weights.assign(count / Double(x.shape[0]))
    means.assign(mean)
    covariances.assign(
      einsum("nk,nki,nkj->kij", shares, away, away) / count.reshaped([3, 1, 1]))
  }
}

let net = Mixture()
let model = Model("mixture", net)

// It begins with the flowers that are 26th, 91st and 141st by the lengths of their petals.
model.phase("kmeans", on: iris, batch: 150, epochs: 15) { batch in
  let isFirst = model.steps .== 0
  let ranks = batch.x.matmul(Tensor([[0], [0], [1], [0]])).squeezed(1).argsort()
  let some = batch.x.gather(ranks.gather(Tensor([25, 90, 140], .i32)))
  net.centres.assign(select(isFirst, some, net.centres.value))
  let (loss, nearest) = net.kMeans(batch.x)
  net.maximize(batch.x, nearest)
  net.petals.assign(batch.x[.all, 2...])
  net.species.assign(batch.species.cast(to: .f32))
  return ["loss": loss]
}

model.phase("em", on: iris, batch: 150, epochs: 200) { batch in
  let scores = net.scores(batch.x)
  let likelihood = scores.logSumExp(axis: 1).sum()
  // How many flowers lie in the part that most of their species are in.
  let part = scores.argmax().oneHot(3).cast(to: .f32)
  let table = batch.species.oneHot(3).cast(to: .f32).transposed().matmul(part)
  net.maximize(batch.x, softmax(scores))
  return ["loss": -likelihood, "likelihood": likelihood, "agree": table.max(axis: 1).sum()]
}

model.infer {
  [
    "centres": net.centres.value, "weights": net.weights.value, "means": net.means.value,
  ]
}

// Petals, 0 to 8 cm long and 0 to 3 cm wide, with a line at each cm: the density of the
// parts as shades of three colours, and the flowers as dots in the colours of their species.
model.function("density") {
  let (height, width) = (360, 640)
  let (row, column) = (range(height, .f32), range(width, .f32))
  let places = meshgrid([(360 - row) / 120, column / 80])
  let points = stack([places[1], places[0]], axis: -1).reshaped([-1, 2])
  let isLine = (row % 120 .== 0).expanded(at: 1) .|| (column % 80 .== 0)
  let colours = Tensor([[0.84, 0.15, 0.16], [0.17, 0.55, 0.2], [0.12, 0.35, 0.75]])
  var image = select(isLine, full([height, width], 0.85), 1).expanded(at: 2)
  for k in 0..<3 {
    let normal = MultivariateNormal(
      mean: net.means.value[k, 2...], covariance: net.covariances.value[k, 2..., 2...])
    let density = net.weights.value[k] * exp(normal.logProbability(points))
    let shade = (1 - exp(-2 * density)).reshaped([height, width, 1]) * 0.6
    image = image * (1 - shade * (1 - colours[k]))
  }
  let (long, wide) = (net.petals.value[.all, 0], net.petals.value[.all, 1])
  let dots = stack([360 - wide * 120, long * 80], axis: 1).cast(to: .i32)
  let larger = MaxPool2D(5, stride: 1, padding: 2)
  for k in 0..<3 {
    let isHere = (net.species.value .== Tensor(Double(k))).cast(to: .f32)
    let marks = zeros([height, width]).scattered(isHere, points: dots, by: .max)
    let dot = larger(marks.reshaped([1, 1, height, width])).reshaped([height, width, 1])
    image = image * (1 - dot) + colours[k] * dot
  }
  return ["density": image.transposed([2, 0, 1]).expanded(at: 0)]
}
