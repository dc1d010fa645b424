public import GraphIR

/// Tensors one after the other along an axis.
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  joined("concatenate", tensors) { GraphIR.concatenate($0, axis: axis) }
}

/// Tensors of one shape side by side along a new axis.
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  joined("stack", tensors) { GraphIR.stack($0, axis: axis) }
}

private func joined(_ name: String, _ tensors: [Tensor], _ body: ([Tensor]) -> Tensor) -> Tensor {
  guard tensors.isEmpty else { return body(tensors) }
  let session = Session.current
  session.report(.nothingToJoin(name))
  return (Trace.current?.builder ?? session.limbo).poison()
}
