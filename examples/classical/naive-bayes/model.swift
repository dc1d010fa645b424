// Naive Bayes: each class has a normal distribution of its own for each feature. Four data sets in
// the halves that scikit-learn's documentation learns from and tests on.

import GraphKit

struct NaiveBayes: Module {
  let prior, mean, variance: Parameter

  init(_ features: Int, classes: Int) {
    prior = .statistic([classes])
    (mean, variance) = (.statistic([classes, features]), .statistic([classes, features]))
  }

  /// Takes share, means and variances of each class from the examples of which `weight` is 1.
  func learn(_ x: Tensor, _ label: Tensor, _ weight: Tensor) {
    let classes = prior.shape[0]
    let isClass = label.oneHot(classes).cast(to: .f32) * weight.expanded(at: 1)
    let count = isClass.sum(axis: 0).expanded(at: 1)
    let means = isClass.transposed().matmul(x) / count
    // The mean of squares about the mean, and a little of the widest feature for safety.
    let away = x.expanded(at: 1) - means
    let spread = einsum("nc,ncf->cf", isClass, away * away) / count
    let all = (x * weight.expanded(at: 1)).sum(axis: 0) / weight.sum()
    let wide = (weight.expanded(at: 1) * (x - all) * (x - all)).sum(axis: 0) / weight.sum()
    prior.assign(count.squeezed(1) / weight.sum())
    mean.assign(means)
    variance.assign(spread + wide.max() * 1e-9)
  }

  /// log p(c) + sum_f log p(x_f | c), up to a constant.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let away = x.expanded(at: 1) - mean.value
    let each = away * away / variance.value + log(variance.value)
    return log(prior.value) - 0.5 * each.sum(axis: -1)
  }

  /// Learns from the first half, and returns how many of the second are taken for another class.
  func wrong(_ x: Tensor, _ label: Tensor, _ half: Tensor) -> Outputs {
    let half = half.cast(to: .f32)
    learn(x, label, 1 - half)
    let isWrong = (self(x).argmax() .!= label.cast(to: .i32)).cast(to: .f32)
    return ["wrong": (isWrong * half).sum(), "of": half.sum()]
  }
}

let (iris, wine) = (NaiveBayes(4, classes: 3), NaiveBayes(13, classes: 3))
let (cancer, digits) = (NaiveBayes(30, classes: 2), NaiveBayes(64, classes: 10))
let model = Model("bayes", ["iris": iris, "wine": wine, "cancer": cancer, "digits": digits])

/// A phase for a table with features, classes and halves.
func phase(
  _ name: String, _ net: NaiveBayes, _ file: String, _ count: Int, _ features: DataField,
  label: String
) {
  let data = DataSet.csv(
    "../../data/\(file)/\(file).csv",
    fields: ["x": features, "label": .category(label), "half": .column(as: .u8)])
  model.phase(name, on: data, batch: count, epochs: 1) { batch in
    net.wrong(batch.x, batch.label, batch.half)
  }
}

phase(
  "iris", iris, "iris", 150,
  .columns("sepal length", "sepal width", "petal length", "petal width"),
  label: "species")
phase(
  "wine", wine, "wine", 178,
  .columns(
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols",
    "flavanoids", "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
    "od280/od315_of_diluted_wines", "proline"),
  label: "grower")
phase(
  "cancer", cancer, "breast-cancer", 569,
  .columns(
    "mean radius", "mean texture", "mean perimeter", "mean area", "mean smoothness",
    "mean compactness", "mean concavity", "mean concave points", "mean symmetry",
    "mean fractal dimension", "radius error", "texture error", "perimeter error", "area error",
    "smoothness error", "compactness error", "concavity error", "concave points error",
    "symmetry error", "fractal dimension error", "worst radius", "worst texture",
    "worst perimeter", "worst area", "worst smoothness", "worst compactness", "worst concavity",
    "worst concave points", "worst symmetry", "worst fractal dimension"),
  label: "tumour")

let images = DataSet(
  "../../data/digits", fields: ["image": .u8[1, 8, 8], "label": .u8, "half": .u8])
model.phase("digits", on: images, batch: 1797, epochs: 1) { batch in
  digits.wrong(batch.image.flattened(from: 1).cast(to: .f32), batch.label, batch.half)
}

model.infer(Input("x", [1, 4])) { x in ["probability": softmax(iris(x))] }
