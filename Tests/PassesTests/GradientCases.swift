import GraphIR
import LoopIR

extension GradientCase {
  /// Scalar functions: those of numbers in each range of their rows, and what needs operands of its
  /// own.
  static let maps = inRanges + others

  private static let inRanges = ScalarFunction.allCases.flatMap { function in
    function.row.samples.map { range in
      GradientCase(
        "\(function.rawValue) \(range)", order: 2,
        [Shape](repeating: [2, 3], count: function.arity),
        in: range
      ) { $0[0].builder.apply(Map(function), $0)[0] }
    }
  }

  private static let others: [GradientCase] = [
    GradientCase("polygamma", order: 2, [[5]], in: 0.5...3) { polygamma(2, $0[0]) },
    GradientCase("polygamma 1, negative", order: 2, [[5]], in: -0.8 ... -0.2) { trigamma($0[0]) },
    GradientCase("modulo", [[5], [5]], in: 0.1...0.9) { ($0[0] + 4) % (0.1 * $0[1] + 3) },
    GradientCase("modulo by negative", [[5], [5]], in: 0.1...0.9) {
      ($0[0] + 4) % (-0.1 * $0[1] - 3)
    },
    GradientCase("remainder", [[5], [5]], in: 0.1...0.9) { fmod(-$0[0] - 4, 0.1 * $0[1] + 3) },
    GradientCase("clamp", [[7]]) { clamp($0[0], -0.5...0.25) * $0[0] },
    GradientCase("clamp at one end", [[7]]) { clamp(clamp($0[0], 0.1...), ...0.6) },
    GradientCase("select by one operand", [[2, 3], [2, 3]]) { select($0[0] .> 0, $0[0], $0[1]) },
    GradientCase("select of broadcast operands", [[3], [2, 1]]) {
      select($0[0].sum(keep: true) .> 0, $0[0] * $0[0], $0[1])
    },
    GradientCase("power 2", order: 2, [[5]]) { pow($0[0], 2) },
    GradientCase("power 3 of any sign", order: 2, [[5]]) { pow($0[0], 3) },
    GradientCase("power -1.5", order: 2, [[5]], in: 0.5...2) { pow($0[0], -1.5) },
    GradientCase("power of a number", order: 2, [[5]]) { pow(1.7, $0[0]) },
    GradientCase("multiply by itself", order: 2, [[5]]) { $0[0] * $0[0] },
    GradientCase("divide by a power of two", [[5]]) { $0[0] / 4 },
    GradientCase("cast through f32", [[5]], in: 1...2) {
      ($0[0] * $0[0].cast(to: .f64)) + $0[0].cast(to: .f64)
    },
    GradientCase("stopGradient of zero slope", [[4]]) {
      $0[0] + ($0[0] .> 5).cast(to: .f64).stopGradient()
    },
  ]

  /// Operations that move elements.
  static let moves: [GradientCase] = broadcasts + slices + gathers

  private static let broadcasts: [GradientCase] = [
    GradientCase("broadcast of a row", order: 2, [[3], [2, 3]]) { $0[0] * $0[1] },
    GradientCase("broadcast of row and column", order: 2, [[2, 1], [1, 3]]) { $0[0] * $0[1] },
    GradientCase("broadcast of a number", order: 2, [[], [2, 3]]) { $0[0] * $0[1] },
    GradientCase("broadcast to the left", [[3], [3, 2]]) {
      $0[0].broadcast(to: [3, 2], axes: [0]) * $0[1]
    },
    GradientCase("broadcast into the middle", [[2, 1, 3]]) {
      $0[0].broadcast(to: [2, 4, 4, 3], axes: [0, 2, 3])
    },
    GradientCase("broadcast of one to one", [[1, 2]]) { $0[0].broadcast(to: [3, 1, 2]) },
    GradientCase("reshape", [[2, 6]]) { exp($0[0]).reshaped([3, 4]) },
    GradientCase("reshape to one axis and back", [[2, 3]]) {
      sin($0[0].reshaped([6])).reshaped([3, 2])
    },
    GradientCase("transpose", order: 2, [[2, 3, 4], [4, 2, 3]]) {
      $0[0].transposed([2, 0, 1]) * $0[1]
    },
    GradientCase("transpose of a matrix product", order: 2, [[2, 3], [3, 2]]) {
      $0[0].matmul($0[1]).transposed() * $0[0].matmul($0[1])
    },
    GradientCase("concat of three", order: 2, [[2, 1], [2, 3], [2, 2]]) {
      let x = concatenate($0, axis: 1)
      return x * x
    },
    GradientCase("concat with itself", [[2, 3]]) { concatenate([$0[0], exp($0[0])], axis: 0) },
    GradientCase("stack", [[3], [3]]) { stack($0, axis: 1) },
  ]

  private static let slices: [GradientCase] = [
    GradientCase("slice", [[5, 4]]) { $0[0].sliced(0, 1..<4) },
    GradientCase("slice with step 2", [[5, 4]]) { $0[0].sliced(0, 0..<5, step: 2) },
    GradientCase("slice with step 3 and a rest", [[8]]) { $0[0].sliced(0, 1..<7, step: 3) },
    GradientCase("slice backwards", [[5, 4]]) {
      $0[0].sliced([.init(start: 4, step: -1, count: 5), .init(start: 3, step: -2, count: 2)])
    },
    GradientCase("slice backwards in the middle", [[9]]) {
      $0[0].sliced([.init(start: 7, step: -3, count: 3)])
    },
    GradientCase("slice one element", [[3, 4]]) { $0[0].element(1, of: 1) },
    GradientCase("slice twice and multiply", order: 2, [[6]]) {
      $0[0].sliced(0, 0..<5) * $0[0].sliced(0, 1..<6)
    },
    GradientCase("reversed", [[2, 3, 2]]) { $0[0].reversed(axes: [0, 2]) },
    GradientCase("pad", [[2, 3]]) { exp($0[0].padded([(1, 2), (0, 1)], value: 0.5)) },
    GradientCase("pad with negative numbers", [[5, 4]]) { $0[0].padded([(-1, 2), (1, -2)]) },
    GradientCase("pad between elements", [[3, 2]]) {
      exp($0[0].padded([.init(low: 1, high: 0, interior: 2), .init(low: 0, high: 1)], value: 2))
    },
    GradientCase("pad between and take away", [[4]]) {
      $0[0].padded([.init(low: -2, high: -1, interior: 1)], value: 0)
    },
    GradientCase("pad between and take away more", [[5]]) {
      $0[0].padded([.init(low: -3, high: 2, interior: 2)], value: 0)
    },
    GradientCase("pad of a pad", [[3]]) { $0[0].padded([(1, 1)]).padded([(2, 0)], value: 3) },
  ]

  private static let gathers: [GradientCase] = [
    GradientCase("gather rows, some twice", order: 2, [[4, 3]]) {
      let rows = $0[0].gather(positions($0[0], [1, 3, 1, 1, 0], [5]))
      return rows * rows
    },
    GradientCase("gather columns", [[2, 5]]) {
      $0[0].gather(positions($0[0], [4, 0, 4], [3]), axis: 1)
    },
    GradientCase("gather by a matrix", [[2, 4, 3]]) {
      $0[0].gather(positions($0[0], [3, 0, 0, 2, 2, 2], [2, 3]), axis: 1)
    },
    GradientCase("gather by one position", [[4, 2]]) { $0[0].gather(positions($0[0], [2], [])) },
    GradientCase("gather beyond the ends", [[3, 2]]) {
      $0[0].gather(positions($0[0], [-5, 7, 2], [3]))
    },
    GradientCase("gather by argmax", [[4, 3]]) { $0[0].gather($0[0].argmax(axis: 0)) },
    GradientCase("scatterAdd, some twice", order: 2, [[4, 2]]) {
      let sum = $0[0].builder.apply(
        ScatterAdd(axis: 0, extent: 3), positions($0[0], [2, 0, 2, 2], [4]), $0[0])
      return sum * sum
    },
    GradientCase("scatterAdd to columns", [[2, 3]]) {
      $0[0].builder.apply(
        ScatterAdd(axis: 1, extent: 5), positions($0[0], [4, 1, 4], [3]), $0[0])
    },
    GradientCase("scatterAdd beyond the ends", [[3, 2]]) {
      $0[0].builder.apply(
        ScatterAdd(axis: 0, extent: 2), positions($0[0], [-3, 9, 1], [3]), $0[0])
    },
  ]
}
