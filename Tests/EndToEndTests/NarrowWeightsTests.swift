import Foundation
import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import TestSupport
import Testing

/// Programs whose weights are stored in a narrower type for inference.
@Suite struct NarrowWeightsTests {
  private struct Net: Module {
    let table = Embedding(61, 70)
    let filters = Conv2D(7, 33, kernel: 3, padding: 1)
    let dense = Dense(33, 70)
    let last = Dense(70, 45)
  }

  // Products of matrices through tiles, of a vector with a matrix, a convolution, and a table.
  private static func program() throws -> GraphProgram {
    try traced {
      let net = Net()
      let model = Model("net", net)
      model.function("images", Input("x", [3, 7, 9, 11])) { x in
        ["y": net.dense(relu(net.filters(x)).mean(axes: [2, 3])), "z": net.filters(x)]
      }
      model.function("words", Input("words", [5], .i32)) { words in
        ["y": net.last(net.table(words))]
      }
      model.function("word", Input("word", [1], .i32)) { word in
        let found = net.table(word)
        return ["y": net.last(found), "scores": found.matmul(net.table.weight.value.transposed())]
      }
    }
  }

  // The inputs of the three functions.
  private static let calls: [(String, [Double])] = [
    ("images", (0..<3 * 7 * 9 * 11).map { Double(Float(sin(Double($0) * 1.7))) }),
    ("words", [3, 60, 0, 17, 41]), ("word", [29]),
  ]

  private static let kinds: [Weights] = [.bf16, .int8]

  private static func models(_ kinds: [Weights], _ toolchain: Toolchain) throws -> [LoadedModel] {
    let program = try program()
    return try kinds.map { weights in
      var options = LoweringOptions()
      options.weights = weights
      let library = try ProgramLibrary([program], loopPasses: loopPipeline(options))
      return try LoadedModel("net", in: library.compiled(toolchain))
    }
  }

  private static let states = [
    "table.weight": 61 * 70, "filters.weight": 33 * 7 * 9, "filters.bias": 33,
    "dense.weight": 70 * 33, "dense.bias": 70, "last.weight": 45 * 70, "last.bias": 45,
  ]

  /// All matrices are stored in few bytes, whether packed before or not.
  @Test(arguments: kinds) func matricesAreNarrow(_ weights: Weights) throws {
    var options = LoweringOptions()
    options.weights = weights
    let loops = lower(optimize(try Self.program()), options: options)
    let type = weights == .bf16 ? ElementType.bf16 : .i8
    let derived = loops.states.filter { $0.role == .derived && $0.array.type == type }
    #expect(derived.count >= 4, "\(derived.map(\.array.name))")
    for function in loops.functions where function.kind == .user {
      for operand in function.steps.flattened.flatMap(\.operands) {
        guard case .state(let i) = operand.base, loops.states[i].array.count >= 1024 else {
          continue
        }
        #expect(loops.states[i].array.type == type, "\(function.name) reads f32 weights")
      }
    }
  }

  /// Weights that both types can hold give the results of f32: multiples of 1/64 up to 127/64,
  /// which is the largest of each channel.
  @Test(arguments: Toolchain.users + Toolchain.quick)
  func exactWeightsGiveTheSame(_ toolchain: Toolchain) throws {
    let models = try Self.models([.f32] + Self.kinds, toolchain)
    for (k, (name, count)) in Self.states.sorted(by: { $0.key < $1.key }).enumerated() {
      let values = (0..<count).map { i in
        (i % 13 == 0 ? 127 : Double((i * 37 + k * 11) % 201 - 100)) / 64
      }
      for model in models { try model.set(name, to: values) }
    }
    for (function, input) in Self.calls {
      let results = try models.map { try $0.call(function, [input]) }
      for (name, expected) in results[0] {
        let largest = expected.map(\.magnitude).max() ?? 0
        for (weights, found) in zip(Self.kinds, results.dropFirst()) {
          #expect(found[name]?.count == expected.count)
          for (a, b) in zip(expected, found[name] ?? []) {
            #expect((a - b).magnitude <= 1e-6 * largest, "\(weights), \(function), \(name)")
          }
        }
      }
    }
  }

  /// Other weights are rounded to 8 bits, also after they have changed.
  @Test func othersAreRounded() throws {
    let models = try Self.models([.f32] + Self.kinds, .gcc)
    for round in 0..<2 {
      for (k, (name, count)) in Self.states.sorted(by: { $0.key < $1.key }).enumerated() {
        let values = (0..<count).map {
          Double(Float(cos(Double($0 * (round + 3) + k)) * 0.3))
        }
        for model in models { try model.set(name, to: values) }
      }
      for (function, input) in Self.calls {
        let results = try models.map { try $0.call(function, [input]) }
        for (name, expected) in results[0] {
          let squares = expected.map { $0 * $0 }.reduce(0, +)
          for (weights, found) in zip(Self.kinds, results.dropFirst()) {
            #expect(found[name]?.count == expected.count)
            let wrong = zip(expected, found[name] ?? []).map { ($0 - $1) * ($0 - $1) }
            let share = (wrong.reduce(0, +) / squares).squareRoot()
            #expect(share > 1e-5 && share < 1e-2, "\(weights), \(function), \(name): \(share)")
          }
        }
      }
    }
  }
}
