// swift-format-ignore-file: NeverForceUnwrap

package import Foundation
package import GraphIR
internal import LoopIR
internal import Support

extension RandomProgram {
  /// Returns a program that is as small as can be found and of which `fails` is still true: with
  /// fewer results, and with values given from outside instead of computed.
  package func reduced(while fails: (RandomProgram) -> Bool) -> RandomProgram {
    var best = self
    var tries = 0
    var isSmaller = true
    while isSmaller, tries < 400 {
      isSmaller = false
      for candidate in best.smaller() {
        tries += 1
        if candidate.size < best.size, fails(candidate) {
          best = candidate
          isSmaller = true
          break
        }
        if tries >= 400 { break }
      }
    }
    return best
  }

  /// Writes the program to a new file and returns where it is.
  package func save(_ name: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-failures")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "\(name).gir")
    var text = printProgram(program)
    for (i, numbers) in inputs.enumerated() { text += "\n// input \(i): \(numbers.values)" }
    for (i, numbers) in states.enumerated() { text += "\n// state \(i): \(numbers.values)" }
    try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  private var size: Int {
    function.graph.nodes.values.reduce(0) { $0 + ($1.op is Input ? 1 : 3) } + function.results.count
  }

  // Programs with one thing less.
  private func smaller() -> [RandomProgram] {
    var found: [RandomProgram] = []
    let results = function.results
    if results.count > 1 {
      for i in results.indices {
        var copy = self
        copy.program.functions[0].results.remove(at: i)
        copy.program.functions[0].graph.outputs.remove(at: i)
        if copy.function.results.contains(where: { if case .output = $0 { true } else { false } }) {
          found.append(copy.rebuilt(cutting: nil))
        }
      }
    }
    for id in function.graph.nodes.ids.reversed() {
      let op = function.graph[id].op
      if op is Input || op is ReadState || op is WriteState { continue }
      found.append(rebuilt(cutting: id))
    }
    return found
  }

  // The function with what its results need only, and the results of a node as inputs.
  private func rebuilt(cutting cut: NodeID?) -> RandomProgram {
    let graph = function.graph
    var probe = graph
    probe.outputs = cut.map { id in graph[id].types.indices.map { Value(id, $0) } } ?? []
    let others = [Numbers](repeating: Numbers(TensorType(.f32, []), [0]), count: firstState)
    let known = interpret(probe, inputs: inputs, states: others + states)
    var needed = Set(graph.outputs.map(\.node))
    for id in graph.nodes.ids.reversed() where needed.contains(id) && id != cut {
      needed.formUnion(graph[id].operands.map(\.node))
    }
    var copy = self
    copy.inputs = []
    var result = Graph()
    var moved: [Value: Value] = [:]
    func addInput(_ numbers: Numbers, _ name: String?, _ value: Value) {
      let node = Node(
        Input(copy.inputs.count, numbers.type), [], types: [numbers.type],
        name: name ?? "x\(copy.inputs.count)", site: nil)
      copy.inputs.append(Numbers(numbers.type, numbers.values))
      moved[value] = Value(result.append(node))
    }
    for id in graph.nodes.ids where needed.contains(id) {
      let node = graph[id]
      if id == cut {
        for (i, numbers) in known.enumerated() {
          addInput(numbers, "cut\(id.index)_\(i)", Value(id, i))
        }
      } else if let input = node.op as? Input {
        addInput(inputs[input.position], node.name, Value(id))
      } else {
        let new = result.append(
          Node(
            node.op, node.operands.map { moved[$0]! }, types: node.types, name: node.name,
            site: node.site))
        for i in node.types.indices { moved[Value(id, i)] = Value(new, i) }
      }
    }
    result.outputs = graph.outputs.map { moved[$0]! }
    copy.program.functions[0].graph = result
    return copy
  }
}

/// Returns what is wrong with numbers that should be as far from others as their bounds allow, or
/// nil; and counts the elements that have a finite bound.
///
/// Twice the bound is allowed: what is compared may be off as well.
package func mismatch(_ found: [[Double]], _ expected: [Numbers]) -> String? {
  for (i, (a, b)) in zip(found, expected).enumerated() {
    if a.count != b.values.count { return "result \(i) has \(a.count) elements" }
    for (j, x) in a.enumerated() where !(distance(x, b.values[j]) <= 2 * b.bounds[j]) {
      return "element \(j) of result \(i) is \(x) instead of \(b.values[j]) ± \(b.bounds[j])"
    }
  }
  return nil
}
