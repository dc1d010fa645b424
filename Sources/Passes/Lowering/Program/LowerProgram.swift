package import GraphIR
package import LoopIR
internal import Support

/// Returns the loops of a program whose graphs consist of kernels.
package func lowerToLoops(
  _ program: GraphProgram, _ options: LoweringOptions = LoweringOptions(),
  onSchedule report: ((KernelSchedule) -> Void)? = nil
) -> LoopProgram {
  var result = LoopProgram(
    name: program.name, source: program.source,
    states: program.states.values.map {
      StateSlot(ArrayDeclaration($0.name, $0.type), role: $0.role, aliases: $0.aliases)
    },
    constants: [], kernels: DenseMap(), functions: [], settings: program.settings,
    recipe: program.recipe, arenaBytes: 0, arenaLowerBound: 0)
  var known = KernelTable()
  for function in program.functions {
    lower(function, of: program, into: &result, &known, options, report)
  }
  return result
}

private func lower(
  _ function: GraphFunction, of program: GraphProgram, into result: inout LoopProgram,
  _ known: inout KernelTable, _ options: LoweringOptions,
  _ report: ((KernelSchedule) -> Void)?
) {
  let graph = function.graph
  var lowering = GraphLowering(program, function, result, known, options, report)
  let names = zip(graph.outputs, function.results).reduce(into: [Value: String]()) {
    if case .output(let name) = $1.1, $0[$1.0] == nil { $0[$1.0] = name }
  }
  let inputs = graph.inputs.indices.map { Operand.input($0) }
  let placement = lowering.place(graph, inputs: inputs, homes: function.homes)
  var steps = lowering.steps(graph, placement, names: names)
  for (value, kind) in zip(graph.outputs, function.results) {
    if case .probe(let name) = kind { steps.append(.probe(name, placement.operand(value))) }
  }
  steps += placement.copies.map { .copy(from: $0.from, to: $0.to) }
  (result, known) = (lowering.result, lowering.known)
  let head = function.head
  result.functions.append(
    LoopFunction(
      name: head.name, kind: head.kind, inputs: head.inputs, outputs: head.outputs,
      // Where they lie is planned later.
      temporaries: lowering.temporaries.map { Temporary($0, offset: 0, life: 0...0) },
      steps: steps, summary: summary(of: function)))
}

extension GraphFunction {
  /// Where the results of the function are wanted.
  var homes: [Home] {
    var outputs = 0
    return results.map { kind in
      switch kind {
      case .output:
        outputs += 1
        return .new(.output(outputs - 1))
      case .update(let state): return .update(.state(state.index))
      case .probe: return .none
      }
    }
  }
}

// One sentence for the header.
private func summary(of function: GraphFunction) -> String {
  let outputs = function.results.compactMap { result in
    if case .output(let name) = result { name } else { nil }
  }
  if function.kind != .user || outputs.isEmpty { return function.kind.row.summary }
  return "Computes \(outputs.joined(separator: ", "))."
}
