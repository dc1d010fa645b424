import GraphIR
import GraphKit
import LoopIR
import Passes
import TestSupport
import Testing

/// Attention that is streamed in blocks gives what the direct form gives, and so do its gradients.
@Suite struct AttentionTests {
  /// Operands and a mask; the mask is added, or a key is seen where it is above 0.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let query: Shape
    let key: Shape
    let value: Shape
    var mask: Shape?
    var isAdded = false
    var isCausal = false
    var blocks: (queries: Int?, keys: Int?) = (4, 3)

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "one head", query: [7, 5], key: [9, 5], value: [9, 4]),
    Case(name: "two axes in front", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4]),
    Case(name: "no block is whole", query: [2, 3, 5], key: [2, 2, 5], value: [2, 2, 4]),
    Case(
      name: "blocks of one", query: [3, 4, 2], key: [3, 5, 2], value: [3, 5, 2], blocks: (1, 1)),
    Case(
      name: "causal", query: [2, 10, 3], key: [2, 10, 3], value: [2, 10, 3], isCausal: true),
    Case(
      name: "causal with more keys", query: [2, 5, 3], key: [2, 11, 3], value: [2, 11, 2],
      isCausal: true),
    Case(
      name: "causal with more queries", query: [3, 11, 3], key: [3, 5, 3], value: [3, 5, 2],
      isCausal: true),
    Case(
      name: "seen keys", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4],
      mask: [7, 9]),
    Case(
      name: "seen keys of each head, causal", query: [2, 3, 9, 5], key: [2, 3, 9, 5],
      value: [2, 3, 9, 4], mask: [2, 3, 9, 9], isCausal: true),
    Case(
      name: "seen keys of each sequence", query: [2, 3, 7, 5], key: [2, 3, 9, 5],
      value: [2, 3, 9, 4], mask: [2, 1, 1, 9]),
    Case(
      name: "added for each head", query: [2, 3, 7, 5], key: [2, 3, 9, 5], value: [2, 3, 9, 4],
      mask: [3, 7, 9], isAdded: true),
    Case(
      name: "added for all", query: [2, 7, 5], key: [2, 9, 5], value: [2, 9, 4], mask: [9],
      isAdded: true),
    Case(
      name: "added to each query, causal", query: [4, 9, 5], key: [4, 9, 5], value: [4, 9, 4],
      mask: [4, 9, 1], isAdded: true, isCausal: true),
    Case(
      name: "keys of all heads", query: [2, 3, 7, 5], key: [2, 1, 9, 5], value: [1, 9, 4],
      mask: [7, 9]),
    Case(
      name: "blocks that stay in cache", query: [2, 40, 3], key: [2, 70, 3], value: [2, 70, 2],
      isCausal: true, blocks: (nil, nil)),
    Case(
      name: "panels", query: [2, 96, 32], key: [2, 64, 32], value: [2, 64, 32], mask: [96, 64],
      isAdded: true, isCausal: true, blocks: (64, 32)),
  ]

  @Test(arguments: cases) func inDouble(_ row: Case) throws {
    try check(row, Self.double, tolerance: 1e-13)
  }

  @Test(arguments: cases) func inSingle(_ row: Case) throws {
    try check(row, CompileOptions(), tolerance: 2e-5)
  }

  /// What the direct form and the streamed one give, and both's gradients.
  private func check(_ row: Case, _ options: CompileOptions, tolerance: Double) throws {
    let program = try traced {
      var shapes = [row.query, row.key, row.value]
      if let mask = row.mask { shapes.append(mask) }
      let inputs = shapes.enumerated().map { Input("x\($0)", $1) }
      Model("attention").function("both", inputs: inputs) { x in
        let mask = row.mask.map { _ in row.isAdded ? x[3] : x[3] .> 0 }
        func results(_ form: AttentionForm) -> [Tensor] {
          let y = scaledDotProductAttention(
            x[0], x[1], x[2], mask: mask, isCausal: row.isCausal, form: form)
          let seed = sin(range(y.shape.count, .f32)).reshaped(y.shape)
          let sources = row.isAdded ? x : Array(x[..<3])
          return [y] + gradient(of: (y * seed).sum(), by: sources)
        }
        let direct = results(.direct)
        let streamed = results(.streamed(queries: row.blocks.queries, keys: row.blocks.keys))
        var outputs: Outputs = [:]
        for (i, tensor) in (direct + streamed).enumerated() { outputs.append("y\(i)", tensor) }
        return outputs
      }
    }
    let found = try run(program, options)
    #expect(found.count % 2 == 0 && !found.isEmpty)
    for i in 0..<(found.count / 2) {
      let (direct, streamed) = (found[i], found[i + found.count / 2])
      let largest = direct.map(abs).max() ?? 0
      #expect(largest > 0.01, "result \(i)")
      for (a, b) in zip(direct, streamed) {
        #expect(abs(a - b) <= tolerance * max(largest, 1), "result \(i)")
      }
    }
  }

  private static var double: CompileOptions {
    var options = CompileOptions()
    options.doublePrecision = true
    return options
  }

  // What the function gives for numbers that are drawn; the first query of a mask sees no key.
  private func run(_ program: GraphProgram, _ options: CompileOptions) throws -> [[Double]] {
    let loops = lower(optimize(program, options))
    let function = try #require(loops.functions.first { $0.name == "both" })
    var source = RandomSource(seed: 7)
    let inputs = function.inputs.enumerated().map { i, input in
      let keys = input.shape.last ?? 1
      return (0..<input.count).map { j in
        let number = Double.random(in: -1.5...1.5, using: &source)
        return i == 3 && input.count > keys && j < keys ? -abs(number) : number
      }
    }
    var states: [[Double]] = []
    return LoopInterpreter.run(function, of: loops, states: &states, inputs: inputs)
  }
}
