internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Turns each `f32` of a program into `f64`.
  ///
  ///     %0 = constant {0.1} : f32[]
  /// ->
  ///     %0 = constant {0.1} : f64[]
  package static let doublePrecision = GraphPass(
    "double-precision", "compute in f64 instead of f32"
  ) { program in
    var states = program.states
    for id in states.ids {
      let state = states[id]
      states[id] = State(
        name: state.name, type: state.type.retyped(widened), role: state.role,
        aliases: state.aliases, site: state.site)
    }
    program.states = states
    for i in program.functions.indices {
      program.functions[i].graph = widened(program.functions[i].graph)
    }
  }
}

private func widened(_ element: ElementType) -> ElementType { element == .f32 ? .f64 : element }

private func widened(_ graph: Graph) -> Graph {
  Rewriter.run(graph) { rewriter, id in
    var op = graph[id].op
    if let typed = op as? any TypedOperation { op = typed.retyped(widened) }
    if let outer = op as? any RegionOperation {
      op = outer.replacing(regions: outer.regions.map { widened($0) })
    }
    return rewriter.apply(op, rewriter.operands(id))
  }
}
