// Measures of a classifier, over a whole set however it is batched: what scikit-learn gives for the
// same scores.

import GraphKit

let scores = DataSet.csv(
  "../../data/scores/scores.csv",
  fields: ["score": .columns("a", "b", "c"), "label": .column(as: .i32)])

let model = Model("classifier")

/// The chance that a positive example has a higher score than a negative one; equal scores count
/// half.
func areaUnderCurve(_ scores: Tensor, _ isPositive: Tensor, _ isThere: Tensor) -> Tensor {
  let pairs = isPositive.expanded(at: 1) .&& (isThere .&& .!isPositive)
  let difference = scores.expanded(at: 1) - scores
  let wins = select(difference .== 0, 0.5, step(difference))
  return select(pairs, wins, 0).sum() / pairs.cast(to: .f32).sum()
}

/// The mean, over positive examples, of the precision among all that have at least their score.
func averagePrecision(_ scores: Tensor, _ isPositive: Tensor, _ isThere: Tensor) -> Tensor {
  let isAbove = (scores .>= scores.expanded(at: 1) .&& isThere).cast(to: .f32)
  let positive = isPositive.cast(to: .f32)
  let precision = (isAbove * positive).sum(axis: 1) / maximum(isAbove.sum(axis: 1), 1)
  return (positive * precision).sum() / positive.sum()
}

/// The correlation of guesses and labels (Matthews; Gorodkin, 2004), from their confusion.
func correlation(_ confusion: Tensor) -> Tensor {
  let (labels, guesses) = (confusion.sum(axis: 1), confusion.sum(axis: 0))
  let (right, all) = (confusion.trace(), confusion.sum())
  let spread = { (counts: Tensor) in all * all - (counts * counts).sum() }
  return (right * all - (labels * guesses).sum()) / sqrt(spread(labels) * spread(guesses))
}

/// Agreement beyond chance (Cohen, 1960).
func kappa(_ confusion: Tensor) -> Tensor {
  let all = confusion.sum()
  let chance = (confusion.sum(axis: 1) * confusion.sum(axis: 0)).sum() / (all * all)
  return (confusion.trace() / all - chance) / (1 - chance)
}

// Nothing is learned: an epoch goes through the set in batches of 32 and a rest of 8.
model.train(
  on: scores.held(out: "../../data/scores/scores.csv"), batch: 32, epochs: 1
) { batch in
  let (score, label) = (batch.score, batch.label)
  let isLabel = label.oneHot(3).cast(to: .f32)
  let guess = score.argmax().oneHot(3).cast(to: .f32)
  let confusion = isLabel.transposed().matmul(guess)
  return [
    "loss": crossEntropy(score, label), "accuracy": accuracy(score, label),
    "top_2": accuracy(score, label, top: 2),
    "precision": .precision(score, label), "recall": .recall(score, label),
    "f1": .f1(score, label), "f1_weighted": .f1(score, label, average: .weighted),
    "f1_micro": .f1(score, label, average: .micro), "f1_a": .f1(score, label, average: .of(0)),
    "brier": pow(softmax(score) - isLabel, 2).sum(axis: 1).mean(),
    "kappa": .total([confusion]) { kappa($0[0]) },
    "correlation": .total([confusion]) { correlation($0[0]) },
    "auc_a": .ofAll([score, label], most: 200) { all, isThere in
      areaUnderCurve(all[0][.all, 0], all[1] .== 0 .&& isThere, isThere)
    },
    // The mean of each class against the others.
    "auc": .ofAll([score, label], most: 200) { all, isThere in
      let areas = (0..<3).map {
        areaUnderCurve(all[0][.all, $0], all[1] .== $0 .&& isThere, isThere)
      }
      return stack(areas).mean()
    },
    "average_precision_a": .ofAll([score, label], most: 200) { all, isThere in
      averagePrecision(all[0][.all, 0], all[1] .== 0 .&& isThere, isThere)
    },
    "confusion": .confusion(score, label),
  ]
}
