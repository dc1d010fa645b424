public import GraphIR
internal import LoopIR

extension Tensor {
  /// The `p`-norm over axes, by default all: the `p`-th root of the sum of `p`-th powers of
  /// absolute values.
  ///
  /// 2 is the Euclidean or Frobenius norm, 1 the sum of absolute values, infinity the largest,
  /// minus infinity the smallest; 0 counts the elements that are not 0. Where all elements are 0,
  /// so is the gradient.
  public func norm(_ p: Double = 2, axes: [Int]? = nil, keep: Bool = false) -> Tensor {
    guard value != nil else { return self }
    guard elementType.isFloat else {
      builder.fail(.needsFloat("norm", type), operands: [self])
      return builder.poison()
    }
    switch p {
    case .infinity: return abs(self).max(axes: axes, keep: keep)
    case -.infinity: return abs(self).min(axes: axes, keep: keep)
    case 0: return (self .!= 0).cast(to: elementType).sum(axes: axes, keep: keep)
    case 1: return abs(self).sum(axes: axes, keep: keep)
    case 2: return (self * self).sum(axes: axes, keep: keep).root { sqrt($0) }
    default: return pow(abs(self), p).sum(axes: axes, keep: keep).root { pow($0, 1 / p) }
    }
  }

  /// A root with slope 0 at 0.
  package func root(_ root: (Tensor) -> Tensor) -> Tensor {
    guard value != nil else { return self }
    let isZero = self .== 0
    return select(isZero, filled(0), root(select(isZero, filled(1), self)))
  }

  /// Vectors along an axis divided by their `p`-norms, or by `epsilon` where those are smaller.
  public func normalized(_ p: Double = 2, axis: Int = -1, epsilon: Double = 1e-12) -> Tensor {
    let size = norm(p, axes: [axis], keep: true)
    return size.value == nil ? size : self / maximum(size, epsilon)
  }
}

/// The cosine of the angle between vectors along an axis; shapes are broadcast.
public func cosineSimilarity(_ a: Tensor, _ b: Tensor, axis: Int = -1, epsilon: Double = 1e-8)
  -> Tensor
{
  let product = a * b
  guard product.value != nil else { return product }
  // The axis is counted in the common shape.
  guard let axis = product.axis(axis, of: "cosineSimilarity") else { return a.builder.poison() }
  let (x, y) = (a.broadcast(to: product.shape), b.broadcast(to: product.shape))
  let sizes = [x, y].map { maximum($0.norm(axes: [axis]), epsilon) }
  return product.sum(axes: [axis]) / (sizes[0] * sizes[1])
}

/// The `p`-norm of the differences plus `epsilon` of vectors along the last axis.
public func pairwiseDistance(
  _ a: Tensor, _ b: Tensor, p: Double = 2, epsilon: Double = 1e-6, keep: Bool = false
) -> Tensor {
  let difference = a - b
  guard difference.value != nil else { return difference }
  return (difference + epsilon).norm(p, axes: [-1], keep: keep)
}

/// The `p`-norm of the difference of each vector of `[..., n, d]` and each of `[..., m, d]`, as
/// `[..., n, m]`.
public func distances(_ a: Tensor, _ b: Tensor, p: Double = 2) -> Tensor {
  guard a.value != nil, b.value != nil else { return a.value == nil ? a : b }
  guard a.rank >= 2, b.rank >= 2, a.shape[-1] == b.shape[-1] else {
    a.builder.fail(
      a.rank < 2 || b.rank < 2
        ? .needsRank("distances", "at least 2", "the operand", a.rank < 2 ? a.type : b.type)
        : .innerSizes("distances", a.shape[-1], a.type, b.shape[-1], b.type),
      operands: Tensor.together([a, b], "distances") ? [a, b] : [])
    return a.builder.poison()
  }
  let difference = a.expanded(at: a.rank - 1) - b.expanded(at: b.rank - 2)
  return difference.value == nil ? difference : difference.norm(p, axes: [-1])
}
