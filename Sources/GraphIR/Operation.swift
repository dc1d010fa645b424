package import LoopIR
package import Support

/// The role of an operation in fusion.
package enum FusionRole: Hashable, Sendable {
  /// Each element of the result is a scalar function of the same element of the operands.
  case map
  /// Each element of the result is an element of an operand, a constant, or a function of its
  /// position: a change of index, no work.
  case view
  /// Each element of the result is an element of an operand, chosen by a condition or by data.
  case choice
  /// Each element of the result reduces many elements of the operands.
  case reduce
  /// A reduction of products of two operands.
  case contract
  /// Has loops of its own.
  case opaque
  /// Runs regions, which have their own kernels.
  case control
  /// Not part of kernels: inputs, states, marks for other passes.
  case boundary
}

/// How the elements of a result come from the operands.
package enum OperationDefinition {
  /// Gives one element of an operand, by the operand's number and a position.
  package typealias Access = (_ operand: Int, _ index: [Index]) -> Expression

  /// One element of the result, by its position.
  case element((_ operands: Access, _ index: [Index]) -> Expression)
  /// The same, where the expression is a reduction over variables made with `fresh`.
  case reduction(
    (_ operands: Access, _ index: [Index], _ fresh: (String, Int) -> Variable) -> Expression)
  /// Statements that fill the results.
  case loops((_ context: LoopContext) -> [Statement])
  /// Never part of a kernel.
  case none
}

/// The context in which an operation writes its own loops.
package struct LoopContext {
  /// Reads one element of an operand.
  package let operands: OperationDefinition.Access
  /// The arrays to fill, one for each result.
  package let results: [Buffer]
  /// Makes a loop variable with a name and an extent.
  package let variable: (String, Int) -> Variable
  /// Makes a local with a name and a type.
  package let local: (String, ElementType) -> Local
  /// Describes what the loops compute, in one line with the names of the arrays, for the comment.
  package let explain: (String) -> Void
  /// Gives the equation that the loops compute, where there is one.
  package let define: (Definition) -> Void

  package init(
    operands: @escaping OperationDefinition.Access, results: [Buffer],
    variable: @escaping (String, Int) -> Variable,
    local: @escaping (String, ElementType) -> Local, explain: @escaping (String) -> Void,
    define: @escaping (Definition) -> Void
  ) {
    self.operands = operands
    self.results = results
    self.variable = variable
    self.local = local
    self.explain = explain
    self.define = define
  }
}

/// The context of a gradient rule.
package struct GradientContext {
  package let operands: [Tensor]
  package let results: [Tensor]
  /// The gradient that reaches each result; nil where none does.
  package let seeds: [Tensor?]

  package init(operands: [Tensor], results: [Tensor], seeds: [Tensor?]) {
    self.operands = operands
    self.results = results
    self.seeds = seeds
  }
}

/// The declaration of one operation.
///
/// No rule has a default: an operation without a gradient says so.
package protocol Operation: Hashable, Sendable {
  /// The word that stands for the operation in text.
  static var word: String { get }

  /// The word for `self`: that of the operation, except that a map has the name of its function.
  var mnemonic: String { get }

  /// Everything else about the operation in text, without the braces around it; may be empty.
  var attributes: String { get }

  /// Reads what `mnemonic` and `attributes` wrote.
  init(from text: inout OperationText) throws(ParseError)

  /// The word for the operation in names of values and kernels, as in `loss_exp`.
  var verb: String { get }

  /// The words for the results, if there are several.
  var resultWords: [String] { get }

  /// The number of operands.
  var operandCount: ClosedRange<Int> { get }

  /// Its role in fusion.
  var role: FusionRole { get }

  /// Returns the types of the results for operands of given types.
  func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType]

  /// Returns the gradient by each operand; nil where there is none.
  func gradient(_ context: GradientContext) -> [Tensor?]

  /// Returns how elements are computed, for operands and results of given types.
  func definition(_ operands: [TensorType], _ results: [TensorType]) -> OperationDefinition

  /// Returns the results for numbers: the meaning of the operation in its most obvious form,
  /// independent of `definition`, which is tested against it.
  ///
  /// Values are rounded to their types. Bounds limit the error of a program that computes in its
  /// own precision and order from operands within their bounds.
  func evaluate(_ operands: [Numbers]) -> [Numbers]
}

extension Operation {
  package var mnemonic: String { Self.word }

  /// True iff both are the same operation with the same attributes.
  package func isEqual(to other: any Operation) -> Bool { (other as? Self) == self }

  package var resultWords: [String] { [] }

  /// The mnemonic in snake case, unless an operation has a better word.
  package var verb: String {
    mnemonic.reduce(into: "") { word, letter in
      word += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }
}

/// An operation with regions; text shows them in braces after the node.
package protocol RegionOperation: Operation {
  /// The regions, closed: captures are inputs.
  var regions: [Graph] { get }

  /// Returns the operation with other regions of the same inputs and outputs.
  func replacing(regions: [Graph]) -> Self
}

/// An operation whose attributes name element types, which a pass may change.
package protocol TypedOperation: Operation {
  /// Returns the operation with each element type and each number changed.
  func retyped(_ change: (ElementType) -> ElementType) -> Self
}

extension TensorType {
  /// The type with another element type.
  package func retyped(_ change: (ElementType) -> ElementType) -> TensorType {
    TensorType(change(element), shape)
  }
}

extension Literal {
  /// The number in another type; of constants all 64 bits are kept.
  package func retyped(_ change: (ElementType) -> ElementType) -> Literal {
    change(type) == type ? self : Literal(double, change(type))
  }
}
