internal import TensorLibrary
internal import LoopIR

/// The dependences of a tensor along which gradients flow: in its own graph and, through captures,
/// in the enclosing ones.
struct Dependence {
  private var reached: [ObjectIdentifier: Set<Value>] = [:]

  /// The dependences of `x`. A step function such as `floor` has the gradient 0 everywhere and
  /// counts only with `throughSteps`.
  init(of x: Tensor, throughSteps: Bool = false) {
    var work = [x]
    while let next = work.popLast() {
      guard let value = next.value, !contains(next) else { continue }
      let builder = next.builder
      let found = builder.graph.differentiableAncestors(of: [value], throughSteps: throughSteps)
      reached[ObjectIdentifier(builder), default: []].formUnion(found)
      work += builder.captures.filter { found.contains($0.inner) }.map(\.outer)
    }
  }

  /// True iff the gradient by `x` is not 0 by construction.
  func contains(_ x: Tensor) -> Bool {
    x.value.map { reached[ObjectIdentifier(x.builder)]?.contains($0) ?? false } ?? false
  }
}

extension Tensor {
  /// A value of an enclosing graph through which `self` depends on `source`, where no gradient can
  /// follow: a gradient stays in the graph of the tensor that it is taken of.
  func detour(to source: Tensor) -> Tensor? {
    guard let value, !builder.captures.isEmpty else { return nil }
    let own = source.origins
    let found = builder.graph.differentiableAncestors(of: [value])
    return builder.captures.first { capture in
      guard found.contains(capture.inner), !own.contains(where: { $0.isSame(as: capture.outer) })
      else { return false }
      let dependence = Dependence(of: capture.outer)
      return own.contains { dependence.contains($0) }
    }?.outer
  }

  /// True iff both are one value of one graph.
  func isSame(as other: Tensor) -> Bool { builder === other.builder && value == other.value }

  // The tensor, and the values that it captures from enclosing graphs.
  private var origins: [Tensor] {
    var result = [self]
    while let last = result.last,
      let outer = last.builder.captures.first(where: { $0.inner == last.value })?.outer
    { result.append(outer) }
    return result
  }
}

extension Graph {
  /// Returns the values that gradients of `values` reach.
  func differentiableAncestors(of values: [Value], throughSteps: Bool = false) -> Set<Value> {
    var reached: Set<Value> = []
    var work = values
    while let value = work.popLast() {
      guard type(value).element.isFloat, reached.insert(value).inserted else { continue }
      let node = self[value.node]
      let flow = gradientFlow(node, to: value.result, throughSteps: throughSteps)
      for (operand, flows) in zip(node.operands, flow) where flows { work.append(operand) }
    }
    return reached
  }

  /// Says for each operand of a node whether a gradient flows to it, from one result or from any.
  func gradientFlow(_ node: Node, to result: Int? = nil, throughSteps: Bool = false) -> [Bool] {
    switch node.op {
    case is WriteState, is StopGradient:
      return node.operands.map { _ in false }
    case let mark as CustomGradient:
      // Operands that only serve to compute the gradient get none.
      return node.operands.indices.map { $0 >= mark.values && $0 < mark.values + mark.sources }
    case let loop as Scan:
      return loop.gradientFlow(to: result, throughSteps: throughSteps)
    case let branch as Cond:
      return branch.gradientFlow(to: result, throughSteps: throughSteps)
    case let map as Map:
      if throughSteps, node.types[0].element.isFloat { return node.operands.map { _ in true } }
      let x = node.operands.enumerated().map { i, operand in
        Expression.local(Local(id: i, name: "x", type: type(operand).element))
      }
      let y = Expression.local(Local(id: x.count, name: "y", type: node.types[0].element))
      return map.function.row.slopes(x, y).map { $0 != nil }
    default:
      return node.operands.map { _ in true }
    }
  }

  // Says for each input whether a gradient of some of the outputs flows to it.
  fileprivate func inputFlow(from outputs: [Value], throughSteps: Bool) -> [Bool] {
    let reached = differentiableAncestors(of: outputs, throughSteps: throughSteps)
    return inputs.map { reached.contains(Value($0)) }
  }
}

extension Scan {
  // A reached carry was the result of the previous step.
  fileprivate func gradientFlow(to result: Int?, throughSteps: Bool) -> [Bool] {
    var wanted = Set(result.map { [$0] } ?? Array(body.outputs.indices))
    while true {
      let outputs = wanted.sorted().map { body.outputs[$0] }
      // The step comes before the operands.
      let flow = body.inputFlow(from: outputs, throughSteps: throughSteps).dropFirst()
      let before = wanted.count
      for (i, flows) in flow.prefix(carries).enumerated() where flows { wanted.insert(i) }
      if wanted.count > before { continue }
      return Array(flow)
    }
  }
}

extension Cond {
  fileprivate func gradientFlow(to result: Int?, throughSteps: Bool) -> [Bool] {
    func flow(_ graph: Graph) -> [Bool] {
      let outputs = result.map { [graph.outputs[$0]] } ?? graph.outputs
      return graph.inputFlow(from: outputs, throughSteps: throughSteps)
    }
    // The condition comes before what the branches use.
    return [false] + zip(flow(then), flow(otherwise)).map { $0 || $1 }
  }
}
