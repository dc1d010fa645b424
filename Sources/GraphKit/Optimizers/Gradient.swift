public import GraphIR
internal import LoopIR

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
  private func gradientFlow(_ node: Node) -> [Bool] {
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
