internal import GraphIR
internal import LoopIR
internal import Support

/// One step of a kernel, for each position of its domain.
enum Stage {
  /// Names a value.
  case bind(Local, Expression)
  case reduce(Reduction)
  case store(Buffer, Expression)
}

/// A reduction inside a kernel.
struct Reduction {
  /// Holds the result.
  let result: Local
  let monoid: Monoid
  /// What is joined over, outermost first.
  let variables: [Variable]
  /// Names that the body uses, made anew for each value of the variables.
  let bindings: [(Local, Expression)]
  let body: Expression
}

/// A kernel as equations: what is computed for each position of a domain, in order.
struct KernelStages {
  let parameters: [KernelParameter]
  /// Makes further variables and locals.
  let elements: KernelElements
  private(set) var stages: [Stage] = []

  var domain: [Variable] { elements.domain }

  /// - Parameter outputs: the arrays of the results; one that shares the array of an operand is
  ///   among `inputs` as well.
  init(_ body: Graph, parameters: [KernelParameter], inputs: [Buffer], outputs: [Buffer]) {
    self.parameters = parameters
    let names = KernelStages.domainNames(body)
    let dims = body.outputs.first.map { body.type($0).dims } ?? []
    elements = KernelElements(
      body, domain: zip(names, dims).map { ($0, $1) },
      buffers: Dictionary(uniqueKeysWithValues: zip(body.inputs, inputs)))
    addReductions(body)
    addStores(body, outputs)
  }

  /// The equations, for the kernel's comment; what is used once is written where it is used.
  var definitions: [Definition] {
    let all = stages.flatMap { stage -> [Definition] in
      switch stage {
      case .bind(let local, let value): [Definition(.local(local), value)]
      case .reduce(let reduction):
        reduction.bindings.map { Definition(.local($0), $1) } + [
          Definition(
            .local(reduction.result),
            .reduce(reduction.monoid, reduction.variables, reduction.body))
        ]
      case .store(let buffer, let value): [Definition(.buffer(buffer, elements.position), value)]
      }
    }
    return KernelStages.inlined(all)
  }

  private static func inlined(_ definitions: [Definition]) -> [Definition] {
    var uses: [Local: Int] = [:]
    for definition in definitions {
      definition.value.forEach { if case .local(let local) = $0 { uses[local, default: 0] += 1 } }
    }
    var values: [Local: Expression] = [:]
    var result: [Definition] = []
    for definition in definitions {
      let value = definition.value.rewritten { part in
        if case .local(let local) = part, let value = values[local] { value } else { part }
      }
      if case .local(let local) = definition.target, uses[local] == 1 {
        values[local] = value
      } else {
        result.append(Definition(definition.target, value))
      }
    }
    return result
  }

  // The axes of the first reduction name the domain.
  private static func domainNames(_ body: Graph) -> [String] {
    for node in body.nodes.values {
      switch node.op {
      case let contract as Contract: return contract.map.resultAxes.map(\.name)
      case let reduce as Reduce: return reduce.map.resultAxes.map(\.name)
      default: continue
      }
    }
    let rank = body.outputs.first.map { body.type($0).rank } ?? 0
    return (0..<rank).map { AxisNames.standard($0, of: rank) }
  }

  private mutating func addReductions(_ body: Graph) {
    for id in body.nodes.ids {
      let node = body[id]
      let types = node.operands.map { body.type($0) }
      guard case .reduction(let define) = node.op.definition(types, node.types) else {
        continue
      }
      let (value, bindings) = elements.scoped {
        define(
          { elements.element(node.operands[$0], at: $1) }, elements.position,
          elements.scopedVariable)
      }
      addBindings()
      guard case .reduce(let monoid, let variables, let joined) = value else {
        // Nothing to join: the body is the result.
        stages += bindings.map { .bind($0, $1) }
        let result = elements.local(node.op.verb, node.types[0].element)
        stages.append(.bind(result, value))
        elements.define(Value(id), as: .local(result))
        continue
      }
      let result = elements.local(monoid.word, node.types[0].element)
      stages.append(
        .reduce(
          Reduction(
            result: result, monoid: monoid, variables: variables, bindings: bindings, body: joined))
      )
      elements.define(Value(id), as: .local(result))
    }
  }

  private mutating func addStores(_ body: Graph, _ outputs: [Buffer]) {
    var values = body.outputs.map { elements.element($0, at: elements.position) }
    addBindings()
    // A value that reads an array which another store changes is computed before the stores.
    let inputs = Set(parameters.filter { $0.access == .readWrite }.map(\.buffer))
    for (i, value) in values.enumerated() {
      let others = inputs.subtracting([outputs[i]])
      var reads = false
      value.forEach { if case .load(let buffer, _) = $0, others.contains(buffer) { reads = true } }
      if reads {
        let local = elements.local(outputs[i].name, value.type)
        stages.append(.bind(local, value))
        values[i] = .local(local)
      }
    }
    for (buffer, value) in zip(outputs, values) { stages.append(.store(buffer, value)) }
  }

  private mutating func addBindings() {
    for (local, value) in elements.takeBindings() { stages.append(.bind(local, value)) }
  }
}
