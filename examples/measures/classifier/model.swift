// Measures of a classifier, over a whole set however it is batched: what scikit-learn gives for the
// same scores.

import GraphKit

let scores = DataSet.csv(
  "../../data/scores/scores.csv",
  fields: ["score": .columns("a", "b", "c"), "label": .column(as: .i32)])

let model = Model("classifier")

// Nothing is learned: an epoch goes through the set in batches of 32 and a rest of 8.
model.train(
  on: scores.held(out: "../../data/scores/scores.csv"), batch: 32, epochs: 1
) { batch in
  let (score, label) = (batch.score, batch.label)
  let isLabel = label.oneHot(3).cast(to: .f32)
  return [
    "loss": crossEntropy(score, label), "accuracy": accuracy(score, label),
    "top_2": accuracy(score, label, top: 2),
    "precision": .precision(score, label), "recall": .recall(score, label),
    "f1": .f1(score, label), "f1_weighted": .f1(score, label, average: .weighted),
    "f1_micro": .f1(score, label, average: .micro), "f1_a": .f1(score, label, average: .of(0)),
    "brier": pow(softmax(score) - isLabel, 2).sum(axis: 1).mean(),
    "kappa": .kappa(score, label), "correlation": .correlation(score, label),
    "auc": .areaUnderCurve(score, label, most: 200),
    "auc_a": .areaUnderCurve(score[.all, 0], positive: label .== 0, most: 200),
    "average_precision_a": .averagePrecision(score[.all, 0], positive: label .== 0, most: 200),
    "confusion": .confusion(score, label),
  ]
}
