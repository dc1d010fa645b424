internal import TensorLibrary
internal import LoopIR
internal import Support

/// An argument of a function that is being traced.
struct Argument {
  let name: String
  let type: TensorType
  /// Where it is declared, if that is not where the function is.
  var site: SiteID?
}

extension Model {
  /// Traces one function: runs `body` on its inputs and adds the result to the program.
  ///
  /// Only a function of the user's has a name of its own; others may belong to a phase. Returns the
  /// outputs unless there were mistakes.
  @discardableResult
  func trace(
    _ kind: FunctionKind, named own: String? = nil, of phase: String = "", inputs: [Argument],
    at site: SiteID?, _ body: (Trace, [Tensor]) -> Outputs
  ) -> [(name: String, value: Tensor)]? {
    let name = own ?? kind.fixedName(of: phase)
    if Trace.current != nil {
      session.report(.insideFunction("the function '\(name)'"), at: site)
      return nil
    }
    let mistakes = session.log.entries.count
    let trace = Trace(of: self, name: name, kind: kind, phase: phase)
    let before = trace.snapshot
    let usual = trace.builder.site
    let arguments = inputs.enumerated().map { position, input in
      trace.builder.site = { input.site ?? site }
      trace.builder.name = input.name
      return trace.builder.apply(GraphIR.Input(position, input.type))
    }
    trace.builder.name = nil
    trace.builder.site = usual
    let outputs = Trace.$current.withValue(trace) {
      let outputs = body(trace, arguments)
      trace.advanceRandomCalls()
      return outputs.entries
    }
    if trace.isIncomplete, session.log.entries.count == mistakes {
      trace.restore(before)
      return self.trace(kind, named: own, of: phase, inputs: inputs, at: site, body)
    }
    check(outputs, of: trace, at: site)
    checkSizes(of: trace.root.graph)
    guard session.log.entries.count == mistakes else { return nil }
    add(outputs, trace)
    return outputs
  }

  // Appends the traced function to the program.
  private func add(_ outputs: [(name: String, value: Tensor)], _ trace: Trace) {
    var results: [GraphFunction.Result] = []
    var values: [Value] = []
    for (name, tensor) in outputs {
      guard let value = tensor.value else { continue }
      results.append(.output(name))
      values.append(value)
    }
    for (name, tensor) in trace.probes {
      guard let value = tensor.value else { continue }
      results.append(.probe(name))
      values.append(value)
    }
    for (state, value) in trace.updates {
      results.append(.update(state))
      values.append(value)
    }
    trace.builder.outputs = values
    program.functions.append(
      GraphFunction(
        name: trace.name, kind: trace.kind, phase: trace.phase, graph: trace.builder.graph,
        results: results))
  }

  // Reports the first tensor that is too large; others may follow from it.
  private func checkSizes(of graph: Graph) {
    if let (type, site) = graph.firstTooLarge { session.report(.tooLarge("\(type)"), at: site) }
  }

  // Reports invalid outputs.
  private func check(
    _ outputs: [(name: String, value: Tensor)], of trace: Trace, at site: SiteID?
  ) {
    var names: Set<String> = []
    for (name, tensor) in outputs {
      if Check.name(name, of: "a value", at: site), !names.insert(name).inserted {
        session.report(.sameOutput(name), at: site)
      }
      if tensor.builder !== trace.root, tensor.value != nil {
        session.report(.otherFunction("return"), at: site)
      }
    }
  }
}
