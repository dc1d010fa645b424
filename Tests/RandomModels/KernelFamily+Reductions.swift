internal import GraphIR
internal import GraphKit

// Sums and the like over axes, and rows that are read several times.
extension KernelFamily {
  static let reductions: [KernelFamily] = [
    KernelFamily(name: "reduction", weight: 10) { $0.reduction() },
    KernelFamily(name: "reversed reduction", weight: 6) { $0.reduction(isReversed: true) },
    KernelFamily(name: "rows", weight: 16) { $0.rows() },
    KernelFamily(name: "long rows", weight: 2) { $0.rows(isLong: true) },
    KernelFamily(name: "choice of a place", weight: 5, hasGradient: false) { $0.places() },
    KernelFamily(name: "cumulative", weight: 8) { $0.cumulative() },
    KernelFamily(name: "many elements", weight: 2, allowsHalf: false) { $0.manyElements() },
  ]
}

extension KernelMaker {
  private mutating func someAxes(_ rank: Int) -> [Int] {
    let axes = (0..<rank).filter { _ in choose.chance(0.5) }
    return axes.isEmpty ? [choose.int(0...(rank - 1))] : axes
  }

  // One of the reductions, over axes.
  private mutating func joined(_ axes: [Int]) -> (Tensor) -> Tensor {
    let keep = choose.chance(0.3)
    switch choose.int(0...10) {
    case 0...3: return { $0.sum(axes: axes, keep: keep) }
    case 4: return { $0.mean(axes: axes, keep: keep) }
    case 5: return { $0.max(axes: axes, keep: keep) }
    case 6: return { $0.min(axes: axes, keep: keep) }
    case 7: return { ($0 * 0.5 + 1).product(axes: axes, keep: keep) }
    case 8: return { $0.variance(axes: axes, keep: keep) }
    case 9: return { $0.logSumExp(axes: axes, keep: keep) }
    default: return { ($0 * $0 + 0.1).norm(2, axes: axes, keep: keep) }
    }
  }

  fileprivate mutating func reduction(isReversed: Bool = false) -> KernelBody {
    let rank = choose.int(1...4)
    floats(choose.extents(rank, product: 1500))
    let axes = someAxes(rank)
    let join = joined(axes)
    let back = someAxes(rank)
    let order = choose.permutation(rank)
    let turns = !isReversed && choose.chance(0.4)
    return { x in
      var y = x[0]
      if isReversed { y = y.reversed(axes: back) }
      if turns { y = y.transposed(order) }
      return [join(y)]
    }
  }

  fileprivate mutating func rows(isLong: Bool = false) -> KernelBody {
    let length = isLong ? choose.pick([127, 256, 513, 1000]) : choose.int(1...70)
    let front = choose.extents(choose.int(0...3), product: isLong ? 6 : 24)
    let isLast = choose.chance(0.8)
    floats(isLast ? front + [length] : [length] + front, in: -3...3)
    let axis = isLast ? -1 : 0
    let scale = isLast && choose.chance(0.4) ? weights([length]) : nil
    let kind = choose.int(0...6)
    let isSecond = choose.chance(0.2)
    return { x in
      let a = x[0]
      var y: Tensor
      switch kind {
      case 0, 1: y = softmax(a, axis: axis)
      case 2: y = logSoftmax(a, axis: axis)
      case 3: y = a.logSumExp(axes: [axis])
      case 4:
        let centred = a - a.mean(axes: [axis], keep: true)
        y = centred * rsqrt(a.variance(axes: [axis], keep: true) + 1e-3)
      case 5: y = a * rsqrt((a * a).mean(axes: [axis], keep: true) + 1e-3)
      default: y = a - a.max(axes: [axis], keep: true)
      }
      if let scale, kind != 3 { y = y * x[scale] }
      return isSecond ? [y, a.sum(axes: [axis])] : [y]
    }
  }

  fileprivate mutating func places() -> KernelBody {
    let rank = choose.int(1...3)
    let dims = choose.extents(rank, product: 600)
    floats(dims)
    let axis = choose.int(0...(rank - 1))
    let back = choose.chance(0.3)
    let kind = choose.int(0...3)
    return { x in
      let y = back ? x[0].reversed(axes: [axis]) : x[0]
      switch kind {
      case 0: return [y.argmax(axis: axis)]
      case 1: return [y.argmin(axis: axis, keep: true)]
      case 2: return [y.argmax(axis: axis), y.max(axes: [axis])]
      default: return [(y .> 0).any(axes: [axis]), (y .> -0.5).all(axes: [axis])]
      }
    }
  }

  fileprivate mutating func cumulative() -> KernelBody {
    let rank = choose.int(1...3)
    floats(choose.extents(rank, product: 500))
    let axis = choose.int(0...(rank - 1))
    let back = choose.chance(0.5)
    let kind = choose.int(0...5)
    if kind == 5 { floats(arguments[0].dims) }
    return { x in
      switch kind {
      case 0, 1: return [x[0].cumulativeSum(axis: axis, reversed: back)]
      case 2: return [(x[0] * 0.3 + 1).cumulativeProduct(axis: axis, reversed: back)]
      case 3: return [x[0].cumulativeMax(axis: axis, reversed: back).values]
      case 4: return [x[0].cumulativeLogSumExp(axis: axis, reversed: back)]
      default: return [x[0].linearRecurrence(x[1], axis: axis, reversed: back)]
      }
    }
  }

  // Enough for threads to share.
  fileprivate mutating func manyElements() -> KernelBody {
    let dims = choose.pick([[20_000], [150, 131], [7, 2003], [2003, 7], [33, 3, 150]])
    floats(dims)
    let kind = choose.int(0...4)
    return { x in
      let a = x[0]
      switch kind {
      case 0: return [a.sum()]
      case 1: return [a.sum(axes: [0])]
      case 2: return [a.max(), a.mean(axes: [-1])]
      case 3: return [relu(a) * 2 + tanh(a)]
      default: return [softmax(a)]
      }
    }
  }
}
