import GraphIR
import LoopIR
import TensorLibrary

/// A constant of integers beside a tensor.
func positions(_ x: Tensor, _ values: [Int64], _ shape: Shape) -> Tensor {
  let type = TensorType(.i32, shape)
  return x.builder.apply(Constant(values.map { Literal($0, .i32) }, type))
}

extension GradientCase {
  /// Operations on positions, orders and running results.
  static let indexing = taking + scattering + parts + ordering + running + regions

  private static let taking: [GradientCase] = [
    GradientCase("takeAlongAxis of the last axis", order: 2, [[2, 4]]) {
      let x = $0[0].takeAlongAxis(positions($0[0], [3, 0, 3, 1, 1, 2], [2, 3]))
      return x * x
    },
    GradientCase("takeAlongAxis of the first axis", order: 2, [[3, 2, 2]]) {
      let picks = positions($0[0], [2, 0, 1, 1, 0, 0, 2, 2], [2, 2, 2])
      return exp($0[0].takeAlongAxis(picks, axis: 0))
    },
    GradientCase("takeAlongAxis with repeated axes", [[3, 1]]) {
      $0[0].takeAlongAxis(positions($0[0], [2, 0, 1, 1], [1, 4]).broadcast(to: [2, 4]), axis: 0)
    },
    GradientCase("takeAlongAxis beyond the ends", [[3, 2]]) {
      $0[0].takeAlongAxis(positions($0[0], [-3, 9], [1, 2]), axis: 0)
    },
    GradientCase("gather at points", order: 2, [[3, 4]]) {
      let x = $0[0].gather(points: positions($0[0], [2, 0, 1, 3, 2, 0], [3, 2]))
      return x * x
    },
    GradientCase("gather rows at points", [[2, 3, 2]]) {
      $0[0].gather(points: positions($0[0], [1, 0, 1, 2, 0, 0, 1, 2], [2, 2, 2]))
    },
  ]

  private static func scatter(_ rule: ScatterRule, _ x: [Tensor], _ axis: Int) -> Tensor {
    let picks = positions(x[0], [2, 0, 2, 1, 0, 0], [3, 2])
    let y = x[0].scattered(x[1], at: picks, axis: axis, by: rule)
    return y * y
  }

  private static let scattering: [GradientCase] = [
    GradientCase("scatter set, some twice", order: 2, [[3, 2], [3, 2]]) { scatter(.set, $0, 0) },
    GradientCase("scatter set along rows", order: 2, [[3, 3], [3, 2]]) { scatter(.set, $0, 1) },
    GradientCase("scatter add, some twice", order: 2, [[3, 2], [3, 2]]) { scatter(.add, $0, 0) },
    GradientCase("scatter add along rows", order: 2, [[4, 3], [3, 2]]) { scatter(.add, $0, 1) },
    GradientCase("scatter max", order: 2, [[3, 2], [3, 2]]) { scatter(.max, $0, 0) },
    GradientCase("scatter min", order: 2, [[3, 2], [3, 2]]) { scatter(.min, $0, 0) },
    GradientCase("scatter max without what is there", [[3, 2], [3, 2]]) {
      let picks = positions($0[0], [2, 0, 2, 0, 0, 0], [3, 2])
      return $0[0].scattered($0[1], at: picks, axis: 0, by: .max, includingSelf: false)
    },
    GradientCase("scatter add without what is there", [[3, 2], [3, 2]]) {
      let picks = positions($0[0], [2, 0, 2, 0, 0, 0], [3, 2])
      return $0[0].scattered($0[1], at: picks, axis: 0, by: .add, includingSelf: false)
    },
    GradientCase("scatter slices", order: 2, [[2, 4, 2], [2, 3, 2]]) {
      let y = $0[0].scattered(slices: $0[1], at: positions($0[0], [3, 1, 3], [3]), axis: 1)
      return y * y
    },
    GradientCase("scatter add at points", order: 2, [[3, 4], [3]]) {
      let points = positions($0[0], [2, 0, 1, 3, 2, 0], [3, 2])
      let y = $0[0].scattered($0[1], points: points, by: .add)
      return y * y
    },
    GradientCase("scatter set of rows at points", [[3, 2], [2, 2]]) {
      $0[0].scattered($0[1], points: positions($0[0], [2, 0], [2, 1]))
    },
    GradientCase("histogram by weights", order: 2, [[6]]) {
      let place = ($0[0].stopGradient() * 0 + 0.3).histogram(bins: 4, in: 0...1, weights: $0[0])
      return place * place
    },
  ]

  private static func starts(_ x: Tensor, _ values: [Int64]) -> [Tensor] {
    values.map { positions(x, [$0], []) }
  }

  private static let parts: [GradientCase] = [
    GradientCase("dynamic slice", order: 2, [[4, 5]]) {
      let x = $0[0].dynamicSlice(from: starts($0[0], [1, 2]), sizes: [2, 3])
      return x * x
    },
    GradientCase("dynamic slice beyond the end", [[4, 5]]) {
      $0[0].dynamicSlice(from: starts($0[0], [-1, 4]), sizes: [2, 3])
    },
    GradientCase("dynamic slice at an argmax", [[4, 5]]) {
      let start = $0[0].flattened().argmax() / 5
      return $0[0].dynamicSlice(from: [start] + starts($0[0], [0]), sizes: [1, 5])
    },
    GradientCase("dynamic update", order: 2, [[4, 5], [2, 2]]) {
      let x = $0[0].dynamicUpdate($0[1], from: starts($0[0], [1, 2]))
      return x * x
    },
    GradientCase("dynamic update beyond the end", [[4, 5], [2, 5]]) {
      $0[0].dynamicUpdate($0[1], from: starts($0[0], [3, 2]))
    },
    GradientCase("dynamic update of all", [[2, 3], [2, 3]]) {
      $0[0].dynamicUpdate($0[1], from: starts($0[0], [3, 2])) + $0[0]
    },
  ]

  private static let ordering: [GradientCase] = [
    GradientCase("sorted", order: 2, [[2, 7]]) {
      let x = $0[0].sorted().values
      return x * x.cumulativeSum()
    },
    GradientCase("sorted descending along the first axis", order: 2, [[5, 3]]) {
      exp($0[0].sorted(axis: 0, descending: true).values.element(1, of: 0))
    },
    GradientCase("topK", order: 2, [[2, 9]]) {
      let x = $0[0].topK(4).values
      return x * x.reversed(axes: [1])
    },
    GradientCase("topK of one, smallest", [[2, 9]]) { $0[0].topK(1, largest: false).values },
    GradientCase("topK along the middle", [[2, 5, 2]]) { $0[0].topK(2, axis: 1).values },
    GradientCase("kthValue", [[3, 5]]) { $0[0].kthValue(2).values },
    GradientCase("median", [[3, 6]]) { $0[0].median().values },
  ]

  private static let running: [GradientCase] = [
    GradientCase("cumulative sum", order: 2, [[3, 4]]) {
      let x = $0[0].cumulativeSum()
      return x * x
    },
    GradientCase("cumulative sum backwards", order: 2, [[4, 2]]) {
      exp($0[0].cumulativeSum(axis: 0, reversed: true))
    },
    GradientCase("cumulative product", order: 2, [[2, 5]], in: -2...2) {
      $0[0].cumulativeProduct()
    },
    GradientCase("cumulative product with zeros", order: 2, [[2, 6]]) {
      let mask = positions($0[0], [1, 0, 1, 1, 0, 1], [6]).cast(to: .f64)
      return ($0[0] * mask).cumulativeProduct()
    },
    GradientCase("cumulative product backwards", order: 2, [[4, 2]]) {
      $0[0].cumulativeProduct(axis: 0, reversed: true)
    },
    GradientCase("cumulative product of one", order: 2, [[2, 1]]) {
      $0[0].cumulativeProduct() * $0[0]
    },
    GradientCase("cumulative max", order: 2, [[2, 7]]) {
      let x = $0[0].cumulativeMax().values
      return x * x
    },
    GradientCase("cumulative min backwards", order: 2, [[5, 2]]) {
      exp($0[0].cumulativeMin(axis: 0, reversed: true).values)
    },
    GradientCase("cumulative logSumExp", order: 2, [[2, 5]], in: -3...3) {
      $0[0].cumulativeLogSumExp()
    },
    GradientCase("cumulative logSumExp backwards", order: 2, [[4, 2]], in: -3...3) {
      let x = $0[0].cumulativeLogSumExp(axis: 0, reversed: true)
      return x * x
    },
    GradientCase("linear recurrence", order: 2, [[2, 5], [2, 5]]) {
      let x = $0[0].linearRecurrence($0[1])
      return x * x
    },
    GradientCase("linear recurrence backwards", order: 2, [[4, 2], [4, 2]]) {
      sin($0[0].linearRecurrence($0[1], axis: 0, reversed: true))
    },
  ]

  private static let regions: [GradientCase] = [
    GradientCase("boxOverlap", [[2, 2, 2], [3, 2, 2]], in: 0.1...1) {
      func boxes(_ x: Tensor) -> Tensor {
        let low = x.element(0, of: 1)
        return concatenate([low, low + x.element(1, of: 1)], axis: 1)
      }
      return boxOverlap(boxes($0[0]), boxes($0[1]))
    },
    GradientCase("roiAlign", order: 2, [[2, 2, 5, 6], [3, 4]], in: 0.2...1) {
      let scale = positions($0[0], [1, 1, 4, 4], [4]).cast(to: .f64)
      let images = positions($0[0], [1, 0, 1], [3])
      let x = roiAlign($0[0], $0[1] * scale, images: images, size: (2, 3))
      return x * x
    },
    GradientCase("roiAlign of large regions, not aligned", [[1, 1, 4, 4], [2, 4]], in: 0.2...1) {
      let scale = positions($0[0], [-9, -3, 9, 9], [4]).cast(to: .f64)
      return roiAlign(
        $0[0], $0[1] * scale, images: positions($0[0], [0, 0], [2]),
        size: (3, 2), scale: 0.5, samples: 3, aligned: false)
    },
  ]
}
