internal import GraphIR
internal import LoopIR
internal import Support

/// A graph that becomes steps: the places of its values, and the names of values and axes.
struct PlacedGraph {
  let graph: Graph
  let placement: Placement
  let axes: ValueAxes
  /// The outer names of some of its values.
  private let names: [Value: String]
  /// The names in kernels of those that are results of the function.
  private let outputs: [Value: String]
  private let uses: [Value: Int]

  /// - Parameters:
  ///   - names: the outer names of the graph's results.
  ///   - isFunction: true iff the graph is all of a function, whose kernels use these names, too.
  init(
    _ graph: Graph, _ placement: Placement, axes: ValueAxes, names: [Value: String],
    isFunction: Bool
  ) {
    self.graph = graph
    self.placement = placement
    self.axes = axes
    self.names = names.reduce(into: [:]) { $0[graph.source(of: $1.key)] = $1.value }
    outputs = isFunction ? names : [:]
    uses = graph.uses()
  }

  /// The name in steps of the array of `value` while it holds that; a value inside a larger array
  /// has the name of that.
  func name(_ value: Value) -> String {
    let source = placement.source(value)
    if let holder = placement.windows.places[source]?.holder { return name(holder) }
    return names[source] ?? graph.name(source)
  }

  /// The name of an operand in its kernel.
  func operandName(_ value: Value) -> String { kernelName(placement.source(value)) }

  /// The name of a result in its kernel.
  func resultName(_ value: Value) -> String { outputs[value] ?? kernelName(value) }

  private func kernelName(_ value: Value) -> String {
    graph.name(placement.windows.places[value]?.holder ?? value)
  }

  /// True iff a step of this graph makes `value`.
  func makes(_ value: Value) -> Bool { placement.isStep(placement.source(value).node) }

  /// True iff no step reads `value`, nor is it a result of the graph.
  func isUnread(_ value: Value) -> Bool { uses[value, default: 0] == 0 }

  /// The number that fills all of a result; nil if a kernel computes it.
  func filling(_ value: Value) -> Literal? {
    let source = placement.source(value)
    guard let kernel = graph[source.node].op as? KernelOp else { return nil }
    return placement.kernels[kernel].fillings[source.result]
  }
}

extension Graph {
  /// The name of a value: in a graph of kernels, its name inside the kernel.
  func name(_ value: Value) -> String {
    let node = self[value.node]
    if let kernel = node.op as? KernelOp {
      return kernel.body.name(kernel.body.outputs[value.result])
    }
    let words = node.op.resultWords
    guard words.indices.contains(value.result) else { return node.name ?? node.op.verb }
    let word = words[value.result]
    // The first result is what the node is for; the others are by-products.
    return node.name.map { value.result == 0 ? $0 : "\($0)_\(word)" } ?? word
  }
}

extension Operand {
  /// The operand under the name of the value that it holds, if its array has another.
  func named(_ name: String, unless own: String) -> Operand {
    name == own ? self : mapped { .named($0, name) }
  }

  /// True iff the operand is a whole array, if in another shape.
  var isWhole: Bool {
    switch self {
    case .shaped(let whole, _), .named(let whole, _), .becoming(let whole, _): whole.isWhole
    case .element, .part: false
    case .state, .input, .output, .temporary, .constant, .index: true
    }
  }
}
