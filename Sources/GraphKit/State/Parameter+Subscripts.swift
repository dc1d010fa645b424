public import TensorLibrary

// `memory[0] = x`: a part of the value at this point of a function, and its assignment.
extension Parameter {
  /// The part of the value that the brackets pick; an assignment to it assigns the parameter.
  public subscript(_ items: any TensorIndex...) -> Tensor {
    get { value.bracketed(items.map(\.axisPart)) }
    set { value = value.replacing(items.map(\.axisPart), by: newValue) }
  }

  /// The part of the value that the brackets pick; `...` stands for as many whole axes as the
  /// others leave.
  public subscript(_ rest: UnboundedRange, _ items: any TensorIndex...) -> Tensor {
    get { value.bracketed([AxisPart(.rest)] + items.map(\.axisPart)) }
    set { value = value.replacing([AxisPart(.rest)] + items.map(\.axisPart), by: newValue) }
  }

  /// The part of the value that the brackets pick; `...` stands for as many whole axes as the
  /// others leave.
  public subscript(
    _ first: any TensorIndex, _ rest: UnboundedRange, _ items: any TensorIndex...
  ) -> Tensor {
    get { value.bracketed([first.axisPart, AxisPart(.rest)] + items.map(\.axisPart)) }
    set {
      let parts = [first.axisPart, AxisPart(.rest)] + items.map(\.axisPart)
      value = value.replacing(parts, by: newValue)
    }
  }
}
