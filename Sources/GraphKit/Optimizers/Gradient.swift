public import TensorLibrary
internal import LoopIR
internal import Support

/// What `gradient` does with a tensor that the loss does not depend on.
public enum UnusedGradient: Sendable {
  /// Reports a mistake, which it usually is.
  case error
  /// Returns a gradient of 0.
  case zero
}

/// The gradients of a single number by given tensors.
///
/// They are tensors like any other: their gradients can be taken again. They go through assignments
/// to parameters, but not through updates by an optimizer.
public func gradient(
  of loss: Tensor, by tensors: [Tensor], unused: UnusedGradient = .error
) -> [Tensor] {
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
  guard canFollow(loss, to: tensors, unused) else { return poison() }
  return loss.builder.apply(
    GraphIR.Gradient(), [loss] + tensors, results: tensors.count)
}

/// The gradient of a single number by a tensor.
public func gradient(of loss: Tensor, by tensor: Tensor, unused: UnusedGradient = .error) -> Tensor
{
  gradient(of: loss, by: [tensor], unused: unused)[0]
}

// Returns false after reporting tensors that no gradient of `loss` reaches, or only on some paths.
private func canFollow(_ loss: Tensor, to tensors: [Tensor], _ unused: UnusedGradient) -> Bool {
  let session = Session.current
  let dependence = Dependence(of: loss, throughSteps: true)
  for tensor in tensors {
    guard dependence.contains(tensor) else {
      if unused == .zero { continue }
      session.report(.noDependence(tensor.type, made: tensor.site))
      return false
    }
    guard let detour = loss.detour(to: tensor) else { continue }
    // Traces the body again, with everything computed from the parameter inside it.
    if Trace.current?.hold(tensor, inside: loss.builder) ?? false { continue }
    session.report(.gradientAround(tensor.type, made: detour.site))
    return false
  }
  return true
}

// Loops that block a gradient.
extension GraphBuilder {
  /// Returns a `while` that the gradients of `loss` by `tensors` would have to go through.
  fileprivate func loopWithoutGradient(between tensors: [Tensor], and loss: Tensor) -> Node? {
    guard graph.holdsWhile, let last = loss.value else { return nil }
    return graph.loopWithoutGradient(
      between: Set(tensors.compactMap { imported($0)?.node }), and: [last])
  }
}

extension Graph {
  /// True iff the graph, or one inside it, has a `while`.
  fileprivate var holdsWhile: Bool {
    nodes.values.contains { node in
      node.op is While
        || (node.op as? any RegionOperation)?.regions.contains(where: \.holdsWhile) ?? false
    }
  }

  // Returns a `while` that `values` depend on and that depends on a node of `sources`, along paths
  // of gradients.
  fileprivate func loopWithoutGradient(between sources: Set<NodeID>, and values: [Value]) -> Node? {
    let reached = Set(differentiableAncestors(of: values).map(\.node))
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
