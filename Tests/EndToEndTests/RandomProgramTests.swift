import Foundation
import GraphIR
import LoopIR
import Passes
import RandomModels
import Support
import TestSupport
import Testing

/// Programs made at random compute in C, as users compile it, what the interpreter does.
///
/// Dozens of graphs are functions of one program. `GCOMP_LONG=1` runs ten times as many.
@Suite struct RandomProgramTests {
  private static let programCount = TestEnvironment.isLong ? 100 : 10
  private static let functionsOfProgram = 40

  @Test func compiledProgramsComputeWhatTheInterpreterDoes() throws {
    let parts = parallelMap(Self.programCount, chunk: 1) { Self.part($0) }
    let library = try ProgramLibrary(parts.map(\.program))
    var reductions = 0
    for toolchain in Toolchain.users {
      let file = try library.compiled(toolchain)
      for part in parts {
        for (function, random) in part.functions {
          let model = try LoadedModel(part.program.name, in: file)
          guard let problem = try Self.problem(random, function, in: model) else { continue }
          // It takes a while; the first few tell enough.
          reductions += 1
          let small = reductions > 3 ? random : random.reduced { Self.fails($0, toolchain) }
          let path = try small.save("\(function)-\(toolchain)").path
          Issue.record("\(function), \(toolchain): \(problem); it is in \(path)")
        }
      }
    }
  }

  /// A program with many random graphs as its functions.
  private struct Part: Sendable {
    var program: GraphProgram
    var functions: [(name: String, random: RandomProgram)] = []
  }

  private static func part(_ number: Int) -> Part {
    var part = Part(program: GraphProgram(name: "random_\(number)", source: "random.swift"))
    for i in 0..<functionsOfProgram {
      let seed = 1_000_000 + number * functionsOfProgram + i
      // Half of them in `f32`, which is what models are made of.
      let random = RandomGraph.make(
        seed: seed, element: i % 2 == 0 ? .f32 : nil, firstState: part.program.states.count)
      for state in random.program.states.values { _ = part.program.states.append(state) }
      let name = "f\(seed)"
      part.program.functions.append(random.function.renamed(name))
      part.functions.append((name, random))
    }
    return part
  }

  private static func problem(
    _ random: RandomProgram, _ name: String, in model: LoadedModel
  ) throws -> String? {
    let states = random.program.states.values.map(\.name)
    for (name, numbers) in zip(states, random.states) { try model.set(name, to: numbers.values) }
    let found = try model.call(name, random.inputs.map(\.values))
    let function = random.function.renamed(name)
    var outputs: [[Double]] = []
    for case .output(let name) in function.results { outputs.append(found[name] ?? []) }
    let after = try states.map { try model[$0] }
    return mismatch(outputs + after, expected(random))
  }

  // What the interpreter says about the outputs, probes included, and the states. The numbers of
  // the states begin at another one than 0.
  private static func expected(_ random: RandomProgram) -> [Numbers] {
    let function = random.function.renamed("f")
    let first = random.firstState
    let before = [Numbers](repeating: Numbers(TensorType(.f32, []), [0]), count: first)
    var after = before + random.states
    let outputs = interpret(function, states: &after, inputs: random.inputs)
    return outputs + after.dropFirst(first)
  }

  private static func fails(_ random: RandomProgram, _ toolchain: Toolchain) -> Bool {
    do {
      var program = random.program
      program.functions[0] = program.functions[0].renamed("f")
      program.states = .init()
      for i in 0..<random.firstState {
        let type = TensorType(.f32, [])
        _ = program.states.append(State(name: "u\(i)", type: type, role: .statistic, site: nil))
      }
      for state in random.program.states.values { _ = program.states.append(state) }
      let file = try ProgramLibrary([program]).compiled(toolchain)
      return try problem(random, "f", in: LoadedModel("random", in: file)) != nil
    } catch {
      return true
    }
  }
}

extension GraphFunction {
  /// The function under another name, with outputs instead of probes, which would print.
  func renamed(_ name: String) -> GraphFunction {
    let results = results.map { result in
      if case .probe(let name) = result { Result.output(name) } else { result }
    }
    return GraphFunction(name: name, graph: graph, results: results)
  }
}
