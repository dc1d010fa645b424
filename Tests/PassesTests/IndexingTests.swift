// swift-format-ignore-file: NeverForceUnwrap

import GraphIR
import LoopIR
import Passes
import TensorLibrary
import TestSupport
import Testing

/// Operations on positions, orders and running results: what their loops compute is what they say
/// of themselves, for numbers with draws, infinities and what is no number.
@Suite struct IndexingTests {
  /// One program: the types of its inputs, what is computed of them.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let inputs: [TensorType]
    let function: @Sendable ([Tensor]) -> [Tensor]

    init(
      _ name: String, _ inputs: TensorType..., function: @escaping @Sendable ([Tensor]) -> [Tensor]
    ) {
      testDescription = name
      self.inputs = inputs
      self.function = function
    }
  }

  private static func type(_ element: ElementType, _ dims: Int...) -> TensorType {
    TensorType(element, dims)
  }

  private static let orders: [Case] = [ElementType.f64, .f32, .i32, .u8].flatMap { element in
    [[1], [2], [7], [40], [2, 9], [3, 4, 5]].flatMap { (dims: [Int]) in
      dims.indices.map { (axis: Int) in
        Case("order of \(element)\(dims) along \(axis)", TensorType(element, dims)) {
          let x = $0[0]
          let some = (dims[axis] + 2) / 3
          let (up, down) = (x.sorted(axis: axis), x.sorted(axis: axis, descending: true))
          let (top, low) = (x.topK(some, axis: axis), x.topK(some, axis: axis, largest: false))
          let (middle, second) = (x.median(axis: axis), x.kthValue(dims[axis], axis: axis))
          let (most, least) = (x.cumulativeMax(axis: axis), x.cumulativeMin(axis: axis))
          return [up, down, top, low, middle, second, most, least].flatMap { [$0.0, $0.1] }
            + [
              x.argmax(axis: axis, keep: true), x.argmin(axis: axis), x.countNonZero(axes: [axis]),
            ]
        }
      }
    }
  }

  private static let rules: [ScatterRule] = [.set, .add, .max, .min]

  private static let others: [Case] = [
    Case("scatter", type(.f64, 3, 5), type(.i32, 3, 4), type(.f64, 3, 4)) { x in
      rules.flatMap { rule in
        [true, false].flatMap { own in
          [0, 1].map {
            x[0].scattered(x[2], at: x[1], axis: $0, by: rule, includingSelf: own)
          }
        }
      }
    },
    Case("scatter of integers", type(.i32, 7), type(.i64, 9), type(.i32, 9)) { x in
      rules.flatMap { rule in
        [true, false].map {
          x[0].scattered(x[2], at: x[1], by: rule, includingSelf: $0)
        }
      }
    },
    Case("scatter of slices", type(.f64, 4, 3), type(.u8, 5), type(.f64, 5, 3)) { x in
      rules.map { x[0].scattered(slices: x[2], at: x[1], by: $0) }
    },
    Case("points", type(.f64, 4, 3, 2), type(.i32, 5, 2), type(.f64, 5, 2)) { x in
      [x[0].gather(points: x[1])] + rules.map { x[0].scattered(x[2], points: x[1], by: $0) }
    },
    Case("parts", type(.f64, 4, 5), type(.i32), type(.i64), type(.f64, 2, 5)) { x in
      [
        x[0].dynamicSlice(from: [x[1], x[2]], sizes: [3, 2]),
        x[0].dynamicSlice(from: [x[1], x[2]], sizes: [4, 1]),
        x[0].dynamicUpdate(x[3], from: [x[1], x[2]]),
        x[0].dynamicUpdate(x[3].sliced(1, 0..<2), from: [x[1], x[2]]),
      ]
    },
    Case("taking", type(.f64, 4, 5), type(.i32, 4, 3), type(.i32, 1, 5)) { x in
      [x[0].takeAlongAxis(x[1]), x[0].takeAlongAxis(x[2], axis: 0), x[0].takeAlongAxis(x[2])]
    },
    Case("searching", type(.f64, 3, 6), type(.f64, 3, 4), type(.f64, 5)) { x in
      let (rows, row) = (x[0].sorted().values, x[2].sorted().values)
      return [false, true].flatMap {
        [
          rows.searchSorted(x[1], right: $0), row.searchSorted(x[1], right: $0),
          x[0].bucketized(row, right: $0),
        ]
      }
    },
    Case("counting", type(.i32, 4, 3), type(.f64, 4, 3), type(.u8, 9)) { x in
      [
        x[0].binCount(3), x[0].binCount(2, weights: x[1]), x[1].histogram(bins: 3, in: -2...2),
        x[2].binCount(300),
      ]
    },
    Case("running", type(.f64, 2, 5), type(.f64, 2, 5), type(.i32, 3, 2)) { x in
      [0, 1].flatMap { axis in
        [false, true].flatMap {
          [
            x[0].cumulativeSum(axis: axis, reversed: $0),
            x[0].cumulativeProduct(axis: axis, reversed: $0),
            x[0].cumulativeLogSumExp(axis: axis, reversed: $0),
            x[2].cumulativeSum(axis: axis, reversed: $0),
            x[2].cumulativeMax(axis: axis, reversed: $0).positions,
            x[0].linearRecurrence(x[1], axis: axis, reversed: $0),
          ]
        }
      }
    },
    Case("suppression", type(.f64, 2, 9, 2), type(.f64, 2, 9, 2), type(.i32, 2, 9)) { x in
      let boxes = concatenate([x[0], x[0] + abs(x[1])], axis: -1)
      let scores = x[0].element(0, of: -1) * x[1].element(1, of: -1)
      let (some, all) = (
        nonMaximumSuppression(boxes, scores, overlap: 0.1, score: 0.1, limit: 3),
        nonMaximumSuppression(boxes, scores, classes: x[2], overlap: 0.2, limit: 12)
      )
      return [some.positions, some.count, all.positions, all.count]
    },
  ]

  @Test(arguments: orders + others)
  func loopsComputeWhatOperationsSay(_ test: Case) throws {
    let builder = GraphBuilder()
    let inputs = test.inputs.enumerated().map { builder.input($0, $1) }
    let program = GraphProgram(test.function(inputs))
    let compiled = try Compiled(program)
    var random = RandomSource(seed: UInt64(test.testDescription.utf8.reduce(5) { $0 + Int($1) }))
    for trial in 0..<6 {
      let values = test.inputs.map { numbers($0, trial, &random) }
      let found = compiled.run(inputs: values)
      let expected = interpret(
        program.functions[0].graph,
        inputs: zip(test.inputs, values).map { Numbers($0, $1) }
      ).map(\.values)
      for (i, (a, b)) in zip(found, expected).enumerated() {
        let same = zip(a, b).allSatisfy { isClose($0, $1) }
        #expect(same, "output \(i) of \(values) is \(a), not \(b)")
      }
    }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    a == b || a.isNaN && b.isNaN || (a - b).magnitude <= 1e-6 * b.magnitude
  }

  // Few different numbers, so that many are equal; some trials hold odd ones too.
  private func numbers(_ type: TensorType, _ trial: Int, _ random: inout RandomSource) -> [Double] {
    let odd: [Double] = [.nan, .infinity, -.infinity, -0.0]
    return random.numbers(type.shape.count, in: -3...5).map { x in
      let whole = trial % 2 == 0 ? (x * 2).rounded() / 2 : x
      guard type.element.isFloat else {
        return type.element.stored(
          x.magnitude.rounded(.down) * (type.element.isSigned && x < 0 ? -1 : 1))
      }
      if trial >= 4, whole < -1 { return odd[Int(whole.magnitude * 7) % 4] }
      return type.element.stored(whole)
    }
  }
}
