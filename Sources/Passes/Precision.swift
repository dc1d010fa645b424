internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Makes each `f32` of a program an `f64`: the same model in double.
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
        name: state.name, type: widened(state.type), role: state.role, site: state.site)
    }
    program.states = states
    for i in program.functions.indices {
      let graph = program.functions[i].graph
      program.functions[i].graph = Rewriter.run(graph) { rewriter, id in
        rewriter.apply(widened(graph[id].op), rewriter.operands(id))
      }
    }
  }
}

private func widened(_ element: ElementType) -> ElementType { element == .f32 ? .f64 : element }

private func widened(_ type: TensorType) -> TensorType {
  TensorType(widened(type.element), type.shape)
}

private func widened(_ literal: Literal) -> Literal {
  literal.type == .f32 ? Literal(literal.double, .f64) : literal
}

private func widened(_ op: Op) -> Op {
  switch op {
  case .cast(let op): .cast(Cast(to: widened(op.element)))
  case .pad(let op): .pad(Pad(op.parts, value: widened(op.value)))
  case .constant(let op): .constant(Constant(op.values.map(widened), widened(op.type)))
  case .iota(let op): .iota(Iota(axis: op.axis, widened(op.type)))
  case .input(let op): .input(Input(op.position, widened(op.type)))
  case .readState(let op): .readState(ReadState(op.state, widened(op.type)))
  case .writeState(let op): .writeState(WriteState(op.state, widened(op.type)))
  case .map, .reshape, .transpose, .broadcast, .slice, .concat, .reduce, .contract, .gather,
    .scatterAdd, .gradient, .stopGradient, .kernel:
    op
  }
}
