internal import LoopIR
internal import Support

/// Returns the problems of a program, each with its node; nothing if it is well-formed.
///
/// Operands precede users, the types of each node are what its rule says, outputs exist, updates
/// have the types of their states, the positions of inputs are 0, 1, 2 and so on, each setting is a
/// state that holds one number, and functions have the inputs and outputs of their kinds.
package func verify(_ program: GraphProgram) -> [String] {
  let text = GraphText(program)
  var problems: [String] = []
  for id in program.states.ids where program.states[id].site.isOutside(program.sites.count) {
    problems.append("state \(text.state(id)): its place is not in the table")
  }
  problems += program.settings.compactMap { program.problem(with: $0) }
  var names: Set<String> = []
  for function in program.functions {
    let here = "function \(function.name.quotedUnlessWord): "
    if !names.insert(function.name).inserted { problems.append(here + "defined twice") }
    var verifier = GraphVerifier(program: program, text: text)
    verifier.check(function.graph)
    if verifier.problems.isEmpty { verifier.check(function) }
    problems += verifier.problems.map { here + $0 }
  }
  // Only well-formed functions have a head.
  guard problems.isEmpty else { return problems }
  return program.functions.map(\.head).kindProblems.map { (function, problem) in
    "function \(function.quotedUnlessWord): \(problem)"
  }
}

extension GraphProgram {
  // The value of a setting is a state of its name.
  fileprivate func problem(with setting: Setting) -> String? {
    let here = "setting \(setting.name.quoted): "
    guard let state = states.values.first(where: { $0.name == setting.name }) else {
      return here + "there is no state with its name"
    }
    if state.role == .setting, state.type.rank == 0, setting.fits(state.type.element) { return nil }
    let expected =
      switch setting.kind {
      case .number: "f32"
      case .integer, .choice: "i32"
      case .isOn: "bool"
      }
    let found = "'\(state.role) \(state.type)'"
    return here + "expected a state 'setting \(expected)[]' with its name, found \(found)"
  }
}

extension Graph {
  /// Returns the rule that `node`, whose operands exist, breaks, or nil.
  func typeProblem(of node: Node) -> String? {
    let rules = node.op
    let counts = rules.operandCount
    guard counts.contains(node.operands.count) else {
      let count = counts.lowerBound
      let expected = (counts.upperBound > count ? "at least " : "") + "\(count)"
      return "'\(rules.mnemonic)' takes \(expected) operand\(count == 1 ? "" : "s"); "
        + "found \(node.operands.count)"
    }
    let operands = node.operands.map { type($0) }
    do throws(TypeError) {
      let types = try rules.resultTypes(operands)
      if types == node.types { return regionProblem(of: node, operands) }
      return "expected the type \(list(types)) by the rule of '\(rules.mnemonic)', "
        + "found \(list(node.types))"
    } catch {
      return error.message
    }
  }

  private func list(_ types: [TensorType]) -> String {
    types.isEmpty ? "none" : types.map { "'\($0)'" }.joined(separator: ", ")
  }

  // The inputs of a kernel's graph are its operands.
  private func regionProblem(of node: Node, _ operands: [TensorType]) -> String? {
    guard let kernel = node.op as? KernelOp else { return nil }
    for (operand, input) in zip(operands, kernel.body.inputs.map({ kernel.body[$0].types }))
    where [operand] != input {
      return "an operand of the kernel is \(list([operand])), but its input is \(list(input))"
    }
    return nil
  }
}

/// Checks one graph and those inside it.
private struct GraphVerifier {
  let program: GraphProgram
  let text: GraphText
  var problems: [String] = []

  mutating func check(_ graph: Graph) {
    let before = problems.count
    for id in graph.nodes.ids { check(id, in: graph) }
    guard problems.count == before else { return }
    checkInputs(of: graph)
    for output in graph.outputs where !exists(output, before: graph.nodes.count, in: graph) {
      problems.append("the output \(text.value(output)) does not exist")
    }
  }

  mutating func check(_ function: GraphFunction) {
    guard function.results.count == function.graph.outputs.count else {
      problems.append(
        "\(function.results.count) results for \(function.graph.outputs.count) outputs")
      return
    }
    var updated: Set<StateID> = []
    for (result, value) in zip(function.results, function.graph.outputs) {
      guard case .update(let id) = result else { continue }
      let type = function.graph.type(value)
      if let problem = stateProblem(id, type) {
        problems.append("update \(text.state(id)) \(text.value(value)): \(problem)")
      }
      if !updated.insert(id).inserted {
        problems.append("state \(text.state(id)) is updated twice")
      }
    }
  }

  private mutating func check(_ id: NodeID, in graph: Graph) {
    let node = graph[id]
    func report(_ problem: String) {
      problems.append("\(problem)\n  \(text.line(id, in: graph))")
    }
    for operand in node.operands where !exists(operand, before: id.index, in: graph) {
      report("the operand \(text.value(operand)) does not come before its user")
      return
    }
    let known = problems.count
    for region in (node.op as? any RegionOperation)?.regions ?? [] { check(region) }
    guard problems.count == known else { return }
    if let problem = graph.typeProblem(of: node) { report(problem) }
    if node.site.isOutside(program.sites.count) { report("its place is not in the table") }
    switch node.op {
    case let read as ReadState:
      if let problem = stateProblem(read.state, read.type) { report(problem) }
    case let write as WriteState:
      if let problem = stateProblem(write.state, write.type) { report(problem) }
    case let contract as Contract:
      if let problem = contract.map.problem { report(problem) }
    case let reduce as Reduce:
      if let problem = reduce.map.problem { report(problem) }
    default: break
    }
  }

  private mutating func checkInputs(of graph: Graph) {
    for (position, id) in graph.inputs.enumerated() {
      guard let input = graph[id].op as? Input, input.position != position else { continue }
      let line = text.line(id, in: graph)
      problems.append("the input at position \(position) is missing or occurs twice\n  \(line)")
      return
    }
  }

  private func exists(_ value: Value, before end: Int, in graph: Graph) -> Bool {
    value.node.index >= 0 && value.node.index < end && value.result >= 0
      && value.result < graph[value.node].types.count
  }

  private func stateProblem(_ id: StateID, _ type: TensorType) -> String? {
    guard id.index < program.states.count else { return "there is no state \(text.state(id))" }
    let own = program.states[id].type
    return own == type ? nil : "state \(text.state(id)) is '\(own)', not '\(type)'"
  }
}

extension AxisMap {
  // Text refers to axes by name, so names must be unique.
  fileprivate var problem: String? {
    let names = axes.map(\.name)
    if Set(names).count < names.count { return "two axes have the same name" }
    let areWords = names.allSatisfy { $0.quotedUnlessWord == $0 }
    return areWords ? nil : "the name of an axis is not a word"
  }
}

extension SiteID? {
  // True iff there is a place with a number that a table of `count` places lacks.
  fileprivate func isOutside(_ count: Int) -> Bool { map { $0.index >= count } ?? false }
}
