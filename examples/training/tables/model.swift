// Three tables of measurements, each learned by a net with one hidden layer. Five trainings,
// with --fold 1/5 to --fold 5/5, give the score of a cross validation.

import GraphKit

let table = option("table", "wine", of: ["iris", "wine", "cancer"])

let tables = [
  "iris": DataSet.csv(
    "../../data/iris/iris.csv",
    fields: [
      "x": .columns("sepal length", "sepal width", "petal length", "petal width"),
      "label": .category("species"),
    ]),
  "wine": DataSet.csv(
    "../../data/wine/wine.csv",
    fields: [
      "x": .columns(
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols",
        "flavanoids", "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
        "od280/od315_of_diluted_wines", "proline"),
      "label": .category("grower"),
    ]),
  "cancer": DataSet.csv(
    "../../data/breast-cancer/breast-cancer.csv",
    fields: [
      "x": .columns(
        "mean radius", "mean texture", "mean perimeter", "mean area", "mean smoothness",
        "mean compactness", "mean concavity", "mean concave points", "mean symmetry",
        "mean fractal dimension", "radius error", "texture error", "perimeter error", "area error",
        "smoothness error", "compactness error", "concavity error", "concave points error",
        "symmetry error", "fractal dimension error", "worst radius", "worst texture",
        "worst perimeter", "worst area", "worst smoothness", "worst compactness",
        "worst concavity", "worst concave points", "worst symmetry", "worst fractal dimension"),
      "label": .category("tumour"),
    ]),
]
let columns = ["iris": 4, "wine": 13, "cancer": 30]
let classes = ["iris": 3, "wine": 3, "cancer": 2]

// Batch norm without weights brings all measurements to mean 0 and variance 1.
let net = Sequential {
  BatchNorm(columns[table]!, affine: false)
  Dense(columns[table]!, 32); ReLU()
  Dense(32, classes[table]!)
}

let model = Model("tables", net)

model.train(
  on: tables[table]!.stratified(by: "label"), batch: 20, epochs: 100, validation: 0.2
) { batch in
  let logits = net(batch.x)
  let loss = crossEntropy(logits, batch.label)
  AdamW(rate: 3e-3, weightDecay: 0.1).minimize(loss, net.parameters)
  return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
}

model.infer(Input("x", [1, columns[table]!])) { x in
  ["share": .names(softmax(net(x)), of: "label")]
}
