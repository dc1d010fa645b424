package import GraphIR
package import LoopIR
internal import Support

/// Returns the loops of a program whose graphs consist of kernels.
package func lowerToLoops(_ program: GraphProgram, winograd: Winograd = .two) -> LoopProgram {
  var result = LoopProgram(
    name: program.name, source: program.source,
    states: program.states.values.map {
      StateSlot(ArrayDeclaration($0.name, $0.type), role: $0.role, aliases: $0.aliases)
    },
    constants: [], kernels: DenseMap(), functions: [], settings: program.settings,
    recipe: program.recipe, arenaBytes: 0, arenaLowerBound: 0)
  var known = KernelTable()
  let stateAxes = ValueAxes.ofStates(program)
  for function in program.functions {
    var lowering = GraphLowering(
      program, function, result, known, winograd, stateAxes: stateAxes)
    let lowered = lowering.loops(of: function)
    (result, known) = (lowering.result, lowering.known)
    result.functions.append(lowered)
  }
  return result
}

extension ArrayDeclaration {
  /// An array that holds a tensor of a given type.
  package init(_ name: String, _ type: TensorType) {
    self.init(name: name, type: type.element, shape: type.dims)
  }
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
    return LoopFunction(
      name: function.name,
      inputs: graph.inputs.map { ArrayDeclaration(graph[$0].name ?? "input", graph[$0].types[0]) },
      outputs: outputs,
      // Where they lie is planned later.
      temporaries: temporaries.map { Temporary($0, offset: 0, life: 0...0) },
      steps: steps, summary: summary(of: function))
  }
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

// One sentence for the header. The names are those that `Runtime/model.h` gives a meaning.
private func summary(of function: GraphFunction) -> String {
  switch function.name {
  case "init": return "Sets every state; the same seed gives the same numbers."
  case "init_rest":
    return "Sets the states that need not be in a weight file, before one is read."
  case "train_step": return "Learns from one batch."
  case "eval_step": return "Measures one batch of held-out examples."
  case "eval_rest": return "Measures the smaller batch that is left at the end of an evaluation."
  case "evaluated": return "Takes in what an evaluation has measured."
  default:
    let outputs = function.results.compactMap { result in
      if case .output(let name) = result { name } else { nil }
    }
    return outputs.isEmpty ? "Changes the state." : "Computes \(outputs.joined(separator: ", "))."
  }
}
