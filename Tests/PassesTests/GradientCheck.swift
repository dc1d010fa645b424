import GraphIR
import LoopIR
import Passes
import TensorLibrary
import TestSupport
import Testing

/// A function of tensors whose gradient is compared with differences.
struct GradientCase: Sendable, CustomTestStringConvertible {
  /// One argument: its shape, and the range of its elements.
  struct Argument: Sendable {
    let shape: Shape
    let range: ClosedRange<Double>
  }

  let name: String
  /// 2 checks the gradient of the sum of the squares of the gradient as well.
  let order: Int
  let arguments: [Argument]
  let function: @Sendable ([Tensor]) -> Tensor

  var testDescription: String { name }

  init(
    _ name: String, order: Int = 1, _ shapes: [Shape],
    in range: ClosedRange<Double> = -1...1, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.order = order
    self.arguments = shapes.map { Argument(shape: $0, range: range) }
    self.function = function
  }

  private static let step = 1e-6
  private static let mostElements = 24

  /// Returns what differs from the numeric gradient.
  func complaints() throws -> [String] {
    var random = RandomSource(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) } & 0xffff))
    let inputs = arguments.map { random.numbers($0.shape.count, in: $0.range) }
    var found: [String] = []
    for order in 1...order { found += try complaints(order, inputs, &random) }
    return found
  }

  private func complaints(_ order: Int, _ inputs: [[Double]], _ random: inout RandomSource) throws
    -> [String]
  {
    let builder = GraphBuilder()
    let arguments = self.arguments.enumerated().map {
      builder.input($0, TensorType(.f64, $1.shape))
    }
    let result = function(arguments)
    let weights = builder.input(arguments.count, TensorType(.f64, result.shape))
    var loss = (result * weights).sum()
    if order == 2 {
      loss = builder.gradient(of: loss, by: arguments).map { ($0 * $0).sum() }.reduce(loss * 0, +)
    }
    let gradients = builder.gradient(of: loss, by: arguments)
    let program = GraphProgram([loss] + gradients)
    let values = inputs + [random.numbers(result.shape.count, in: 0.5...1.5)]
    let compiled = try Compiled(program).run(inputs: values)

    let graph = forward(program)
    func evaluate(_ values: [[Double]]) -> Double {
      let types = self.arguments.map(\.shape) + [result.shape]
      return interpret(graph, inputs: zip(types, values).map { Numbers(TensorType(.f64, $0), $1) })[
        0
      ]
      .values[0]
    }
    var found: [String] = []
    func compare(_ what: String, _ value: Double, _ expected: Double) {
      if !((value - expected).magnitude <= 1e-5 + 1e-3 * expected.magnitude) {
        found.append("\(what) of order \(order) is \(value), not \(expected)")
      }
    }
    compare("value", compiled[0][0], evaluate(values))
    for (i, argument) in inputs.enumerated() {
      for element in argument.indices.shuffled(using: &random).prefix(Self.mostElements / order) {
        func at(_ change: Double) -> Double {
          var moved = values
          moved[i][element] += change
          return evaluate(moved)
        }
        let slope = (at(Self.step) - at(-Self.step)) / (2 * Self.step)
        compare("slope \(element) of argument \(i)", compiled[i + 1][element], slope)
      }
    }
    return found
  }

  // The loss alone, without `gradient` nodes.
  private func forward(_ program: GraphProgram) -> Graph {
    var program = program
    program.functions[0].graph.outputs = [program.functions[0].graph.outputs[0]]
    program.functions[0].graph = removeDeadNodes(program.functions[0].graph)
    GraphPass.differentiate.run(&program)
    return removeDeadNodes(program.functions[0].graph)
  }
}

@Suite struct GradientCheck {
  static let all =
    GradientCase.maps + GradientCase.moves + GradientCase.loops + GradientCase.reductions
    + GradientCase.contractions + GradientCase.convolutions + GradientCase.composites
    + GradientCase.views
    + GradientCase.linearAlgebra + GradientCase.custom
    + GradientCase.indexing

  @Test(arguments: all)
  func gradientEqualsDifferences(_ check: GradientCase) throws {
    let found = try check.complaints()
    #expect(found.isEmpty, "\(check.name): \(found.prefix(4).joined(separator: "\n"))")
  }

  /// The quotient of a product and an element says nothing about one that is zero.
  @Test(arguments: [
    ([2.0, 3, 4], [12.0, 8, 6]), ([0, 3, 4], [12, 0, 0]), ([0, 0, 4], [0, 0, 0]),
  ])
  func gradientOfAProductWithZeros(x: [Double], expected: [Double]) throws {
    let builder = GraphBuilder()
    let input = builder.input(0, TensorType(.f64, [3]))
    let gradients = builder.gradient(of: input.product(), by: [input])
    #expect(try Compiled(GraphProgram(gradients)).run(inputs: [x]) == [expected])
  }

  /// The slope of the slope by one element is the product of all but two.
  @Test(arguments: [
    ([2.0, 3, 4], [7.0, 6, 5]), ([0, 3, 4], [7, 4, 3]), ([0, 0, 4], [4, 4, 0]),
    ([0, 0, 0], [0, 0, 0]),
  ])
  func secondGradientOfAProductWithZeros(x: [Double], expected: [Double]) throws {
    let builder = GraphBuilder()
    let input = builder.input(0, TensorType(.f64, [3]))
    let slopes = builder.gradient(of: input.product(), by: [input])
    let gradients = builder.gradient(of: slopes[0].sum(), by: [input])
    #expect(try Compiled(GraphProgram(gradients)).run(inputs: [x]) == [expected])
  }

  @Test func logSumExpOfInfinities() throws {
    let builder = GraphBuilder()
    let input = builder.input(0, TensorType(.f64, [2, 2]))
    let compiled = try Compiled(GraphProgram([input.logSumExp(axes: [1])]))
    let inf = Double.infinity
    #expect(compiled.run(inputs: [[-inf, -inf, 1, inf]]) == [[-inf, inf]])
  }

  @Test func thereAreManyCases() {
    let second = Self.all.filter { $0.order == 2 }.count
    print("gradient check: \(Self.all.count) cases, \(second) of them of second order")
    #expect(Self.all.count >= 200 && second >= 100)
    #expect(Set(Self.all.map(\.name)).count == Self.all.count, "two cases have one name")
  }

  /// A scalar function that has slopes has a case.
  @Test func everySlopeIsChecked() {
    let words = Set(GradientCase.maps.map { $0.name.split(separator: " ")[0] })
    for function in ScalarFunction.allCases {
      let element: ElementType = if case .bits = function.signature { .u32 } else { .f64 }
      let x = (0..<function.arity).map {
        Expression.local(Local(id: $0, name: "x", type: element))
      }
      let hasSlope = function.row.slopes(x, x[0]).contains { $0 != nil }
      #expect(!hasSlope || words.contains(Substring(function.rawValue)), "\(function)")
    }
  }
}
