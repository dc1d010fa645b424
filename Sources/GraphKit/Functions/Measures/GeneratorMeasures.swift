public import TensorLibrary
internal import LoopIR

// Measures of generated examples, from what a classifier or another net makes of them. They need
// all examples at once, so an evaluation takes them with `.ofAll`.

/// The Inception score of logits `[examples, classes]`: `exp(mean KL(p(y|x), p(y)))`.
///
/// It is 1 if all answers are the same, and the number of classes if all classes are sure and even.
/// `isThere`, `[examples]`, is true for the rows that count; all do by default.
public func inceptionScore(logits: Tensor, isThere: Tensor? = nil) -> Tensor {
  let rows = CountedRows(softmax(logits), isThere)
  let logarithms = logSoftmax(logits) - log(rows.mean)
  return exp(CountedRows(rows.values * logarithms, isThere).mean.sum())
}

/// The Fréchet distance of two sets of features `[examples, features]`, as if both were normal:
/// `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`, in `f64`. With the features of Inception v3 it is
/// the FID.
///
/// `isThere`, `[examples]`, is true for the rows of `features` that count; all do by default.
public func frechetDistance(
  _ features: Tensor, _ others: Tensor, isThere: Tensor? = nil
) -> Tensor {
  let a = CountedRows(features.cast(to: .f64), isThere)
  let b = CountedRows(others.cast(to: .f64), nil)
  let (first, second) = (a.covariance, b.covariance)
  // The eigenvalues of C1 C2 are those of the symmetric R C2 R, where R R = C1.
  let (values, vectors) = first.symmetricEigen()
  let root = (vectors * sqrt(maximum(values, 0))).matmul(vectors.transposed())
  let product = root.matmul(second).matmul(root).symmetricEigen().values
  return pow(a.mean - b.mean, 2).sum() + first.trace() + second.trace()
    - 2 * sqrt(maximum(product, 0)).sum()
}

/// The share of rows that lie in the manifold of `known` rows: as near to one of them as its
/// `neighbours`th neighbour is. For samples among real features it is the precision of a
/// generator, for real features among samples the recall.
public func manifoldCoverage(of rows: Tensor, by known: Tensor, neighbours: Int = 3) -> Tensor {
  // Each row is its own nearest neighbour.
  let radius = distances(known, known).kthValue(neighbours + 1, axis: 1).values
  return (distances(rows, known) .<= radius).any(axis: 1).cast(to: .f32).mean()
}

/// The perceptual path length between latent points `[examples, ...]`: how far features go in a
/// step on the straight lines between them, for each unit of the step, squared.
public func pathLength(
  from start: Tensor, to end: Tensor, step: Double = 1e-2, features: (Tensor) -> Tensor
) -> Tensor {
  let others = [Int](repeating: 1, count: max(start.rank - 1, 0))
  let share = randomUniform(Shape([start.shape[0]] + others))
  func point(_ share: Tensor) -> Tensor { features(start + share * (end - start)) }
  return pow((point(share + step) - point(share)) / step, 2).sum() / Double(start.shape[0])
}

/// Rows of which some may not count.
private struct CountedRows {
  let values: Tensor
  private let weights: Tensor
  private let count: Tensor

  init(_ values: Tensor, _ isThere: Tensor?) {
    self.values = values
    let all = ones([values.shape[0]], values.elementType)
    let counted = isThere.map { $0.cast(to: values.elementType) } ?? all
    weights = counted.expanded(at: 1)
    count = counted.sum()
  }

  /// `[1, columns]`.
  var mean: Tensor { (values * weights).sum(axes: [0], keep: true) / count }

  var covariance: Tensor {
    let centred = (values - mean) * weights
    return centred.transposed().matmul(centred) / (count - 1)
  }
}
