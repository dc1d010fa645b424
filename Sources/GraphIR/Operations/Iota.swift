package import LoopIR
package import Support

/// The position along an axis as a number.
///
///     %0 = iota {1} : i32[32, 10]
package struct Iota: TypedOperation {
  package let axis: Int
  package let type: TensorType

  package init(axis: Int, _ type: TensorType) {
    self.axis = axis
    self.type = type
  }

  package static let word = "iota"
  package var attributes: String { "\(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
    type = try text.type()
  }

  package var operandCount: ClosedRange<Int> { 0...0 }
  package var role: FusionRole { .view }

  package func retyped(_ change: (ElementType) -> ElementType) -> Iota {
    Iota(axis: axis, type.retyped(change))
  }

  /// No operands; the type is part of the operation, and has the axis.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    guard type.dims.indices.contains(axis) else { throw .axis(mnemonic, axis, type) }
    return [type]
  }

  /// None: there are no operands.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { _, index in .index(index[axis], type.element) }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    [
      Numbers(type) { position in
        let number = type.element.stored(Double(position[axis]))
        return Bounded(number, bound: distance(number, Double(position[axis])))
      }
    ]
  }
}
