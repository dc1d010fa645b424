import GraphIR
import LoopIR
import TensorLibrary

/// A window that slides along one axis.
struct Window: Sendable, CustomStringConvertible {
  let size: Int
  let stride: Int
  let dilation: Int

  var description: String { "\(size)/\(stride)/\(dilation)" }
}

extension GradientCase {
  private static let joining: [(Monoid, Int)] = [
    (.sum, 2), (.product, 2), (.maximum, 1), (.minimum, 1),
  ]

  /// Reductions over axes and over windows.
  static let reductions: [GradientCase] = overAxes + pooling + others

  private static let overAxes: [GradientCase] = joining.flatMap { monoid, order in
    [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]].map { (axes: [Int]) in
      GradientCase("\(monoid.word) over \(axes)", order: order, [[2, 3, 2]], in: 0.3...1.2) {
        $0[0].reduce(monoid, axes: axes, keep: axes.count == 2)
      }
    }
  }

  private static let pooling: [GradientCase] = joining.flatMap { monoid, order in
    [
      // Side by side, with and without a rest, overlapping, with gaps, and spread out.
      Window(size: 2, stride: 2, dilation: 1), Window(size: 3, stride: 2, dilation: 1),
      Window(size: 3, stride: 1, dilation: 1), Window(size: 1, stride: 2, dilation: 1),
      Window(size: 2, stride: 3, dilation: 1), Window(size: 2, stride: 1, dilation: 2),
      Window(size: 3, stride: 2, dilation: 2), Window(size: 1, stride: 1, dilation: 1),
    ].map { (w: Window) in
      GradientCase("\(monoid.word) of windows \(w)", order: order, [[1, 2, 7, 6]], in: 0.3...1.2) {
        $0[0].pooled(
          monoid, window: [w.size, 2], stride: [w.stride, 1], dilation: [w.dilation, 1])
      }
    }
  }

  private static func reduce(_ monoid: Monoid, _ map: AxisMap, _ x: Tensor) -> Tensor {
    x.builder.apply(Reduce(monoid, map), x)
  }

  private static let others: [GradientCase] = [
    GradientCase("sum of part of an axis", order: 2, [[5, 4]]) {
      let map = AxisMap(
        [Axis("y", 3), Axis("u", 2)], resultRank: 1, operands: [[.axis(0), .axis(1)]])
      let x = reduce(.sum, map, $0[0])
      return x * x
    },
    GradientCase("sum from the middle on", order: 2, [[6]]) {
      let map = AxisMap([Axis("u", 3)], resultRank: 0, operands: [[AxisSum([.init(0)], offset: 2)]])
      let x = reduce(.sum, map, $0[0])
      return x * x
    },
    GradientCase("sum of every third from the second on", order: 2, [[8]]) {
      let map = AxisMap(
        [Axis("u", 3)], resultRank: 0, operands: [[AxisSum([.init(0, 3)], offset: 1)]])
      let x = reduce(.sum, map, $0[0])
      return x * x
    },
    GradientCase("max of windows named the other way round", [[7]]) {
      let map = AxisMap(
        [Axis("y", 3), Axis("u", 2)], resultRank: 1, operands: [[AxisSum([.init(1), .init(0, 2)])]])
      return reduce(.maximum, map, $0[0])
    },
    GradientCase("sum with a result axis that is not read", [[4]]) {
      let map = AxisMap(
        [Axis("k", 3), Axis("i", 4)], resultRank: 1, operands: [[.axis(1)]])
      return reduce(.sum, map, $0[0])
    },
    GradientCase("sum with a joined axis that is not read", [[4]]) {
      let map = AxisMap([Axis("i", 4), Axis("k", 3)], resultRank: 1, operands: [[.axis(0)]])
      return reduce(.sum, map, $0[0])
    },
    GradientCase("sum read transposed", order: 2, [[3, 4]]) {
      let map = AxisMap(
        [Axis("j", 4), Axis("i", 3)], resultRank: 1, operands: [[.axis(1), .axis(0)]])
      let x = reduce(.sum, map, $0[0])
      return x * x
    },
    GradientCase("sum of an axis of extent 1", [[3, 1]]) { $0[0].sum(axes: [1]) },
    GradientCase("max of an axis of extent 1", [[3, 1]]) { $0[0].max(axes: [1]) },
    GradientCase("sum of a long axis", [[2, 67]]) { $0[0].sum(axes: [1]) },
    GradientCase("max of a long axis", [[2, 67]]) { $0[0].max(axes: [1]) },
    GradientCase("sum of columns", [[9, 20]]) { exp($0[0]).sum(axes: [0]) },
    GradientCase("mean", order: 2, [[3, 4]]) { pow($0[0].mean(axes: [1]), 2) },
    GradientCase("variance", order: 2, [[3, 4]]) { $0[0].variance(axes: [1], correction: 1) },
    GradientCase("logSumExp", order: 2, [[3, 4]]) { $0[0].logSumExp(axes: [1]) },
    GradientCase("logSumExp of all, kept", [[3, 4]]) { $0[0].logSumExp(keep: true) },
    GradientCase("max beside argmax", [[3, 4]]) {
      $0[0].max(axes: [1]) * $0[0].argmax().cast(to: .f64)
    },
  ]

  /// What models are made of.
  static let composites: [GradientCase] = [
    GradientCase("softmax", order: 2, [[3, 4]]) { softmax($0[0]) },
    GradientCase("log softmax", order: 2, [[3, 4]]) {
      $0[0] - $0[0].logSumExp(axes: [1], keep: true)
    },
    GradientCase("layer norm", order: 2, [[3, 5], [5], [5]]) {
      let x = $0[0]
      let rest = x - x.mean(axes: [1], keep: true)
      let scale = rsqrt(x.variance(axes: [1], keep: true) + 1e-3)
      return rest * scale * $0[1] + $0[2]
    },
    GradientCase("batch norm", order: 2, [[2, 3, 2, 2], [3, 1, 1]]) {
      let x = $0[0]
      let rest = x - x.mean(axes: [0, 2, 3], keep: true)
      return rest * rsqrt(x.variance(axes: [0, 2, 3], keep: true) + 1e-3) * $0[1]
    },
    GradientCase("attention", order: 2, [[2, 3, 2], [2, 3, 2], [2, 3, 2]]) {
      softmax($0[0].matmul($0[1].transposed()) / 2).matmul($0[2])
    },
    GradientCase("two layers", order: 2, [[3, 4], [5, 4], [5], [2, 5]]) {
      tanh($0[0].linear($0[1]) + $0[2]).linear($0[3])
    },
    GradientCase("convolution, relu, pool, dense", [[2, 1, 6, 6], [2, 1, 3, 3], [3, 8]]) {
      let h = $0[0].padded([(0, 0), (0, 0), (0, 1), (0, 1)]).convolved(
        $0[1], stride: [1, 1], dilation: [1, 1], groups: 1
      ).map(.relu)
      let p = h.pooled(.maximum, window: [2, 2], stride: [2, 2])
      return p.flattened(from: 1).sliced(1, 0..<8).linear($0[2])
    },
    GradientCase("gelu", order: 2, [[2, 3]]) {
      $0[0] * 0.5 * (erf($0[0] / 2.0.squareRoot()) + 1)
    },
    GradientCase("the same value along three ways", order: 2, [[4]]) {
      let x = exp($0[0])
      return x * sin(x) + x / (x + 1)
    },
    GradientCase("doubling by shifts", [[8]]) {
      var x = $0[0]
      for shift in [1, 2, 4] {
        x = x + x.sliced(0, 0..<(8 - shift)).padded([(shift, 0)])
      }
      return x * x
    },
    GradientCase("a recurrence written out", order: 2, [[3, 2], [2, 2]]) {
      var h = $0[0].sliced(0, 0..<1)
      for t in 1..<3 { h = tanh(h.matmul($0[1]) + $0[0].sliced(0, t..<(t + 1))) }
      return h
    },
  ]

  private static func softmax(_ x: Tensor) -> Tensor {
    let e = exp(x - x.max(axes: [-1], keep: true).stopGradient())
    return e / e.sum(axes: [-1], keep: true)
  }
}
