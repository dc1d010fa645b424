internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Folds scales and shifts after a product or convolution that depend on parameters alone into
  /// its weights and one shift, as for a batch norm outside training.
  ///
  ///     %2 = contract %x, @w
  ///     %3 = subtract %2, @mean;  %4 = multiply %3, @gain;  %5 = add %4, @bias
  /// ->
  ///     %0 = multiply @w, @gain;  %1 = subtract @bias, @mean * @gain
  ///     %2 = contract %x, %0;  %3 = add %2, %1
  ///
  /// In functions that run while parameters change it would not pay.
  package static let foldScales = GraphPass(
    "fold-scales", "fold scales that depend on parameters into weights"
  ) { program in
    for i in program.functions.indices where !program.functions[i].kind.isOfTraining {
      let function = program.functions[i]
      let updated = Set(
        function.results.compactMap { kind in
          if case .update(let state) = kind { state } else { nil }
        })
      let fixed = fixedValues(function.graph, program, updated)
      var folding = ScaleFolding(graph: function.graph, isFixed: fixed)
      program.functions[i].graph = Rewriter.run(function.graph) { rewriter, id in
        folding.rewrite(id, rewriter)
      }
    }
  }
}

// For each node, true iff it depends on parameters alone, and those do not change.
private func fixedValues(_ graph: Graph, _ program: GraphProgram, _ updated: Set<StateID>)
  -> [Bool]
{
  var result = [Bool](repeating: false, count: graph.nodes.count)
  for id in graph.nodes.ids {
    let node = graph[id]
    switch node.op {
    case let read as ReadState:
      result[id.index] =
        program.states[read.state].role.isInWeights && !updated.contains(read.state)
    case is Constant: result[id.index] = true
    case is Map, is Cast, is Reshape, is Broadcast, is Transpose, is Slice:
      result[id.index] = node.operands.allSatisfy { result[$0.node.index] }
    default: continue
    }
  }
  return result
}

/// The products of a graph with their scales and shifts.
private struct ScaleFolding {
  /// A product, times a scale, plus a shift, each along one axis.
  private struct Affine {
    let product: NodeID
    let axis: Int
    var scale: Tensor?
    var shift: Tensor?
  }

  let graph: Graph
  let isFixed: [Bool]
  private var known: [NodeID: Affine] = [:]

  init(graph: Graph, isFixed: [Bool]) {
    self.graph = graph
    self.isFixed = isFixed
  }

  /// Returns the new form of a scale or shift that follows a product; nil for other nodes.
  mutating func rewrite(_ id: NodeID, _ rewriter: Rewriter) -> [Tensor]? {
    guard let map = graph[id].op as? Map, let affine = extended(id, map.function, rewriter) else {
      return nil
    }
    known[id] = affine
    return [build(affine, graph.type(Value(id)), rewriter)]
  }

  private func extended(_ id: NodeID, _ function: ScalarFunction, _ rewriter: Rewriter) -> Affine? {
    let operands = graph[id].operands
    guard operands.count == 2 else { return nil }
    let (a, b) = (operands[0], operands[1])
    switch function {
    case .add:
      return shifted(a, by: b, rewriter) { $0 } ?? shifted(b, by: a, rewriter) { $0 }
    case .subtract: return shifted(a, by: b, rewriter) { -$0 }
    case .multiply: return scaled(a, by: b, rewriter) ?? scaled(b, by: a, rewriter)
    default: return nil
    }
  }

  private func shifted(
    _ x: Value, by y: Value, _ rewriter: Rewriter, _ sign: (Tensor) -> Tensor
  ) -> Affine? {
    guard let (old, vector) = start(x, y, rewriter) else { return nil }
    var affine = old
    affine.shift = affine.shift.map { $0 + sign(vector) } ?? sign(vector)
    return affine
  }

  private func scaled(_ x: Value, by y: Value, _ rewriter: Rewriter) -> Affine? {
    guard let (old, vector) = start(x, y, rewriter) else { return nil }
    var affine = old
    affine.scale = affine.scale.map { $0 * vector } ?? vector
    affine.shift = affine.shift.map { $0 * vector }
    return affine
  }

  // The known form of x, if y is an invariant vector along one axis.
  private func start(_ x: Value, _ y: Value, _ rewriter: Rewriter) -> (Affine, Tensor)? {
    guard isFixed[y.node.index], let spread = graph[y.node].op as? Broadcast else { return nil }
    let source = graph[y.node].operands[0]
    let long = zip(spread.axes, graph.type(source).dims).filter { $0.1 > 1 }
    guard long.count == 1, let axis = long.first?.0 else { return nil }
    let vector = rewriter.tensor(source).reshaped([long[0].1])
    if let affine = known[x.node] {
      return affine.axis == axis ? (affine, vector) : nil
    }
    guard weights(of: x.node, along: axis) != nil else { return nil }
    return (Affine(product: x.node, axis: axis), vector)
  }

  // The invariant operand of a product that has an axis of the result, and its own number for that
  // axis.
  private func weights(of id: NodeID, along axis: Int) -> (operand: Int, axis: Int)? {
    guard let contract = graph[id].op as? Contract else { return nil }
    let uses = contract.map.operands.map { sums in
      sums.indices.filter { sums[$0].terms.contains { $0.axis == axis } }
    }
    for number in [0, 1] where isFixed[graph[id].operands[number].node.index] {
      guard uses[number].count == 1, let own = uses[number].first,
        contract.map.operands[number][own].plain != nil
      else { continue }
      return (number, own)
    }
    return nil
  }

  private func build(_ affine: Affine, _ type: TensorType, _ rewriter: Rewriter) -> Tensor {
    let node = graph[affine.product]
    var operands = node.operands.map { rewriter.tensor($0) }
    if let scale = affine.scale, let place = weights(of: affine.product, along: affine.axis) {
      let weight = operands[place.operand]
      operands[place.operand] = weight * scale.broadcast(to: weight.shape, axes: [place.axis])
    }
    let product = rewriter.apply(node.op, operands)[0]
    guard let shift = affine.shift else { return product }
    return product + shift.broadcast(to: type.shape, axes: [affine.axis])
  }
}
