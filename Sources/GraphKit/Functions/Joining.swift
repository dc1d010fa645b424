public import TensorLibrary

/// Tensors one after the other along an axis.
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  joined("concatenate", tensors) { GraphIR.concatenate($0, axis: axis) }
}

/// Tensors of one shape side by side along a new axis.
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  joined("stack", tensors) { tensors in
    if let other = tensors.first(where: { $0.value != nil && $0.shape != tensors[0].shape }),
      tensors[0].value != nil
    {
      let rule = "tensors of one shape"
      Session.current.report(.operands("stack", rule, tensors[0].type, other.type))
      return other.builder.poison()
    }
    return GraphIR.stack(tensors, axis: axis)
  }
}

private func joined(_ name: String, _ tensors: [Tensor], _ body: ([Tensor]) -> Tensor) -> Tensor {
  guard tensors.isEmpty else { return body(tensors) }
  let session = Session.current
  session.report(.nothingToJoin(name))
  return (Trace.current?.builder ?? session.limbo).poison()
}
