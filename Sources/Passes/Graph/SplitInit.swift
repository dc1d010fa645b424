internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Makes a second `init` for a model whose weights come from a file: it sets only the states that
  /// no file needs to hold.
  ///
  ///     function init as initialise { %0 = input; %1 = ...; return update @0 %1, update @1 %0 }
  /// ->
  ///     function init as initialise { %0 = input; %1 = ...; return update @0 %1, update @1 %0 }
  ///     function init_rest as initialiseRest { %0 = input; return update @1 %0 }
  ///
  /// where `@0` is a parameter and `@1` a counter. Both give a state the same bits.
  package static let splitInit = GraphPass(
    "split-init", "set states that weight files lack in their own function"
  ) { program in
    // A program that was read as text of kernels has one already.
    guard program.states.values.contains(where: { $0.role.isInWeights }),
      !program.functions.contains(where: { $0.kind == .initialiseRest }),
      let place = program.functions.firstIndex(where: { $0.kind == .initialise })
    else { return }
    var rest = program.functions[place]
    let kept = rest.results.indices.filter { i in
      guard case .update(let state) = rest.results[i] else { return false }
      return !program.states[state].role.isInWeights
    }
    rest.graph.outputs = kept.map { rest.graph.outputs[$0] }
    let kind = FunctionKind.initialiseRest
    rest = GraphFunction(
      name: kind.fixedName(), kind: kind, graph: removeDeadNodes(rest.graph),
      results: kept.map { rest.results[$0] })
    program.functions.insert(rest, at: place + 1)
  }
}
