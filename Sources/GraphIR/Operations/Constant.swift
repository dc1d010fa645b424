package import LoopIR
package import Support

/// Fixed values: one for all elements, or one for each in row-major order.
///
///     %0 = constant {0.5} : f32[32, 128]
package struct Constant: TypedOperation {
  package let values: [Literal]
  package let type: TensorType

  package init(_ values: [Literal], _ type: TensorType) {
    self.values = values
    self.type = type
  }

  /// The value that all elements have, if there is only one.
  package var splat: Literal? { values.count == 1 ? values[0] : nil }

  package static let word = "constant"
  package var attributes: String { values.map(\.description).joined(separator: ", ") }

  package init(from text: inout OperationText) throws(ParseError) {
    type = try text.type()
    var values: [Literal] = []
    repeat {
      values.append(try text.attributes.literal(type.element))
    } while text.attributes.accept(",")
    guard values.count == 1 || values.count == type.shape.count else {
      throw text.attributes.error(
        "'\(type)' has \(type.shape.count) elements; found \(values.count) values")
    }
    self.values = values
  }

  package var operandCount: ClosedRange<Int> { 0...0 }
  package var role: FusionRole { splat == nil ? .boundary : .view }

  package func retyped(_ change: (ElementType) -> ElementType) -> Constant {
    Constant(values.map { $0.retyped(change) }, type.retyped(change))
  }

  /// No operands; the type is part of the operation.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] { [type] }

  /// None: there are no operands.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    guard let splat else { return .none }
    return .element { _, _ in .literal(splat) }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let numbers = values.map { literal in
      let stored = type.element.stored(literal.double)
      // A literal keeps 64 bits until it is written down.
      return Bounded(stored, bound: distance(stored, literal.double))
    }
    let all = splat == nil ? numbers : numbers.flatMap { Array(repeating: $0, count: count) }
    return [Numbers(type, all)]
  }

  private var count: Int { type.shape.count }
}
