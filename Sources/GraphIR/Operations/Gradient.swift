internal import LoopIR
package import Support

/// The gradients of the first operand, a single number, by each of the others.
///
/// The pass `differentiate` replaces it by graph code.
///
///     %8, %9 = gradient %7, %0, %1 : f32[128, 784], f32[128]
package struct Gradient: Operation {
  package init() {}

  package static let word = "gradient"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 1...Int.max }
  package var role: FusionRole { .boundary }

  /// A single float, then any number of operands of floats; the results have the types of the
  /// latter.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let loss = operands[0]
    guard loss.element.isFloat else { throw .lossNotFloat(loss) }
    guard loss.rank == 0 else { throw .lossNotScalar(loss) }
    for x in operands.dropFirst() where !x.element.isFloat { throw .gradientOfInteger(x) }
    return Array(operands.dropFirst())
  }

  /// None: an inner gradient is graph code before an outer one is taken.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    preconditionFailure("an inner gradient is expanded before an outer one")
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  { .none }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    preconditionFailure("a gradient is evaluated after it is expanded")
  }
}
