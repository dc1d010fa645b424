// Positions, orders, boxes and lines of tokens.
extension TypeError {
  package static func positionsLeave(
    _ op: String, _ axis: Int, _ x: TensorType, _ picks: TensorType
  )
    -> TypeError
  {
    TypeError(
      "'\(op)' needs positions of the tensor's rank, and no longer than it on any axis except "
        + "\(axis); the positions are '\(picks)', the tensor is '\(x)'")
  }

  package static func slicePositions(_ axis: Int, _ values: TensorType, _ picks: TensorType)
    -> TypeError
  {
    TypeError(
      "'scattered' needs a vector with one position for each slice of axis \(axis), and slices "
        + "in the shape of the tensor's; the slices are '\(values)', the positions '\(picks)'")
  }

  package static func pointRank(_ op: String, _ x: TensorType, _ points: TensorType) -> TypeError {
    TypeError(
      "the last axis of the points of '\(op)' holds one position for each of up to \(x.rank) axes "
        + "of '\(x)'; the points are '\(points)'")
  }

  package static func pointValues(
    _ op: String, _ x: TensorType, _ points: TensorType, _ values: TensorType
  ) -> TypeError {
    let shape = Shape(points.dims.dropLast() + x.dims[(points.dims.last ?? 0)...])
    return TypeError(
      "'\(op)' at points '\(points)' needs values of shape \(shape); found '\(values)'")
  }

  static func partTooLarge(_ op: String, _ sizes: [Int], _ x: TensorType) -> TypeError {
    TypeError("the part \(Shape(sizes)) of '\(op)' does not fit into '\(x)'")
  }

  package static func startCount(_ op: String, _ count: Int, _ x: TensorType) -> TypeError {
    TypeError(
      "'\(op)' needs one start for each of the \(x.rank) axes of '\(x)'; found \(count)")
  }

  static func startKind(_ op: String, _ start: TensorType) -> TypeError {
    TypeError("'\(op)' needs a single integer as the start on each axis; found '\(start)'")
  }

  package static func moreThanThere(_ op: String, _ count: Int, _ axis: Int, _ x: TensorType)
    -> TypeError
  {
    TypeError(
      "'\(op)' cannot take \(count) elements along axis \(axis) of '\(x)', which has "
        + "\(x.shape[axis])"
    )
  }

  static func sortedRows(_ op: String, _ rows: TensorType, _ values: TensorType) -> TypeError {
    TypeError(
      "'\(op)' needs one sorted row, or rows with the leading axes of the values; the rows "
        + "are '\(rows)', the values '\(values)'")
  }

  package static func boxes(_ op: String, _ boxes: TensorType) -> TypeError {
    TypeError("'\(op)' needs boxes [..., n, 4]; found '\(boxes)'")
  }

  package static func scores(_ op: String, _ boxes: TensorType, _ scores: TensorType) -> TypeError {
    TypeError(
      "'\(op)' needs one number for each box: shape \(Shape(boxes.dims.dropLast())) for "
        + "'\(boxes)'; found '\(scores)'")
  }

  static func linesDiffer(_ op: String, _ a: TensorType, _ b: TensorType) -> TypeError {
    TypeError("'\(op)' needs equal axes before the last one; found '\(a)' and '\(b)'")
  }

  static func lengths(_ op: String, _ lines: TensorType, _ lengths: TensorType) -> TypeError {
    TypeError(
      "'\(op)' needs one length for each line of tokens: shape \(Shape(lines.dims.dropLast())) for "
        + "'\(lines)'; found '\(lengths)'")
  }
}

// Brackets.
extension TypeError {
  package static func noPosition(_ position: Int, axis: Int, _ x: TensorType) -> TypeError {
    let extent = x.shape[axis]
    return TypeError(
      "axis \(axis) of '\(x)' has no position \(position); positions go from \(-extent) to "
        + "\(extent - 1)")
  }

  package static func bracketCount(_ count: Int, _ x: TensorType) -> TypeError {
    TypeError("the brackets pick from \(count) axes; '\(x)' has \(x.rank)")
  }

  package static func bracketsApart(_ x: TensorType) -> TypeError {
    TypeError(
      "tensors of positions in the brackets of '\(x)' must stand side by side",
      hint: "bring their axes together with 'movedAxis' first")
  }

  package static func maskInBrackets(_ mask: TensorType) -> TypeError {
    TypeError(
      "the brackets hold the mask '\(mask)'; how many elements it picks depends on data, and "
        + "shapes must not",
      hint: "'select(mask, x, 0)' keeps the shape, and 'x[mask] = y' assigns where it is true")
  }

  package static func assignedElement(_ value: TensorType, to x: TensorType) -> TypeError {
    TypeError(
      "a part of '\(x)' is assigned '\(value)', which it cannot hold exactly",
      hint: "convert it with 'cast(to: .\(x.element))'")
  }

  package static func maskShape(_ mask: TensorType, _ x: TensorType) -> TypeError {
    TypeError(
      "a mask in brackets needs the extents of the first axes of the tensor; the mask is "
        + "'\(mask)', the tensor '\(x)'")
  }
}
