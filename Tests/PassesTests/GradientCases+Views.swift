import GraphIR
import LoopIR
import TensorLibrary

extension GradientCase {
  /// Views, einsum, norms, windows on one to three axes, resizing, grids.
  static let views: [GradientCase] =
    rearranging + diagonals + sums + norms + spaces + backwards + sampling

  private static let rearranging: [GradientCase] = [
    GradientCase("tile", order: 2, [[2, 3]]) { squared($0[0].tiled([2, 1, 2])) },
    GradientCase("repeat each", order: 2, [[2, 3]]) { squared($0[0].repeatedEach(2, axis: 0)) },
    GradientCase("repeat each, counts", order: 2, [[2, 3]]) {
      squared($0[0].repeatedEach([2, 0, 1]))
    },
    GradientCase("roll", [[3, 4]]) { $0[0].rolled(by: -1) * $0[0] },
    GradientCase("rotate", [[2, 3]]) { squared($0[0].rotated(quarterTurns: 3)) },
    GradientCase("split", order: 2, [[5, 2]]) {
      let parts = $0[0].split([2, 1, 2])
      return parts[0] * parts[2] + parts[1]
    },
    GradientCase("pad by reflection", order: 2, [[2, 4]]) {
      squared($0[0].padded([(1, 0), (2, 3)], mode: .reflect))
    },
    GradientCase("pad by replication", order: 2, [[2, 3]]) {
      squared($0[0].padded([(2, 1), (0, -1)], mode: .replicate))
    },
    GradientCase("pad in a circle", order: 2, [[2, 3]]) {
      squared($0[0].padded([(1, 2), (3, 1)], mode: .circular))
    },
    GradientCase("pixel shuffle", [[1, 8, 2, 1]]) { squared($0[0].pixelShuffled(2)) },
    GradientCase("pixel unshuffle", [[1, 1, 4, 2]]) { squared($0[0].pixelUnshuffled(2)) },
    GradientCase("windows of an axis", order: 2, [[2, 7]]) {
      squared($0[0].windows(of: 3, step: 2))
    },
    GradientCase("columns of windows", order: 2, [[1, 2, 4, 5]]) {
      squared($0[0].columns(of: Windows(size: [2, 2], stride: [1, 2], dilation: [2, 1])))
    },
    GradientCase("columns folded", order: 2, [[1, 8, 6]]) {
      let windows = Windows(size: [2, 2], stride: [1, 2], low: [1, 0])
      return squared($0[0].folded(windows, counts: [3, 2], extents: [2, 4]))
    },
  ]

  private static let diagonals: [GradientCase] = [
    GradientCase("diagonal", order: 2, [[3, 4]]) { squared($0[0].diagonal(offset: -1)) },
    GradientCase("diagonal of outer axes", order: 2, [[3, 2, 4]]) {
      squared($0[0].diagonal(offset: 2, axes: (0, 2)))
    },
    GradientCase("diagonal embedded", order: 2, [[2, 3]]) {
      squared($0[0].diagonalEmbedded(offset: 1))
    },
    GradientCase("lower triangle", [[2, 3, 3]]) { squared($0[0].lowerTriangle(offset: -1)) },
    GradientCase("upper triangle", [[3, 4]]) { squared($0[0].upperTriangle(offset: 1)) },
    GradientCase("a diagonal that is read", order: 2, [[3, 3], [3]]) {
      contract(
        [Axis("i", 3)], 1, [.axis(0), .axis(0)], [.axis(0)], $0[0], $0[1])
    },
    GradientCase("a diagonal that is summed", order: 2, [[2, 3, 3], [3, 3]]) {
      contract(
        [Axis("n", 2), Axis("i", 3)], 1, [.axis(0), .axis(1), .axis(1)], [.axis(1), .axis(1)],
        $0[0], $0[1])
    },
    GradientCase("read backwards", order: 2, [[4], [4]]) {
      contract(
        [Axis("i", 4)], 0, [AxisSum([.init(0, -1)], offset: 3)], [.axis(0)], $0[0], $0[1])
    },
    GradientCase("two axes in two positions", order: 2, [[4, 6], [2, 3]]) {
      contract(
        [Axis("i", 2), Axis("j", 3)], 1,
        [AxisSum([.init(0), .init(1)]), AxisSum([.init(0), .init(1, 2)])], [.axis(0), .axis(1)],
        $0[0], $0[1])
    },
    GradientCase("an axis twice in one position", order: 2, [[5], [3]]) {
      contract(
        [Axis("i", 3)], 1, [AxisSum([.init(0), .init(0)])], [.axis(0)], $0[0], $0[1])
    },
    GradientCase("max of a diagonal", [[3, 3]]) {
      $0[0].builder.apply(
        Reduce(.maximum, AxisMap([Axis("i", 3)], resultRank: 0, operands: [[.axis(0), .axis(0)]])),
        $0[0])
    },
    GradientCase("product of a diagonal", order: 2, [[3, 3]]) {
      $0[0].builder.apply(
        Reduce(.product, AxisMap([Axis("i", 3)], resultRank: 0, operands: [[.axis(0), .axis(0)]])),
        $0[0])
    },
  ]

  private static let sums: [GradientCase] = [
    GradientCase("einsum trace", order: 2, [[3, 3]]) { squared(einsum("ii", $0[0])) },
    GradientCase("einsum of three", order: 2, [[2, 3], [2, 3, 2], [2, 2]]) {
      einsum("bi,oij,bj->bo", $0[0], $0[1], $0[2])
    },
    GradientCase("einsum with points", order: 2, [[2, 1, 2, 3], [2, 3, 2]]) {
      einsum("...ij,...jk->...ki", $0[0], $0[1])
    },
    GradientCase("einsum with a diagonal", order: 2, [[2, 2, 3], [3, 2]]) {
      einsum("iij,jk->ki", $0[0], $0[1])
    },
    GradientCase("einsum with an extent of 1", order: 2, [[1, 3], [2, 3]]) {
      einsum("ni,ni->n", $0[0], $0[1])
    },
  ]

  private static let norms: [GradientCase] =
    [1, 2, 3, .infinity].map { p in
      GradientCase("norm \(p)", order: p == .infinity ? 1 : 2, [[2, 3]], in: 0.2...1) {
        $0[0].norm(p, axes: [1])
      }
    } + [
      GradientCase("normalized", order: 2, [[2, 3]]) { $0[0].normalized() },
      GradientCase("cosine similarity", order: 2, [[2, 3], [2, 3]]) {
        cosineSimilarity($0[0], $0[1])
      },
      GradientCase("distances", order: 2, [[2, 3], [4, 3]]) { distances($0[0], $0[1]) },
      GradientCase("standard deviation", order: 2, [[2, 4]]) {
        $0[0].standardDeviation(axes: [1], correction: 1)
      },
    ]

  private static let spaces: [GradientCase] =
    [
      ([7], [3], [2], [1], 1), ([8], [2], [1], [3], 2),
      ([3, 4, 3], [2, 2, 2], [1, 2, 1], [1, 1, 1], 1),
      ([3, 3, 4], [2, 1, 2], [1, 2, 2], [1, 1, 2], 2),
    ].map { (space: [Int], kernel: [Int], stride: [Int], dilation: [Int], groups: Int) in
      GradientCase(
        "convolution of \(space) k\(kernel) s\(stride) d\(dilation) g\(groups)", order: 2,
        [Shape([1, 2] + space), Shape([2, 2 / groups] + kernel)]
      ) { $0[0].convolved($0[1], stride: stride, dilation: dilation, groups: groups) }
    } + [
      GradientCase("max of windows of a line", [[1, 2, 7]]) {
        $0[0].pooled(.maximum, window: [3], stride: [2])
      },
      GradientCase("sum of windows of a volume", order: 2, [[1, 1, 3, 4, 3]]) {
        squared($0[0].pooled(.sum, window: [2, 2, 2], stride: [1, 2, 1]))
      },
    ]

  private static let backwards: [GradientCase] = [
    ([4], [3], [2], [1], 1, [1]), ([3], [4], [2], [1], 2, [0]), ([3], [2], [2], [3], 1, [0]),
    ([3, 2], [3, 3], [2, 2], [1, 1], 1, [1, 1]), ([2, 3], [2, 3], [3, 1], [2, 1], 2, [0, 1]),
    ([2, 2, 2], [2, 1, 2], [1, 2, 2], [1, 1, 1], 1, [0, 0, 1]),
  ].map { (space: [Int], kernel: [Int], stride: [Int], dilation: [Int], groups: Int, low: [Int]) in
    let extents = space.indices.map {
      (space[$0] - 1) * stride[$0] + (kernel[$0] - 1) * dilation[$0] + 1 - 2 * low[$0]
    }
    return GradientCase(
      "convolution back of \(space) k\(kernel) s\(stride) d\(dilation) g\(groups)", order: 2,
      [Shape([1, 2] + space), Shape([2, 2 / groups] + kernel)]
    ) {
      $0[0].convolvedBack(
        $0[1], stride: stride, dilation: dilation, groups: groups, low: low, extents: extents)
    }
  }

  private static let sampling: [GradientCase] = [
    GradientCase("resize by 2", order: 2, [[1, 1, 3, 2]]) {
      squared($0[0].resized(to: [6, 4]))
    },
    GradientCase("resize by a fraction", order: 2, [[1, 1, 4, 6]]) {
      squared($0[0].resized(to: [6, 4], mode: .cubic))
    },
    GradientCase("resize by gathering", order: 2, [[1, 2, 11]]) {
      squared($0[0].resized(to: [13]))
    },
    GradientCase("resize with corners", order: 2, [[1, 1, 3, 4]]) {
      squared($0[0].resized(to: [5, 6], alignCorners: true))
    },
    GradientCase("resize to the nearest", [[1, 1, 3, 4]]) {
      squared($0[0].resized(to: [6, 3], mode: .nearest))
    },
    GradientCase("grid sample", order: 2, [[1, 2, 3, 4], [1, 2, 2, 2]]) {
      $0[0].gridSample($0[1] * 0.7)
    },
    GradientCase("grid sample, reflected", [[1, 2, 3, 4], [1, 2, 2, 2]], in: -1.6...1.6) {
      $0[0].gridSample($0[1], padding: .reflection, alignCorners: true)
    },
    GradientCase("affine grid", [[2, 2, 3]]) { affineGrid($0[0], rows: 2, columns: 3) },
  ]

  private static func squared(_ x: Tensor) -> Tensor { x * x }

  private static func contract(
    _ axes: [Axis], _ rank: Int, _ left: [AxisSum], _ right: [AxisSum], _ a: Tensor, _ b: Tensor
  ) -> Tensor {
    a.builder.apply(Contract(AxisMap(axes, resultRank: rank, operands: [left, right])), a, b)
  }
}
