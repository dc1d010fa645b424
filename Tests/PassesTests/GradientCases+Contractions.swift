import GraphIR
import LoopIR
import TensorLibrary

extension GradientCase {
  private static func contract(_ map: AxisMap, _ a: Tensor, _ b: Tensor) -> Tensor {
    a.builder.apply(Contract(map), a, b)
  }

  private static func matmul(_ a: Shape, _ b: Shape) -> GradientCase {
    GradientCase("matmul \(a) \(b)", order: 2, [a, b]) { $0[0].matmul($0[1]) }
  }

  /// Matrix products, and contractions of other forms.
  static let contractions: [GradientCase] = products + einsums + oneAxis

  private static let products: [GradientCase] = [
    matmul([2, 3], [3, 4]), matmul([1, 3], [3, 1]), matmul([2, 2, 3], [2, 3, 2]),
    matmul([2, 2, 3], [3, 2]), matmul([2, 3], [2, 3, 2]), matmul([1, 2, 3], [2, 3, 2]),
    matmul([2, 1, 2, 3], [3, 3, 2]), matmul([2, 3, 2, 2], [1, 2, 3]),
    GradientCase("matmul with itself", order: 2, [[3, 3]]) { $0[0].matmul($0[0]) },
    GradientCase("matmul with its transpose", order: 2, [[3, 2]]) {
      $0[0].matmul($0[0].transposed())
    },
    GradientCase("three matrices", order: 2, [[2, 3], [3, 2], [2, 2]]) {
      $0[0].matmul($0[1]).matmul($0[2])
    },
    GradientCase("linear", order: 2, [[2, 3, 4], [5, 4]]) { $0[0].linear($0[1]) },
    GradientCase("linear of a vector", order: 2, [[4], [3, 4]]) { $0[0].linear($0[1]) },
    GradientCase("matmul wide enough for tiles", [[8, 5], [5, 37]]) { $0[0].matmul($0[1]) },
    GradientCase("matmul long enough for lanes", [[2, 70], [70, 3]]) { $0[0].matmul($0[1]) },
  ]

  private static let einsums: [GradientCase] = [
    GradientCase("an axis in the left operand only", order: 2, [[2, 3], [4]]) {
      let map = AxisMap(
        [Axis("n", 2), Axis("i", 3), Axis("j", 4)], resultRank: 1,
        operands: [[.axis(0), .axis(1)], [.axis(2)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("an outer product", order: 2, [[2], [3]]) {
      let map = AxisMap(
        [Axis("n", 2), Axis("j", 3)], resultRank: 2, operands: [[.axis(0)], [.axis(1)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("a product element by element", order: 2, [[2, 3], [2, 3]]) {
      let map = AxisMap(
        [Axis("n", 2), Axis("j", 3)], resultRank: 2,
        operands: [[.axis(0), .axis(1)], [.axis(0), .axis(1)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("an axis that nobody reads", order: 2, [[2, 3], [3]]) {
      let map = AxisMap(
        [Axis("n", 2), Axis("k", 2), Axis("i", 3), Axis("j", 2)], resultRank: 2,
        operands: [[.axis(0), .axis(2)], [.axis(2)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("two joined axes in another order", order: 2, [[2, 3, 4], [4, 3, 2]]) {
      let map = AxisMap(
        [Axis("a", 2), Axis("b", 2), Axis("i", 3), Axis("j", 4)], resultRank: 2,
        operands: [[.axis(0), .axis(2), .axis(3)], [.axis(3), .axis(2), .axis(1)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("a result that is transposed", order: 2, [[2, 3], [3, 4]]) {
      let map = AxisMap(
        [Axis("j", 4), Axis("n", 2), Axis("i", 3)], resultRank: 2,
        operands: [[.axis(1), .axis(2)], [.axis(2), .axis(0)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("part of the operands", order: 2, [[4, 5], [6, 3]]) {
      let map = AxisMap(
        [Axis("n", 2), Axis("j", 3), Axis("i", 3)], resultRank: 2,
        operands: [
          [AxisSum([.init(0)], offset: 1), AxisSum([.init(2)], offset: 2)],
          [AxisSum([.init(2, 2)], offset: 1), .axis(1)],
        ])
      return contract(map, $0[0], $0[1])
    },
  ]

  // One-dimensional convolutions, as maps.
  private static let oneAxis: [GradientCase] = [
    GradientCase("a true convolution", order: 2, [[6], [3]]) {
      let map = AxisMap(
        [Axis("y", 4), Axis("u", 3)], resultRank: 1,
        operands: [[AxisSum([.init(0), .init(1, -1)], offset: 2)], [.axis(1)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("a convolution by both operands", order: 2, [[5], [4]]) {
      let map = AxisMap(
        [Axis("y", 3), Axis("u", 2)], resultRank: 1,
        operands: [
          [AxisSum([.init(0), .init(1)])], [AxisSum([.init(0), .init(1, -1)], offset: 1)],
        ])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("one element of an axis", order: 2, [[3, 4], [3, 5]]) {
      let map = AxisMap(
        [Axis("n", 3)], resultRank: 0,
        operands: [[.axis(0), AxisSum([], offset: 2)], [.axis(0), AxisSum([], offset: 4)]])
      return contract(map, $0[0], $0[1])
    },
    GradientCase("a convolution with three axes in one position", order: 2, [[12], [3, 2]]) {
      let map = AxisMap(
        [Axis("y", 3), Axis("u", 3), Axis("v", 2)], resultRank: 1,
        operands: [[AxisSum([.init(0, 2), .init(1, 2), .init(2)])], [.axis(1), .axis(2)]])
      return contract(map, $0[0], $0[1])
    },
  ]

  private struct Convolution: Sendable {
    var image = (6, 7)
    var channels = 2
    var out = 2
    var kernel = (3, 2)
    var stride = (1, 1)
    var dilation = (1, 1)
    var groups = 1

    var name: String {
      "convolution \(image) c\(channels)>\(out) k\(kernel) s\(stride) d\(dilation) g\(groups)"
    }

    var check: GradientCase {
      let weight: Shape = [out, channels / groups, kernel.0, kernel.1]
      return GradientCase(name, order: 2, [[1, channels, image.0, image.1], weight]) {
        $0[0].convolved(
          $0[1], stride: [stride.0, stride.1], dilation: [dilation.0, dilation.1], groups: groups)
      }
    }
  }

  /// Two-dimensional convolutions; where a stride leaves rows over, they have gradient zero.
  static let convolutions: [GradientCase] = {
    var all: [Convolution] = []
    for stride in [(1, 1), (2, 2), (3, 3), (1, 2), (3, 1), (2, 3)] {
      for dilation in [(1, 1), (2, 1), (1, 2), (2, 3)] {
        all.append(Convolution(stride: stride, dilation: dilation))
      }
      all.append(Convolution(channels: 4, out: 2, stride: stride, groups: 2))
      all.append(Convolution(channels: 2, out: 2, stride: stride, groups: 2))
      all.append(Convolution(channels: 2, out: 4, kernel: (2, 2), stride: stride, groups: 2))
      all.append(Convolution(image: (5, 5), kernel: (1, 1), stride: stride))
      all.append(Convolution(image: (4, 4), kernel: (4, 4), stride: stride))
    }
    return all.map(\.check) + [
      GradientCase("convolution, padded", order: 2, [[2, 1, 4, 4], [2, 1, 3, 3]]) {
        $0[0].padded([(0, 0), (0, 0), (1, 1), (1, 1)]).convolved(
          $0[1], stride: [1, 1], dilation: [1, 1], groups: 1)
      },
      GradientCase("convolution, transposed", order: 2, [[1, 2, 3, 3], [2, 2, 2, 2]]) {
        let spread = Pad.Part(low: 1, high: 1, interior: 1)
        return $0[0].padded(
          [.init(low: 0, high: 0), .init(low: 0, high: 0), spread, spread], value: 0
        )
        .convolved($0[1], stride: [1, 1], dilation: [1, 1], groups: 1)
      },
      GradientCase("two convolutions", order: 2, [[1, 1, 5, 5], [2, 1, 3, 3], [1, 2, 2, 2]]) {
        $0[0].convolved($0[1], stride: [1, 1], dilation: [1, 1], groups: 1)
          .convolved($0[2], stride: [2, 1], dilation: [1, 1], groups: 1)
      },
    ]
  }()
}
