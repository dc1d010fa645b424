internal import GraphIR
internal import LoopIR
internal import Support

/// A kernel as equations, computed in order for each position of a domain.
///
/// In a kernel that works row by row the domain counts the rows.
struct KernelStages {
  private(set) var parameters: [KernelParameter]
  /// Makes further variables and locals.
  let elements: KernelElements
  private(set) var stages: [Stage] = []

  private(set) var domain: [Variable]

  /// The names of its values' axes.
  private let axes: ValueAxes

  /// The position given by the domain's variables.
  var position: [Index] { domain.map { Index($0) } }

  /// True iff whole rows are written, not single elements.
  var isByRow: Bool {
    stages.contains { if case .row = $0 { true } else { false } }
  }

  /// - Parameters:
  ///   - outputs: the arrays of the results; one that shares the array of an operand is among
  ///     `inputs` as well.
  ///   - axes: what the axes of the operands and of the first result are called.
  init(
    _ body: Graph, rows: Int?, parameters: [KernelParameter], inputs: [Window], outputs: [Window],
    axes names: KernelAxes = KernelAxes()
  ) {
    self.parameters = parameters
    axes = ValueAxes(body, inputs: names.operands)
    let names = ValueAxes.complete(axes.domain(wanted: names.result))
    let dims = body.outputs.first.map { body.type($0).dims } ?? []
    elements = KernelElements(
      body, domain: zip(names, dims).prefix(rows ?? dims.count).map { ($0, $1) },
      inputs: Dictionary(uniqueKeysWithValues: zip(body.inputs, inputs)),
      firstArray: parameters.count)
    domain = elements.domain
    if let rows {
      addRows(body, rows, outputs)
    } else {
      for id in body.nodes.ids { addReduction(id, body) }
      addStores(body.outputs, outputs)
    }
  }

  /// The values of all stages.
  var values: [Expression] { stages.flatMap(\.values) }

  /// All buffers that are read or written.
  var elementsUsed: [Element] {
    var result: [Element] = []
    for case .single(.store(let buffer, let indices, _)) in stages {
      result.append(Element(buffer, indices))
    }
    for value in values {
      value.forEach { part in
        if case .load(let buffer, let indices) = part { result.append(Element(buffer, indices)) }
      }
    }
    return result
  }

  /// Returns the kernel over another domain, with all arrays, values and stored elements replaced.
  func rewritten(
    domain: [Variable], array: (Buffer) -> Buffer, value: (Expression) -> Expression,
    element: (Element) -> Element
  ) -> KernelStages {
    var result = self
    result.domain = domain
    result.parameters = parameters.map {
      KernelParameter(array($0.buffer), $0.access, becoming: $0.becoming)
    }
    result.stages = stages.map { $0.mapped(value, element: element) }
    return result
  }

  /// Returns the kernel with other stages for the same equations.
  func replacing(_ stages: [Stage]) -> KernelStages {
    var result = self
    result.stages = stages
    return result
  }

  /// The equations, for the kernel's comment; a value that is used once is written in place.
  var definitions: [Definition] {
    KernelStages.inlined(stages.flatMap { definitions($0) })
  }

  private func definitions(_ stage: Stage) -> [Definition] {
    switch stage {
    case .temporary: []
    case .row(let row):
      row.bindings.map { Definition(.local($0), $1) } + [
        Definition(.buffer(row.target.buffer, row.target.indices), row.value)
      ]
    case .single(.bind(let local, let value)): [Definition(.local(local), value)]
    case .reduce(let reduction):
      reduction.bindings.map { Definition(.local($0), $1) } + [
        Definition(
          .local(reduction.result),
          .reduce(reduction.monoid, reduction.variables, reduction.body))
      ]
    case .single(.store(let buffer, let indices, let value)):
      [Definition(.buffer(buffer, indices), value)]
    }
  }

  private static func inlined(_ definitions: [Definition]) -> [Definition] {
    var uses: [Local: Int] = [:]
    for definition in definitions {
      definition.value.forEach { if case .local(let local) = $0 { uses[local, default: 0] += 1 } }
    }
    var values: [Local: Expression] = [:]
    var result: [Definition] = []
    for (n, definition) in definitions.enumerated() {
      let value = definition.value.rewritten { part in
        if case .local(let local) = part, let value = values[local] { value } else { part }
      }
      if case .local(let local) = definition.target, uses[local] == 1,
        !isOverwritten(value, before: local, definitions[(n + 1)...])
      {
        values[local] = value
      } else {
        result.append(Definition(definition.target, value))
      }
    }
    return result
  }

  // True iff an array that `value` reads is written before `local` is used.
  private static func isOverwritten(
    _ value: Expression, before local: Local, _ rest: ArraySlice<Definition>
  ) -> Bool {
    let read = Set(value.loads.map(\.buffer))
    for definition in rest {
      var isUse = false
      definition.value.forEach { if $0 == .local(local) { isUse = true } }
      if isUse { return false }
      if case .buffer(let buffer, _) = definition.target, read.contains(buffer) { return true }
    }
    return false
  }

  private mutating func addReduction(_ id: NodeID, _ body: Graph) {
    let node = body[id]
    guard let type = node.types.first?.element else { return }
    let types = node.operands.map { body.type($0) }
    guard case .reduction(let define) = node.op.definition(types, node.types) else { return }
    var names = joinedNames(id)
    let (value, bindings) = elements.scoped {
      define(
        { elements.element(node.operands[$0], at: $1) }, elements.position,
        { elements.scopedVariable(names.isEmpty ? $0 : names.removeFirst(), $1) })
    }
    addBindings()
    guard case .reduce(let monoid, let variables, let joined) = value else {
      // A reduction of one term: the body is the result.
      stages += bindings.map { .bind($0, $1) }
      let result = elements.local(node.op.verb, type)
      stages.append(.bind(result, value.type == type ? value : .cast(value, type)))
      elements.define(Value(id), as: .local(result))
      return
    }
    // Sums of 16-bit floats are kept in f32.
    let result = elements.local(resultName(id, monoid, body), value.type)
    stages.append(
      .reduce(
        Reduction(
          result: result, monoid: monoid, variables: variables, bindings: bindings, body: joined
        ).runningForwards))
    elements.define(
      Value(id), as: value.type == type ? .local(result) : .cast(.local(result), type))
  }

  private var domainNames: ValueAxes.Names { domain.map { ValueAxes.Name(text: $0.name) } }

  // The variables of a reduction have other names than those of the domain.
  private func joinedNames(_ id: NodeID) -> [String] {
    let names = domainNames + axes.joined(id)
    return Array(ValueAxes.complete(names).dropFirst(domain.count))
  }

  // Locals in equations have the names of their values: `sum = sum(i) x[i]` would say nothing. A
  // value used once is written in place, and an output is named by its array.
  private func resultName(_ id: NodeID, _ monoid: Monoid, _ body: Graph) -> String {
    let value = Value(id)
    if body.uses()[value, default: 0] < 2 { return monoid.word }
    if let name = body[id].name, !body.outputs.contains(value) { return name }
    return monoid.nameOfResult
  }

  // Each value of a row in order, so that later ones can read it.
  private mutating func addRows(_ body: Graph, _ rows: Int, _ outputs: [Window]) {
    var singles: [(value: Value, window: Window)] = []
    var wide: [NodeID: Buffer] = [:]
    for (i, value) in body.outputs.enumerated() {
      let type = body.type(value)
      if i >= outputs.count {
        let node = body[value.node]
        let buffer = elements.array(
          node.name ?? node.op.verb, type.element, Array(type.dims.dropFirst(rows)))
        stages.append(.temporary(buffer))
        wide[value.node] = buffer
      } else if type.rank > rows {
        wide[value.node] = outputs[i].buffer
      } else {
        singles.append((value, outputs[i]))
      }
    }
    for id in body.nodes.ids {
      if let buffer = wide[id] { addRow(Value(id), buffer, body) } else { addReduction(id, body) }
    }
    addStores(singles.map(\.value), singles.map(\.window))
    dropUnread()
  }

  // Drops stages that turned out to be unused, as a choice along an axis of extent 1.
  private mutating func dropUnread() {
    var read: Set<Local> = []
    var loaded: Set<Buffer> = []
    func note(_ value: Expression) {
      value.forEach {
        if case .local(let local) = $0 { read.insert(local) }
        if case .load(let buffer, _) = $0 { loaded.insert(buffer) }
      }
    }
    let temporaries = stages.compactMap {
      if case .temporary(let buffer) = $0 { buffer } else { nil }
    }
    var kept: [Stage] = []
    for stage in stages.reversed() {
      switch stage {
      case .single(.bind(let local, let value)):
        guard read.contains(local) else { continue }
        note(value)
      case .reduce(let reduction):
        guard read.contains(reduction.result) else { continue }
        for (_, value) in reduction.bindings { note(value) }
        note(reduction.body)
      case .single(.store(_, _, let value)): note(value)
      case .temporary(let buffer):
        guard loaded.contains(buffer) else { continue }
      case .row(let row):
        let buffer = row.target.buffer
        guard loaded.contains(buffer) || !temporaries.contains(buffer) else { continue }
        for (_, value) in row.bindings { note(value) }
        for position in row.target.indices { position.forEachValue(note) }
        note(row.value)
      }
      kept.append(stage)
    }
    stages = kept.reversed()
  }

  private mutating func addRow(_ value: Value, _ buffer: Buffer, _ body: Graph) {
    let dims = body.type(value).dims
    let names = ValueAxes.complete(domainNames + axes[value].dropFirst(domain.count))
    let inner = (domain.count..<dims.count).map { elements.variable(names[$0], dims[$0]) }
    let position = elements.position + inner.map { Index($0) }
    var (element, bindings) = elements.scoped(knowing: inner) {
      elements.element(value, at: position)
    }
    addBindings()
    // The element is used several times, but read from the array: it needs no name.
    if let last = bindings.last, element == .local(last.0) {
      element = last.1
      bindings.removeLast()
    }
    let isTemporary = buffer.shape.count < dims.count
    let index = isTemporary ? Array(position.dropFirst(domain.count)) : position
    stages.append(
      .row(
        RowPass(
          variables: inner, bindings: bindings, target: Element(buffer, index), value: element)))
    elements.keep(value, in: buffer, dropping: isTemporary ? domain.count : 0)
  }

  private mutating func addStores(_ results: [Value], _ outputs: [Window]) {
    var values = results.map { elements.element($0, at: elements.position) }
    addBindings()
    // A value that reads an array which another stage overwrites is computed before the stores.
    let inputs = Set(parameters.filter { $0.access == .readWrite }.map(\.buffer))
    for (i, value) in values.enumerated() {
      let others = inputs.subtracting([outputs[i].buffer])
      var reads = false
      value.forEach { if case .load(let buffer, _) = $0, others.contains(buffer) { reads = true } }
      if reads {
        let local = elements.local(outputs[i].buffer.name, value.type)
        stages.append(.bind(local, value))
        values[i] = .local(local)
      }
    }
    for (i, value) in values.enumerated() {
      stages.append(.store(outputs[i].buffer, outputs[i].moved(elements.position), value))
    }
  }

  private mutating func addBindings() {
    for (local, value) in elements.takeBindings() { stages.append(.bind(local, value)) }
  }
}
