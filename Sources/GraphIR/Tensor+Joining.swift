package import LoopIR

// Models use the functions of these names in GraphKit, which can report an empty list of tensors.

/// Tensors one after the other along an axis, in the type that all of them are promoted to.
@_disfavoredOverload
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  guard let first = tensors.first else {
    preconditionFailure("'concatenate' needs at least one tensor")
  }
  guard let axis = first.axis(axis, of: "concatenate") else { return first.builder.poison() }
  if tensors.count == 1 { return first }
  guard tensors.allSatisfy({ $0.value != nil }), Tensor.together(tensors, "concatenate") else {
    return first.builder.poison()
  }
  let type = tensors.map(\.elementType).reduce(first.elementType, ElementType.promoted)
  return first.builder.apply(Concat(axis: axis), tensors.map { $0.cast(to: type) })[0]
}

/// Tensors of one shape side by side along a new axis.
@_disfavoredOverload
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  concatenate(tensors.map { $0.expanded(at: axis) }, axis: axis)
}

extension GraphBuilder {
  /// A vector of given integers.
  package func integers(_ values: [Int]) -> Tensor {
    numbers(values.map(Double.init), .i32)
  }

  /// A vector of given numbers; equal ones are stored once.
  package func numbers(_ values: [Double], _ element: ElementType) -> Tensor {
    let same = values.dropFirst().allSatisfy { $0 == values[0] }
    let literals = (same ? [values[0]] : values).map { Literal($0, element) }
    return apply(Constant(literals, TensorType(element, [values.count])))
  }
}
