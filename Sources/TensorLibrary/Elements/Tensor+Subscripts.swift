public import GraphIR
internal import LoopIR

// `x[0]`, `x[2..<5, -1]`, `x[..., 1]`: parts of a tensor, as NumPy writes them. A tensor is a
// value, so an assignment to a part makes a new tensor, whose gradient flows to both.
extension Tensor {
  /// The part that the brackets pick; axes that they do not name stay whole.
  public subscript(_ items: any TensorIndex...) -> Tensor {
    get { bracketed(items.map(\.axisPart)) }
    set { self = replacing(items.map(\.axisPart), by: newValue) }
  }

  /// The part that the brackets pick; `...` stands for as many whole axes as the others leave.
  public subscript(_ rest: UnboundedRange, _ items: any TensorIndex...) -> Tensor {
    get { bracketed([AxisPart(.rest)] + items.map(\.axisPart)) }
    set { self = replacing([AxisPart(.rest)] + items.map(\.axisPart), by: newValue) }
  }

  /// The part that the brackets pick; `...` stands for as many whole axes as the others leave.
  public subscript(
    _ first: any TensorIndex, _ rest: UnboundedRange, _ items: any TensorIndex...
  ) -> Tensor {
    get { bracketed([first.axisPart, AxisPart(.rest)] + items.map(\.axisPart)) }
    set {
      self = replacing([first.axisPart, AxisPart(.rest)] + items.map(\.axisPart), by: newValue)
    }
  }

  /// The part that the brackets pick; `...` stands for as many whole axes as the others leave.
  public subscript(
    _ first: any TensorIndex, _ second: any TensorIndex, _ rest: UnboundedRange,
    _ items: any TensorIndex...
  ) -> Tensor {
    get {
      bracketed([first.axisPart, second.axisPart, AxisPart(.rest)] + items.map(\.axisPart))
    }
    set {
      let start = [first.axisPart, second.axisPart, AxisPart(.rest)]
      self = replacing(start + items.map(\.axisPart), by: newValue)
    }
  }

  /// The part that brackets pick.
  package func bracketed(_ items: [AxisPart]) -> Tensor {
    guard value != nil else { return self }
    return BracketSelection(self, items)?.value ?? builder.poison()
  }

  /// The tensor with the part replaced that brackets pick. A mask alone picks where it is true.
  package func replacing(_ items: [AxisPart], by value: Tensor) -> Tensor {
    guard self.value != nil, value.value != nil else { return builder.poison() }
    if items.count == 1, case .positions(let mask) = items[0].kind, mask.elementType == .bool {
      return masked(mask, by: value)
    }
    return BracketSelection(self, items)?.replaced(by: value) ?? builder.poison()
  }

  // The tensor with elements replaced where a mask of its first axes is true.
  private func masked(_ mask: Tensor, by value: Tensor) -> Tensor {
    guard mask.value != nil else { return mask }
    guard mask.rank <= rank, mask.shape.dims == Array(shape.dims[..<mask.rank]) else {
      builder.fail(.maskShape(mask.type, type), operands: [self, mask])
      return builder.poison()
    }
    guard ElementType.promoted(value.elementType, elementType) == elementType else {
      builder.fail(.assignedElement(value.type, to: type), operands: [self, value])
      return builder.poison()
    }
    let ones = Array(repeating: 1, count: rank - mask.rank)
    let wide = mask.reshaped(Shape(mask.shape.dims + ones))
    return select(wide, value.broadcast(to: shape), self)
  }
}
