// swift-format-ignore-file: NeverForceUnwrap

import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// Programs compute the same before and after the passes, whichever of them run.
///
/// `GCOMP_LONG=1` runs ten times as many. A failure names the seed and a file with a program that
/// is as small as possible. For one that ends the process, `GCOMP_RANDOM_TRACE=1` saves each
/// program before it is tried.
@Suite struct RandomGraphTests {
  private static let count = TestEnvironment.isLong ? 20_000 : 2_000
  private static let shards = 8
  private static let traces = ProcessInfo.processInfo.environment["GCOMP_RANDOM_TRACE"] != nil

  @Test(arguments: 0..<shards)
  func passesKeepTheMeaning(shard: Int) throws {
    var counts = (all: 0, bounded: 0)
    for seed in stride(from: shard, to: Self.count, by: Self.shards) {
      let program = program(seed)
      if Self.traces { print("seed \(seed): \(try program.save("tried-\(seed)").path)") }
      let (passes, expected) = (passes(seed), program.results(of: program.program))
      counts.all += expected.reduce(0) { $0 + $1.bounds.count }
      counts.bounded += expected.reduce(0) { $0 + $1.bounds.filter(\.isFinite).count }
      guard let problem = problem(program, passes, expected) else { continue }
      let small = program.reduced {
        self.problem($0, passes, $0.results(of: $0.program)) != nil
      }
      let file = try small.save("random-\(seed)")
      let names = passes.map(\.name).joined(separator: " ")
      Issue.record("seed \(seed) [\(names)] \(problem); reduced in \(file.path)")
    }
    // A bound that is infinite compares nothing.
    #expect(counts.bounded * 10 > counts.all * 9)
  }

  /// What is computed again in as little memory as possible has the same bits.
  @Test(arguments: 0..<shards)
  func rematerializationKeepsTheBits(shard: Int) throws {
    for seed in stride(from: shard, to: Self.count / 4, by: Self.shards) {
      let program = program(seed)
      let compiled = try [pipeline, pipeline + [.rematerialize(within: 0)]].map {
        try Compiled(program.program, $0)
      }
      #expect(compiled[1].loops.memoryBytes <= compiled[0].loops.memoryBytes, "seed \(seed)")
      let results = compiled.map { compiled in
        var states = program.states.map(\.values)
        let outputs = compiled.run(states: &states, inputs: program.inputs.map(\.values))
        return (outputs + states).map { $0.map { $0.isNaN ? 0 : $0.bitPattern } }
      }
      if results[0] != results[1] {
        let file = try program.save("rematerialize-\(seed)")
        Issue.record("seed \(seed) has other bits; it is in \(file.path)")
      }
    }
  }

  private func program(_ seed: Int) -> RandomProgram {
    var program = RandomGraph.make(seed: seed)
    guard seed % 4 == 3 else { return program }
    // Some numbers that are none, and some that are very large or zero.
    var random = RandomSource(seed: UInt64(seed) + 2_000_000)
    program.states = program.states.map { spoiled($0, &random) }
    program.inputs = program.inputs.map { spoiled($0, &random) }
    return program
  }

  private func spoiled(_ numbers: Numbers, _ random: inout RandomSource) -> Numbers {
    guard numbers.type.element.isFloat else { return numbers }
    let special = [Double.nan, .infinity, -.infinity, 0, -0.0]
    return Numbers(
      numbers.type,
      numbers.values.map {
        Int.random(in: 0..<6, using: &random) == 0 ? special.randomElement(using: &random)! : $0
      })
  }

  /// All passes, or only those without which there is nothing to run: marks are resolved and
  /// kernels made; or all but one, or some.
  private func passes(_ seed: Int) -> [GraphPass] {
    var random = RandomSource(seed: UInt64(seed) + 1_000_000)
    let needed = [GraphPass.resolveMarks.name, GraphPass.fuse.name]
    let alone = pipeline.randomElement(using: &random)!.name
    switch seed % 5 {
    case 0: return pipeline.filter { needed.contains($0.name) }
    case 1: return pipeline.filter { needed.contains($0.name) || $0.name != alone }
    case 2: return pipeline.filter { needed.contains($0.name) || Bool.random(using: &random) }
    default: return pipeline
    }
  }

  // What is wrong with a program after passes, and after which of them it is; nil if nothing.
  private func problem(
    _ program: RandomProgram, _ passes: [GraphPass], _ expected: [Numbers]
  ) -> String? {
    do {
      let compiled = try Compiled(program.program, passes)
      let after = program.results(of: compiled.kernels)
      if let problem = mismatch(after.map(\.values), expected) {
        var current = program.program
        for pass in passes {
          pass.run(&current)
          if mismatch(program.results(of: current).map(\.values), expected) != nil {
            return "after '\(pass.name)', \(problem)"
          }
        }
      }
      var states = program.states.map(\.values)
      let outputs = compiled.run(states: &states, inputs: program.inputs.map(\.values))
      return mismatch(outputs + states, expected).map { "as loops, \($0)" }
    } catch {
      return "\(error)"
    }
  }
}
