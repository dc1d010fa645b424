package import LoopIR

/// An operation whose result is its first operand with some elements replaced.
///
/// Its kernel finds the operand in the array of the result and writes only these elements. If the
/// old ones are not needed, that array is the operand's own, and nothing is copied.
package protocol PartialUpdate: Operation {
  /// Returns the statements that change the array of the result, for operands of given types.
  func change(_ context: LoopContext, _ operands: [TensorType]) -> [Statement]
}
