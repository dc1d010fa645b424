internal import GraphIR
internal import LoopIR
internal import Support

/// Returns the loops of a program whose graphs consist of kernels.
func lowerToLoops(
  _ program: GraphProgram, _ kernels: KernelPlans,
  onSchedule report: ((KernelSchedule) -> Void)? = nil
) -> LoopProgram {
  var result = LoopProgram(
    name: program.name, source: program.source,
    states: program.states.values.map {
      StateSlot(ArrayDeclaration($0.name, $0.type), role: $0.role, aliases: $0.aliases)
    },
    constants: [], kernels: DenseMap(), functions: [], settings: program.settings,
    options: program.options, phases: program.phases, showings: program.showings, arenaBytes: 0,
    arenaLowerBound: 0)
  var known = KernelTable(mergesKernels: kernels.options.mergesKernels)
  let stateAxes = ValueAxes.ofStates(program)
  for function in program.functions {
    var lowering = GraphLowering(
      program, function, result, known, kernels, stateAxes: stateAxes, report)
    let lowered = lowering.loops(of: function)
    (result, known) = (lowering.result, lowering.known)
    result.functions.append(lowered)
  }
  return result
}

extension GraphLowering {
  /// Returns the steps of the function.
  fileprivate mutating func loops(of function: GraphFunction) -> LoopFunction {
    let graph = function.graph
    let names = zip(graph.outputs, function.results).reduce(into: [Value: String]()) {
      if case .output(let name) = $1.1, $0[$1.0] == nil { $0[$1.0] = name }
    }
    let inputs = graph.inputs.indices.map { Operand.input($0) }
    let placement = place(graph, inputs: inputs, homes: function.homes)
    let region = PlacedGraph(
      graph, placement, axes: ValueAxes(graph, inputs: [], states: stateAxes), names: names,
      isFunction: true)
    var steps = self.steps(region)
    for (value, kind) in zip(graph.outputs, function.results) {
      if case .probe(let name) = kind {
        steps.append(.probe(name, argument(value, at: placement.operand(value), region)))
      }
    }
    steps += copies(region)
    let head = function.head
    return LoopFunction(
      name: head.name, kind: head.kind, phase: head.phase, inputs: head.inputs,
      outputs: head.outputs,
      // Their places are planned later.
      temporaries: temporaries.map { Temporary($0, offset: 0, life: 0...0) },
      steps: steps, summary: summary(of: function))
  }
}

extension GraphFunction {
  /// The homes of the function's results.
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
