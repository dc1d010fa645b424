internal import GraphIR
internal import LoopIR
internal import Support

/// A graph that becomes steps: where its values lie, and what they and their axes are called.
struct PlacedGraph {
  let graph: Graph
  let placement: Placement
  let axes: ValueAxes
  /// What some of its values are called outside.
  private let names: [Value: String]
  /// What kernels call those among them that are results of the function.
  private let outputs: [Value: String]

  /// - Parameters:
  ///   - names: what the values of the graph's results are called outside.
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
  }

  /// What the array in which `value` lies is called in steps while it holds that; one that lies in
  /// a larger one has the name of that.
  func name(_ value: Value) -> String {
    let source = placement.source(value)
    if let holder = placement.windows.places[source]?.holder { return name(holder) }
    return names[source] ?? graph.name(source)
  }

  /// What a kernel calls an operand.
  func operandName(_ value: Value) -> String { kernelName(placement.source(value)) }

  /// What a kernel calls a result.
  func resultName(_ value: Value) -> String { outputs[value] ?? kernelName(value) }

  private func kernelName(_ value: Value) -> String {
    graph.name(placement.windows.places[value]?.holder ?? value)
  }

  /// True iff a step of this graph makes `value`.
  func makes(_ value: Value) -> Bool { placement.isStep(placement.source(value).node) }

  /// The number that fills all of a result; nil if a kernel computes it.
  func filling(_ value: Value) -> Literal? {
    let source = placement.source(value)
    guard let kernel = graph[source.node].op as? KernelOp else { return nil }
    return placement.kernels[kernel].fillings[source.result]
  }
}

extension Graph {
  /// What a value is called: in a graph of kernels, what it is called inside the kernel.
  func name(_ value: Value) -> String {
    let node = self[value.node]
    if let kernel = node.op as? KernelOp {
      return kernel.body.name(kernel.body.outputs[value.result])
    }
    let words = node.op.resultWords
    guard words.indices.contains(value.result) else { return node.name ?? node.op.verb }
    let word = words[value.result]
    // The first is what the node is for, the others are beside it.
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
