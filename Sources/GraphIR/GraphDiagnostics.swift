internal import LoopIR

/// A rule about operand types that does not hold, with the wording that a user sees.
package struct TypeError: Error, Hashable, Sendable {
  package let message: String
  /// What to do about it, if that is known.
  package let hint: String?

  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// A mistake in a model, and the places that are involved.
package struct GraphDiagnostic: Hashable, Sendable {
  package struct Note: Hashable, Sendable {
    package let message: String
    package let site: SiteID?

    package init(message: String, site: SiteID?) {
      self.message = message
      self.site = site
    }
  }

  package let message: String
  package let site: SiteID?
  package var notes: [Note]

  package init(_ message: String, site: SiteID?, notes: [Note] = []) {
    self.message = message
    self.site = site
    self.notes = notes
  }
}

// All messages about graphs. One phrase each, no full stop, names in quotes, the rule rather than
// the failure, what was expected and what was found.
extension TypeError {
  static func operandCount(_ op: String, expected: Int, found: Int) -> TypeError {
    TypeError("'\(op)' takes \(expected) operands; found \(found)")
  }

  package static func elementTypesDiffer(_ op: String, _ a: TensorType, _ b: TensorType)
    -> TypeError
  {
    let hint =
      a.element.isFloat == b.element.isFloat
      ? "convert one of them with 'cast(to:)'"
      : "convert the integers with 'cast(to: .\(a.element.isFloat ? a.element : b.element))'"
    let name = spelled(op)
    return TypeError(
      "element types of '\(name)' differ: \(a.element) in '\(a)', \(b.element) in '\(b)'",
      hint: a.element == .bool || b.element == .bool ? "convert one of them with 'cast(to:)'" : hint
    )
  }

  package static func shapesDiffer(_ op: String, _ a: TensorType, _ b: TensorType) -> TypeError {
    TypeError("shapes of '\(op)' differ: '\(a)' and '\(b)'")
  }

  package static func cannotBroadcast(_ op: String, _ a: TensorType, _ b: TensorType) -> TypeError {
    TypeError(
      "shapes of '\(spelled(op))' do not fit: '\(a)' and '\(b)'; "
        + "aligned at the last axis, extents must be equal or 1",
      hint: alignment(a, b) ?? alignment(b, a))
  }

  static func cannotExpand(_ a: TensorType, to shape: Shape) -> TypeError {
    TypeError(
      "'\(a)' cannot be broadcast to '\(shape)'; "
        + "aligned at the last axis, extents must be equal or 1")
  }

  static func signature(_ complaint: String) -> TypeError { TypeError(complaint) }

  static func reshape(_ a: TensorType, to shape: Shape) -> TypeError {
    TypeError(
      "'reshape' keeps the number of elements: \(a.shape.count) in '\(a)', "
        + "\(shape.count) in '\(shape)'")
  }

  static func reshapeUnknown(_ a: TensorType, to shape: Shape) -> TypeError {
    TypeError(
      "the -1 in 'reshape' to '\(shape)' has no solution: the \(a.shape.count) elements of '\(a)' "
        + "are not a multiple of the other extents")
  }

  package static func axis(_ op: String, _ axis: Int, _ a: TensorType) -> TypeError {
    let span = a.rank == 0 ? "it has none" : "axes go from \(-a.rank) to \(a.rank - 1)"
    return TypeError("'\(spelled(reduction: op))' has no axis \(axis) in '\(a)'; \(span)")
  }

  static func axisTwice(_ op: String, _ axis: Int) -> TypeError {
    TypeError("'\(spelled(reduction: op))' names axis \(axis) twice")
  }

  static func permutation(_ axes: [Int], _ a: TensorType) -> TypeError {
    TypeError(
      "'transposed' needs each of the \(a.rank) axes of '\(a)' once; the axes are \(axes)")
  }

  package static func slice(axis: Int, _ start: Int, _ end: Int, _ a: TensorType) -> TypeError {
    TypeError(
      "the slice \(start)..<\(end) is not inside axis \(axis) of '\(a)', whose elements are "
        + "0..<\(a.shape[axis])")
  }

  package static func negativeExtent(_ op: String, _ a: TensorType, _ result: [Int]) -> TypeError {
    TypeError("'\(op)' of '\(a)' would have the shape \(Shape(result)); extents are at least 1")
  }

  static func concatEmpty() -> TypeError { TypeError("'concatenate' needs at least one tensor") }

  static func concatShapes(axis: Int, _ a: TensorType, _ b: TensorType) -> TypeError {
    TypeError(
      "'concatenate' along axis \(axis) needs equal extents on all other axes; found '\(a)' and "
        + "'\(b)'")
  }

  package static func needsFloat(_ op: String, _ a: TensorType) -> TypeError {
    TypeError("'\(op)' needs floating-point numbers; the operand is '\(a)'")
  }

  package static func needsInteger(_ op: String, _ what: String, _ a: TensorType) -> TypeError {
    TypeError("'\(op)' needs integer \(what); found '\(a)'")
  }

  static func needsNumbers(_ op: String, _ a: TensorType) -> TypeError {
    TypeError("'\(op)' needs numbers; the operand is '\(a)'")
  }

  package static func needsRank(_ op: String, _ ranks: String, _ name: String, _ a: TensorType)
    -> TypeError
  {
    let axes = ranks == "1" || ranks.hasSuffix(" 1") ? "axis" : "axes"
    return TypeError("'\(op)' needs \(ranks) \(axes); \(name) is '\(a)'")
  }

  package static func innerSizes(_ op: String, _ m: Int, _ a: TensorType, _ n: Int, _ b: TensorType)
    -> TypeError
  {
    TypeError("inner sizes of '\(op)' differ: \(m) in '\(a)', \(n) in '\(b)'")
  }

  static func matrixElement(_ op: String, _ a: TensorType) -> TypeError {
    TypeError("'\(op)' works in f32 or f64; the operand is '\(a)'")
  }

  static func notSquare(_ op: String, _ a: TensorType) -> TypeError {
    TypeError(
      "'\(op)' needs square matrices in the last two axes; "
        + "they are \(a.shape[-2]) x \(a.shape[-1]) in '\(a)'")
  }

  static func tall(_ op: String, _ a: TensorType) -> TypeError {
    TypeError("'\(op)' needs at least as many rows as columns; the operand is '\(a)'")
  }

  static func rowsDiffer(_ op: String, _ a: TensorType, _ b: TensorType) -> TypeError {
    TypeError(
      "the right side of '\(op)' needs as many rows as the matrix: \(a.shape[-2]) in '\(a)', "
        + "\(b.shape[-2]) in '\(b)'")
  }

  static func columnsDiffer(_ op: String, _ a: TensorType, _ b: TensorType) -> TypeError {
    TypeError(
      "the right side of '\(op)' needs as many columns as the matrix: \(a.shape[-1]) in '\(a)', "
        + "\(b.shape[-1]) in '\(b)'")
  }

  package static func extent(_ op: String, _ axis: Int, _ extent: Int, _ a: TensorType) -> TypeError
  {
    TypeError("'\(op)' needs \(extent) elements on axis \(axis); the operand is '\(a)'")
  }

  package static func einsum(_ equation: String, _ problem: String) -> TypeError {
    TypeError("the equation '\(equation)' of 'einsum' \(problem)")
  }

  static func leavesOperand(_ op: String, _ low: Int, _ high: Int, _ axis: Int, _ a: TensorType)
    -> TypeError
  {
    TypeError(
      "'\(op)' reads \(low)...\(high) on axis \(axis) of '\(a)', which goes from 0 to "
        + "\(a.shape[axis] - 1)")
  }

  package static func windowTooLarge(_ op: String, _ window: Int, _ extent: Int, _ a: TensorType)
    -> TypeError
  {
    TypeError(
      "the window of '\(op)' covers \(window) elements, but the padded axis of '\(a)' has only "
        + "\(extent)")
  }

  package static func groups(_ groups: Int, _ what: String, _ channels: Int) -> TypeError {
    TypeError(
      "the \(channels) \(what) of a convolution cannot be divided into \(groups) groups")
  }

  /// A tensor of one function used in another.
  package static func otherFunction(_ op: String) -> TypeError {
    TypeError(
      "'\(spelled(op))' is given a tensor that belongs to another function",
      hint: "a tensor lives only in the function that makes it; keep state in a 'Parameter'")
  }

  /// A tensor made inside a loop or a branch, used after it.
  package static func leavesRegion() -> TypeError {
    TypeError(
      "a tensor that was made inside a loop or a branch is used outside it",
      hint: "return it from the body, and use what the loop or the branch returns")
  }

  static func regionCounts(_ op: String) -> TypeError {
    TypeError("the graph of '\(op)' does not have the inputs and outputs that its operands require")
  }

  static func regionInput(_ op: String, _ i: Int, _ expected: TensorType, _ found: TensorType)
    -> TypeError
  {
    TypeError("input \(i) of the graph of '\(op)' must be '\(expected)'; it is '\(found)'")
  }

  static func carryChanges(_ op: String, _ i: Int, _ before: TensorType, _ after: TensorType)
    -> TypeError
  {
    TypeError(
      "value \(i + 1) that '\(spelled(op))' carries is '\(before)' before a step and '\(after)' "
        + "after it",
      hint: "a step must return each carried value with the type that it had")
  }

  static func sliceLength(_ op: String, _ length: Int, _ a: TensorType) -> TypeError {
    TypeError("'\(op)' takes \(length) steps along the first axis; found '\(a)'")
  }

  static func predicate(_ op: String, _ a: TensorType) -> TypeError {
    TypeError("the condition of '\(spelled(op))' must be a single 'bool[]'; it is '\(a)'")
  }

  static func branchesDiffer(_ op: String, _ i: Int, _ a: TensorType, _ b: TensorType) -> TypeError
  {
    TypeError("result \(i + 1) of '\(op)' is '\(a)' if the condition holds and '\(b)' if not")
  }

  static func lossNotScalar(_ a: TensorType) -> TypeError {
    TypeError(
      "a gradient starts from a single number; the loss is '\(a)'", hint: "take its mean or sum")
  }

  static func lossNotFloat(_ a: TensorType) -> TypeError {
    TypeError("a gradient needs a floating-point loss; the loss is '\(a)'")
  }

  static func gradientOfInteger(_ a: TensorType) -> TypeError {
    TypeError("there is no gradient by '\(a)': only floating-point values have one")
  }

  /// A wrong number of gradients.
  package static func gradientCount(_ expected: Int, _ found: Int) -> TypeError {
    TypeError(
      "'customGradient' needs a gradient for each of \(expected) inputs; found \(found)")
  }

  static func gradientType(_ input: TensorType, _ gradient: TensorType) -> TypeError {
    TypeError(
      "a gradient of 'customGradient' must have the type of its input, '\(input)'; "
        + "it is '\(gradient)'")
  }

  package static func positive(_ op: String, _ what: String, _ value: Int) -> TypeError {
    TypeError("the \(what) of '\(op)' must be at least 1; it is \(value)")
  }
}

// Views.
extension TypeError {
  package static func squeezed(_ axis: Int, _ a: TensorType) -> TypeError {
    TypeError(
      "'squeezed' removes an axis of extent 1; axis \(axis) of '\(a)' has extent \(a.shape[axis])")
  }

  static func unflattened(_ axis: Int, _ a: TensorType, to shape: Shape) -> TypeError {
    TypeError(
      "'unflattened' divides axis \(axis) of '\(a)' into axes whose extents multiply to "
        + "\(a.shape[axis]); found '\(shape)'")
  }

  static func emptySlice(axis: Int, _ a: TensorType) -> TypeError {
    TypeError("the slice of axis \(axis) of '\(a)' has no elements; at least one must remain")
  }

  package static func split(_ sizes: [Int], _ axis: Int, _ a: TensorType) -> TypeError {
    TypeError(
      "the sizes of 'split' must be at least 1 and add up to the \(a.shape[axis]) elements of "
        + "axis \(axis) of '\(a)'; found \(sizes)")
  }

  package static func repetitions(_ counts: [Int], _ axis: Int, _ a: TensorType) -> TypeError {
    TypeError(
      "'repeatedEach' needs a count for each of the \(a.shape[axis]) elements of axis \(axis) of "
        + "'\(a)', none below 0 and not all 0; found \(counts)")
  }

  package static func diagonal(_ offset: Int, _ rows: Int, _ columns: Int, _ a: TensorType)
    -> TypeError
  {
    TypeError(
      "the diagonal \(offset) of '\(a)' has no elements; with \(rows) rows and \(columns) columns, "
        + "diagonals go from \(1 - rows) to \(columns - 1)")
  }

  package static func paddingTooLarge(
    _ mode: String, _ amount: Int, axis: Int, _ a: TensorType, most: Int
  ) -> TypeError {
    TypeError(
      "padding '\(mode)' adds at most \(most) elements to axis \(axis) of '\(a)'; "
        + "found \(amount)")
  }

  package static func undivided(_ op: String, _ axis: Int, by divisor: Int, _ a: TensorType)
    -> TypeError
  {
    TypeError(
      "'\(op)' needs an extent of axis \(axis) that is divisible by \(divisor); it is "
        + "\(a.shape[axis]) in '\(a)'")
  }

  package static func columns(_ a: TensorType, _ size: Int, _ counts: [Int]) -> TypeError {
    TypeError(
      "'folded' needs [n, c * \(size), \(counts.reduce(1, *))], one column for each window; "
        + "the operand is '\(a)'")
  }

  package static func affine(_ a: TensorType, _ rows: Int, _ columns: Int) -> TypeError {
    TypeError(
      "'affineGrid' needs matrices [n, 2, 3] and a size of at least 1; found '\(a)' and "
        + "\([rows, columns])")
  }

  package static func grid(_ a: TensorType, for image: TensorType) -> TypeError {
    TypeError(
      "'gridSample' needs an image [n, c, y, x] and a grid [n, rows, columns, 2] of its element "
        + "type; found '\(image)' and '\(a)'")
  }
}

// How a model writes an operation.
private func spelled(_ op: String) -> String {
  switch op {
  case "add": "+"
  case "subtract": "-"
  case "multiply": "*"
  case "divide": "/"
  case "equal": ".=="
  case "notEqual": ".!="
  case "less": ".<"
  case "lessEqual": ".<="
  case "greater": ".>"
  case "greaterEqual": ".>="
  case "and": ".&&"
  case "or": ".||"
  case "power": "pow"
  case "while": "whileLoop"
  default: op
  }
}

// How a model writes a reduction.
private func spelled(reduction op: String) -> String {
  switch op {
  case "maximum": "max"
  case "minimum": "min"
  case "argMaximum": "argmax"
  case "argMinimum": "argmin"
  default: op
  }
}

// Returns the expression that makes a vector fit an axis of `a` that is not the last, if only one
// can be meant.
private func alignment(_ a: TensorType, _ b: TensorType) -> String? {
  guard b.rank == 1, let extent = b.shape.dims.first, extent > 1 else { return nil }
  let axes = a.shape.dims.indices.filter { a.shape[$0] == extent }
  guard axes.count == 1, let axis = axes.first else { return nil }
  let shape = Shape([extent] + Array(repeating: 1, count: a.rank - axis - 1))
  return "to fit axis \(axis) of '\(a)', '\(b)' needs the shape '\(shape)'; see 'reshaped'"
}
