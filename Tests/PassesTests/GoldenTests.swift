// swift-format-ignore-file: NeverForceUnwrap

import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// What each pass does to small programs: `Tests/Golden/<pass>/<case>.gir`.
@Suite struct GoldenTests {
  /// The folder of each pass, and the passes whose result it shows.
  private static let folders: [String: [GraphPass]] = [
    "dissolve-kernels": [.dissolveKernels],
    "differentiate": [.differentiate],
    "join-scans": [.joinScans],
    "resolve-marks": [.resolveMarks],
    "split-init": [.splitInit],
    // Without what is left over.
    "prune-regions": [.pruneRegions, .eliminateDeadCode],
    "hoist-products": [.hoistProducts, .eliminateDeadCode],
    "fold-constants": [.foldConstants, .eliminateDeadCode],
    "simplify": [.simplify, .eliminateDeadCode],
    "eliminate-common-subexpressions": [.eliminateCommonSubexpressions],
    "eliminate-dead-code": [.eliminateDeadCode],
    "fuse": [.fuse],
    "lower": pipeline,
    "memory": pipeline,
    "rematerialize": pipeline + [.rematerialize(within: 0)],
    "hoist-steps": pipeline,
    "crop-results": [.cropResults, .eliminateDeadCode],
    "split-residues": [.splitResidues],
    "order-axes": [.orderAxes],
    "fold-scales": [.foldScales, .eliminateDeadCode],
    "move-repeats": [.moveRepeats],
    "move-scales": [.moveScales, .eliminateDeadCode],
    "prepare-states": pipeline,
    "narrow-weights": pipeline,
    "share-kernels": pipeline,
    "split-reductions": [.splitReductions],
    "vectorize": pipeline,
  ]

  private static let cases = folders.keys.sorted().flatMap { folder in
    PassGolden.names(in: folder).map { "\(folder)/\($0)" }
  }

  @Test(arguments: cases)
  func passDoesWhatIsStored(_ path: String) throws {
    let parts = path.split(separator: "/").map(String.init)
    let golden = try PassGolden(parts[1], in: parts[0])
    var program = try parseProgram(header + golden.input)
    #expect(verify(program) == [])
    for pass in Self.folders[parts[0]]! { pass.run(&program) }
    #expect(verify(program) == [])
    var words: [String: Int] = [:]
    for function in program.functions { count(function.graph, &words) }
    for expected in golden.counts {
      #expect(words[expected.word, default: 0] == expected.count, "\(expected.word) in \(path)")
    }
    switch parts[0] {
    case "lower": try golden.check(LoopPrinter.print(lower(program)))
    case "vectorize":
      try golden.check(LoopPrinter.print(lower(program, stopAfter: "vectorize")))
    case "memory", "rematerialize": try golden.check(memory(lower(program)))
    case "hoist-steps": try golden.check(functions(lower(program, stopAfter: "hoist-steps")))
    case "prepare-states":
      try golden.check(functions(lower(program, stopAfter: "prepare-states")))
    case "narrow-weights":
      var options = LoweringOptions()
      options.weights = .bf16
      try golden.check(
        LoopPrinter.print(lower(program, stopAfter: "narrow-weights", options: options)))
    case "share-kernels":
      try golden.check(LoopPrinter.print(lower(program, stopAfter: "share-kernels")))
    default: try golden.check(String(printProgram(program).dropFirst(header.count)))
    }
  }

  /// Products that move in front of a repetition are the same.
  @Test func movedProductsAreTheSame() throws {
    let golden = try PassGolden("enlarged.gir", in: "move-repeats")
    let before = try parseProgram(header + golden.input)
    var after = before
    GraphPass.moveRepeats.run(&after)
    func numbers(_ type: TensorType, _ seed: Int) -> Numbers {
      Numbers(type, (0..<type.dims.reduce(1, *)).map { Double(($0 * 7 + seed) % 11) / 4 - 1 })
    }
    var states = before.states.values.enumerated().map { numbers($1.type, $0) }
    let input = numbers(TensorType(.f32, [2, 7, 4, 6]), 5)
    let results = [before, after].map {
      interpret($0.functions[0], states: &states, inputs: [input]).map(\.values)
    }
    let counts: [Int] = results[0].map { $0.count }
    #expect(counts == [1440, 1000])
    #expect(results[0] == results[1])
  }

  @Test(arguments: folders.keys.sorted())
  func folderIsNotEmpty(_ folder: String) {
    #expect(!PassGolden.names(in: folder).isEmpty, "there is no example in '\(folder)'")
  }

  private let header = "program \"test\" from \"test.swift\"\n"

  // The arena, and the steps of each function.
  private func memory(_ program: LoopProgram) -> String {
    let text = LoopPrinter.print(program)
    let arena = text.split(separator: "\n").filter { $0.hasPrefix("arena") }
    return (arena.map(String.init) + [functions(program)]).joined(separator: "\n\n")
  }

  // The steps of each function.
  private func functions(_ program: LoopProgram) -> String {
    LoopPrinter.print(program).components(separatedBy: "\n\n")
      .filter { $0.hasPrefix("function") }.joined(separator: "\n\n")
  }

  private func count(_ graph: Graph, _ words: inout [String: Int]) {
    for node in graph.nodes.values {
      words[node.op.mnemonic, default: 0] += 1
      for region in (node.op as? any RegionOperation)?.regions ?? [] { count(region, &words) }
    }
  }
}
