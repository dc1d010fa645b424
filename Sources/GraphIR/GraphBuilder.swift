internal import LoopIR
internal import Support

/// Collects the mistakes found while a model is built.
package final class DiagnosticLog {
  package private(set) var entries: [GraphDiagnostic] = []

  package init() {}

  /// Adds `entry` unless the same was said before.
  package func report(_ entry: GraphDiagnostic) {
    if !entries.contains(entry) { entries.append(entry) }
  }

  /// Adds a note to the entry with a number, if there is one.
  package func explain(_ number: Int, _ note: String) {
    guard entries.indices.contains(number) else { return }
    entries[number].notes.append(GraphDiagnostic.Note(message: note, site: nil))
  }
}

/// Makes the nodes of one graph; the only class that changes one.
///
/// Equal nodes are made once. The same builder serves models, gradient rules and passes.
package final class GraphBuilder {
  package private(set) var graph = Graph()
  package let log: DiagnosticLog
  /// Returns the place in the model that new nodes come from.
  package var site: () -> SiteID? = { nil }
  /// The name that new nodes get.
  package var name: String?
  private var known: [Key: NodeID] = [:]
  /// The builder of the enclosing graph, if this one is for a region.
  private let parent: GraphBuilder?
  /// True once the region is complete.
  private var isClosed = false
  /// The captures, and the inputs that stand for them.
  package private(set) var captures: [(outer: Tensor, inner: Value)] = []
  private var inputCount = 0

  private struct Key: Hashable {
    let op: any Operation
    let operands: [Value]

    static func == (a: Key, b: Key) -> Bool { a.operands == b.operands && a.op.isEqual(to: b.op) }

    func hash(into hasher: inout Hasher) {
      op.hash(into: &hasher)
      hasher.combine(operands)
    }
  }

  package init(log: DiagnosticLog = DiagnosticLog()) {
    self.log = log
    parent = nil
  }

  /// A builder for a region in the graph of `outer`.
  init(inside outer: GraphBuilder) {
    log = outer.log
    site = outer.site
    name = outer.name
    parent = outer
  }

  /// The outputs.
  package var outputs: [Value] {
    get { graph.outputs }
    set { graph.outputs = newValue }
  }

  /// Returns a node for `op`, an equal one if it was made before.
  package func node(_ op: any Operation, _ operands: [Value]) throws(TypeError) -> NodeID {
    let key = Key(op: op, operands: operands)
    if let id = known[key] { return id }
    let types = try op.resultTypes(operands.map { graph.type($0) })
    let node = Node(op, operands, types: types, name: name, site: site())
    let id = graph.append(node)
    known[key] = id
    return id
  }

  /// Returns the results of `op`; if its rules do not hold, reports that and returns poison.
  package func apply(_ op: any Operation, _ operands: [Tensor], results: Int = 1) -> [Tensor] {
    guard operands.allSatisfy({ $0.value != nil }) else { return poison(results) }
    let target = operands.reduce(self) { $1.builder.sees($0) ? $1.builder : $0 }
    if target !== self { return target.apply(op, operands, results: results) }
    if isClosed {
      (parent ?? self).fail(.leavesRegion())
      return poison(results)
    }
    let values = operands.compactMap { imported($0) }
    guard values.count == operands.count else {
      fail(.otherFunction(op.mnemonic))
      return poison(results)
    }
    do throws(TypeError) {
      let id = try node(op, values)
      return graph[id].types.indices.map { tensor(Value(id, $0)) }
    } catch {
      // The operands of a loop or a branch are not those that the model wrote.
      fail(error, operands: op is any RegionOperation ? [] : operands)
      return poison(results)
    }
  }

  /// Returns the only result of `op`.
  package func apply(_ op: any Operation, _ operands: Tensor...) -> Tensor {
    apply(op, operands)[0]
  }

  /// Calls `build`, whose nodes are named as a part of the current layer: `norm_1_mean`. Outside of
  /// layers they have no name.
  package func part<T>(_ word: String, _ build: () -> T) -> T {
    let outer = name
    name = outer.map { "\($0)_\(word)" }
    defer { name = outer }
    return build()
  }

  /// Returns a handle for `value`.
  package func tensor(_ value: Value) -> Tensor {
    Tensor(builder: self, value: value, type: graph.type(value))
  }

  /// Reports a broken rule at the place that is being built.
  package func fail(_ error: TypeError, operands: [Tensor] = []) {
    let here = site()
    var notes: [GraphDiagnostic.Note] = []
    for (i, operand) in operands.enumerated() {
      guard let site = operand.site, site != here else { continue }
      let which = operands.count == 1 ? "the operand" : "operand \(i + 1)"
      notes.append(.init(message: "\(which), '\(operand.type)', is made here", site: site))
    }
    if let hint = error.hint { notes.append(.init(message: hint, site: nil)) }
    log.report(GraphDiagnostic(error.message, site: here, notes: notes))
  }

  /// A tensor that stands for a failed node; nothing that follows from it is reported.
  package func poison(_ type: TensorType = TensorType(.f32, [])) -> Tensor {
    Tensor(builder: self, value: nil, type: type)
  }

  private func poison(_ count: Int) -> [Tensor] { (0..<count).map { _ in poison() } }
}

// Regions.
extension GraphBuilder {
  /// True iff the graph may use tensors of `other`: it is the same, or an enclosing one.
  package func sees(_ other: GraphBuilder) -> Bool {
    self === other || (parent?.sees(other) ?? false)
  }

  /// Ends the graph: nothing can be added.
  func close() { isClosed = true }

  /// Adds an input at the next position.
  package func addInput(_ type: TensorType, named label: String?) -> Tensor {
    let outer = name
    name = label
    defer { name = outer }
    inputCount += 1
    return apply(Input(inputCount - 1, type))
  }

  /// Returns the value for `x` in this graph; nil if `x` belongs to a graph that does not enclose
  /// it.
  package func imported(_ x: Tensor) -> Value? {
    if x.builder === self { return x.value }
    if let known = captures.first(where: {
      $0.outer.value == x.value && $0.outer.builder === x.builder
    }) {
      return known.inner
    }
    guard sees(x.builder), let value = x.value else { return nil }
    let node = x.builder.graph[value.node]
    // A value that costs nothing is made again.
    if node.operands.isEmpty, node.op.role == .view {
      return (try? self.node(node.op, [])).map { Value($0, value.result) }
    }
    guard let inner = addInput(x.type, named: node.name).value else { return nil }
    captures.append((x, inner))
    return inner
  }
}

extension GraphBuilder {
  /// Returns a tensor of one number everywhere.
  package func constant(_ value: Double, _ type: TensorType) -> Tensor {
    apply(Constant([Literal(value, type.element)], type))
  }
}
