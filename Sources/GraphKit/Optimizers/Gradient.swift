public import GraphIR
internal import LoopIR
internal import Support

/// The gradients of a single number by given tensors.
///
/// They are tensors like any other: their gradients can be taken again.
public func gradient(of loss: Tensor, by tensors: [Tensor]) -> [Tensor] {
  let poison = { tensors.map { _ in loss.builder.poison() } }
  guard !tensors.isEmpty, loss.value != nil, tensors.allSatisfy({ $0.value != nil }) else {
    return poison()
  }
  guard tensors.allSatisfy({ loss.builder.sees($0.builder) }) else {
    Session.current.report(.otherFunction("gradient"))
    return poison()
  }
  guard loss.rank == 0, loss.elementType.isFloat else {
    Session.current.report(.lossNotScalar(loss.type, made: loss.site))
    return poison()
  }
  if let integer = tensors.first(where: { !$0.elementType.isFloat }) {
    Session.current.report(.noSlope(integer.type, made: integer.site))
    return poison()
  }
  if let loop = loss.builder.loopWithoutGradient(between: tensors, and: loss) {
    Session.current.report(.noGradientOfWhile(made: loop.site))
    return poison()
  }
  return loss.builder.apply(
    GraphIR.Gradient(), [loss] + tensors, results: tensors.count)
}

/// The gradient of a single number by a tensor.
public func gradient(of loss: Tensor, by tensor: Tensor) -> Tensor {
  gradient(of: loss, by: [tensor])[0]
}

extension Graph {
  /// Returns the values that a gradient of `value` can reach.
  func differentiableAncestors(of value: Value) -> Set<NodeID> {
    var reached: Set<NodeID> = []
    var work = [value.node]
    while let id = work.popLast() {
      guard reached.insert(id).inserted else { continue }
      let node = self[id]
      for (operand, flows) in zip(node.operands, gradientFlow(node)) where flows {
        if type(operand).element.isFloat { work.append(operand.node) }
      }
    }
    return reached
  }

  // Says for each operand of a node whether a gradient flows to it.
  fileprivate func gradientFlow(_ node: Node) -> [Bool] {
    switch node.op {
    case is WriteState, is StopGradient:
      return node.operands.map { _ in false }
    case let mark as CustomGradient:
      // What the gradient is computed with gets none.
      return node.operands.indices.map { $0 >= mark.values && $0 < mark.values + mark.sources }
    case let map as Map:
      let x = node.operands.enumerated().map { i, operand in
        Expression.local(Local(id: i, name: "x", type: type(operand).element))
      }
      let y = Expression.local(Local(id: x.count, name: "y", type: node.types[0].element))
      return map.function.row.slopes(x, y).map { $0 != nil }
    default:
      return node.operands.map { _ in true }
    }
  }
}

// Loops that stand in the way of a gradient.
extension GraphBuilder {
  /// Returns a `while` through which the gradients of `loss` by `tensors` would have to go.
  fileprivate func loopWithoutGradient(between tensors: [Tensor], and loss: Tensor) -> Node? {
    guard graph.holdsWhile, let last = loss.value else { return nil }
    return graph.loopWithoutGradient(
      between: Set(tensors.compactMap { imported($0)?.node }), and: [last])
  }
}

extension Graph {
  /// True iff a `while` stands in the graph, or in one inside it.
  fileprivate var holdsWhile: Bool {
    nodes.values.contains { node in
      node.op is While
        || (node.op as? any RegionOperation)?.regions.contains(where: \.holdsWhile) ?? false
    }
  }

  // Returns a `while` that `values` depend on, and which depends on a node of `sources`, both by
  // ways that a gradient takes.
  fileprivate func loopWithoutGradient(between sources: Set<NodeID>, and values: [Value]) -> Node? {
    let reached = values.reduce(into: Set<NodeID>()) {
      if type($1).element.isFloat { $0.formUnion(differentiableAncestors(of: $1)) }
    }
    var active = sources
    for id in nodes.ids where reached.contains(id) && !sources.contains(id) {
      let node = self[id]
      let arriving = zip(node.operands, gradientFlow(node)).map { operand, flows in
        flows && active.contains(operand.node)
      }
      guard arriving.contains(true) else { continue }
      active.insert(id)
      if node.op is While { return node }
      guard let op = node.op as? any RegionOperation else { continue }
      for region in op.regions where region.holdsWhile {
        let inner = op.reachedInputs(of: region, by: arriving)
        if let found = region.loopWithoutGradient(between: inner, and: region.outputs) {
          return found
        }
      }
    }
    return nil
  }
}

extension RegionOperation {
  /// The inputs of a region that depend on operands; of a loop, also all that it carries.
  fileprivate func reachedInputs(of region: Graph, by arriving: [Bool]) -> Set<NodeID> {
    let inputs = region.inputs
    // The step comes before the operands of a scan, the condition is the first operand of a branch.
    let offset = inputs.count - arriving.count
    let carries = (self as? Scan)?.carries ?? 0
    return Set(
      inputs.indices.compactMap { i in
        let operand = i - offset
        guard arriving.indices.contains(operand), arriving[operand] || operand < carries,
          region[inputs[i]].types[0].element.isFloat
        else { return nil }
        return inputs[i]
      })
  }
}
