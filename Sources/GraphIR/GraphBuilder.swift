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
}

/// Makes the nodes of one graph; the only class that changes one.
///
/// Equal nodes are made once. The same builder serves models, gradient rules and passes.
package final class GraphBuilder {
  package private(set) var graph = Graph()
  package let log: DiagnosticLog
  /// Says where in the model the node that is being made comes from.
  package var site: () -> SiteID? = { nil }
  /// The name that new nodes get.
  package var name: String?
  private var known: [Key: NodeID] = [:]

  private struct Key: Hashable {
    let op: any Operation
    let operands: [Value]

    static func == (a: Key, b: Key) -> Bool { a.operands == b.operands && a.op.isEqual(to: b.op) }

    func hash(into hasher: inout Hasher) {
      op.hash(into: &hasher)
      hasher.combine(operands)
    }
  }

  package init(log: DiagnosticLog = DiagnosticLog()) { self.log = log }

  /// The values that matter.
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
    let values = operands.compactMap(\.value)
    guard values.count == operands.count else { return poison(results) }
    do throws(TypeError) {
      let id = try node(op, values)
      return graph[id].types.indices.map { tensor(Value(id, $0)) }
    } catch {
      fail(error, operands: operands)
      return poison(results)
    }
  }

  /// Returns the only result of `op`.
  package func apply(_ op: any Operation, _ operands: Tensor...) -> Tensor {
    apply(op, operands)[0]
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
      guard let value = operand.value, let site = graph[value.node].site, site != here else {
        continue
      }
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

extension GraphBuilder {
  /// Returns a tensor of one number everywhere.
  package func constant(_ value: Double, _ type: TensorType) -> Tensor {
    apply(Constant([Literal(value, type.element)], type))
  }
}
