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
        "'\(type)' has \(type.shape.count) elements; there are \(values.count) values")
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

/// What comes from outside: an argument of a function, an operand of a region.
///
///     %0 = input {0} : f32[64, 1, 8, 8] "image"
package struct Input: TypedOperation {
  package let position: Int
  package let type: TensorType

  package init(_ position: Int, _ type: TensorType) {
    self.position = position
    self.type = type
  }

  package static let word = "input"
  package var attributes: String { "\(position)" }

  package init(from text: inout OperationText) throws(ParseError) {
    position = try text.attributes.integer("a position", in: 0...text.attribute.upperBound)
    type = try text.type()
  }

  package var operandCount: ClosedRange<Int> { 0...0 }
  package var role: FusionRole { .boundary }

  package func retyped(_ change: (ElementType) -> ElementType) -> Input {
    Input(position, type.retyped(change))
  }

  /// No operands; the type is part of the operation.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] { [type] }

  /// None: there are no operands.
  package func gradient(_ context: GradientContext) -> [Tensor?] { [] }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    preconditionFailure("what comes from outside is given to the interpreter")
  }
}
