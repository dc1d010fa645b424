/// An operand of a loop or a branch that the graphs inside have as an input.
package struct Slot: Hashable, Sendable {
  /// The number of the operand.
  package let operand: Int
  /// The number of the input.
  package let input: Int
}

/// A value that one step of a loop hands to the next.
package struct CarrySlot: Hashable, Sendable {
  /// The operand that the first step gets, and the input as which each step gets it.
  package let slot: Slot
  /// The output of a step that the next one gets; the last one is the loop's result of that number.
  package let result: Int

  package var operand: Int { slot.operand }
  package var input: Int { slot.input }
}

/// A loop or a branch: an operation that runs graphs, which become steps of their own.
package protocol ControlOperation: RegionOperation {
  /// The operands that the graphs have as inputs, in order.
  var passed: [Slot] { get }
  /// Those among them that are the same whenever a graph runs.
  var constants: [Slot] { get }
}
