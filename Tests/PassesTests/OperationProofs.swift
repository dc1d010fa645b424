import Foundation
import GraphIR
import LoopIR
import Passes
import TestSupport

/// In how many tests an operation occurs.
struct OperationProof {
  /// Cases of the gradient check.
  var cases = 0
  /// Those of them that check the gradient of the gradient as well.
  var second = 0
  /// Samples of PyTorch's own tests.
  var samples = 0
  /// True iff random graphs hold it.
  var isRandom = false
  /// True iff some node of the tests passes a gradient on to an operand.
  var hasGradient = false
}

/// The proofs of all operations, by their words.
struct OperationProofs {
  private(set) var byWord: [String: OperationProof] = [:]

  /// The proof of a word; nothing if no test holds it.
  subscript(word: String) -> OperationProof { byWord[word] ?? OperationProof() }

  /// Counts in the cases of the gradient check, in so many random graphs, and in the table that
  /// `OpInfoTests` write.
  init(randomGraphs: Int) throws {
    for check in GradientCheck.all { add(check) }
    for seed in 0..<randomGraphs {
      let graph = RandomGraph.make(seed: seed).function.graph
      for word in graph.words { byWord[word, default: OperationProof()].isRandom = true }
      look(at: graph)
    }
    let table = repository.appending(path: "Tests/Golden/opinfo/operations.txt")
    for line in try String(contentsOf: table, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 2, let count = Int(parts[1]) else {
        throw GoldenMismatch(description: "'\(line)' in \(table.lastPathComponent) is no count")
      }
      byWord[String(parts[0]), default: OperationProof()].samples = count
    }
  }

  private mutating func add(_ check: GradientCase) {
    let graph = check.graph
    for word in graph.words {
      byWord[word, default: OperationProof()].cases += 1
      if check.order == 2 { byWord[word, default: OperationProof()].second += 1 }
    }
    look(at: graph)
  }

  // Notes which operations of a graph have gradients.
  private mutating func look(at graph: Graph) {
    for (node, operands) in graph.allNodes where !self[node.op.mnemonic].hasGradient {
      guard !(node.op is Gradient), Self.passesGradient(node, operands) else { continue }
      byWord[node.op.mnemonic, default: OperationProof()].hasGradient = true
      byWord[type(of: node.op).word, default: OperationProof()].hasGradient = true
    }
  }

  private static func passesGradient(_ node: Node, _ types: [TensorType]) -> Bool {
    guard node.types.contains(where: \.element.isFloat) else { return false }
    let builder = GraphBuilder()
    let operands = types.enumerated().map { builder.input($0, $1) }
    let results = builder.apply(node.op, operands, results: node.types.count)
    let seeds = node.types.enumerated().map { i, type -> Tensor? in
      type.element.isFloat ? builder.input(operands.count + i, type) : nil
    }
    let context = GradientContext(operands: operands, results: results, seeds: seeds)
    return node.op.gradient(context).contains { $0 != nil }
  }
}

extension GradientCase {
  /// What the case computes, before any gradient is taken.
  fileprivate var graph: Graph {
    let builder = GraphBuilder()
    let inputs = arguments.enumerated().map { builder.input($0, TensorType(.f64, $1.shape)) }
    return removeDeadNodes(GraphProgram([function(inputs)]).functions[0].graph)
  }
}
