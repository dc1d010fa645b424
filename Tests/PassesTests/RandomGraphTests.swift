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
/// `GCOMP_RANDOM_GRAPHS=20000` runs that many; a failure names the seed. For one that ends the
/// process, `GCOMP_RANDOM_TRACE=1` prints each seed before it is tried.
@Suite struct RandomGraphTests {
  private static let count =
    ProcessInfo.processInfo.environment["GCOMP_RANDOM_GRAPHS"].flatMap { Int($0) } ?? 400
  private static let shards = 8
  private static let traces = ProcessInfo.processInfo.environment["GCOMP_RANDOM_TRACE"] != nil

  @Test(arguments: 0..<shards)
  func passesKeepTheMeaning(shard: Int) throws {
    for seed in stride(from: shard, to: Self.count, by: Self.shards) {
      if Self.traces { print("seed \(seed)") }
      do {
        try check(seed: seed)
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
  }

  /// Marks are resolved and kernels made in any case: otherwise there is nothing to run.
  private func check(seed: Int) throws {
    var (program, states, inputs) = RandomGraph.make(seed: seed)
    var random = RandomSource(seed: UInt64(seed) + 1_000_000)
    if seed % 4 == 3 {
      // Some numbers that are none, and some that are very large or zero.
      states = states.map { spoiled($0, &random) }
      inputs = inputs.map { spoiled($0, &random) }
    }
    let needed = [GraphPass.resolveMarks.name, GraphPass.fuse.name]
    let alone = pipeline.randomElement(using: &random)!.name
    let runs = [
      pipeline,
      pipeline.filter { needed.contains($0.name) },
      pipeline.filter { needed.contains($0.name) || $0.name != alone },
      pipeline.filter { needed.contains($0.name) || Bool.random(using: &random) },
    ]
    for passes in runs {
      let names = passes.map(\.name).joined(separator: " ")
      do {
        try check(program, passes, states, inputs)
      } catch {
        throw Complaint("[\(names)] \(error)")
      }
    }
  }

  private func spoiled(_ numbers: [Double], _ random: inout RandomSource) -> [Double] {
    let special = [Double.nan, .infinity, -.infinity, 0, -0.0]
    return numbers.map {
      Int.random(in: 0..<6, using: &random) == 0 ? special.randomElement(using: &random)! : $0
    }
  }

  private func check(
    _ program: GraphProgram, _ passes: [GraphPass], _ states: [[Double]], _ inputs: [[Double]]
  ) throws {
    func evaluated(_ program: GraphProgram) -> [[Double]] {
      var after = zip(program.states.values, states).map { Numbers($0.type, $1) }
      let graph = program.functions[0].graph
      let numbers = zip(graph.inputs, inputs).map { Numbers(graph[$0].types[0], $1) }
      let results = interpret(program.functions[0], states: &after, inputs: numbers)
      return (results + after).map(\.values)
    }
    let expected = evaluated(program)
    var current = program
    for pass in passes {
      pass.run(&current)
      try compare(evaluated(current), expected, "after '\(pass.name)'")
    }
    let compiled = try Compiled(program, passes)
    var after = states
    let results = compiled.run(states: &after, inputs: inputs)
    try compare(results + after, expected, "as loops")
  }

  private func compare(_ found: [[Double]], _ expected: [[Double]], _ place: String) throws {
    for (i, (a, b)) in zip(found, expected).enumerated() {
      for (j, (x, y)) in zip(a, b).enumerated() {
        let isSame = x == y || (x.isNaN && y.isNaN) || (x - y).magnitude <= 1e-9 * (1 + y.magnitude)
        if !isSame || a.count != b.count {
          throw Complaint("\(place), element \(j) of result \(i) is \(x), not \(y)")
        }
      }
    }
  }
}
