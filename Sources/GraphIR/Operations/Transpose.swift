internal import LoopIR
package import Support

/// The same elements with the axes in another order: axis `i` of the result is axis `axes[i]`.
///
///     %1 = transpose %0 {1, 0} : f32[784, 32]
package struct Transpose: Operation {
  package let axes: [Int]

  package init(_ axes: [Int]) { self.axes = axes }

  package static let word = "transpose"
  package var attributes: String { axes.map(String.init).joined(separator: ", ") }

  package init(from text: inout OperationText) throws(ParseError) {
    axes = try text.integers("an axis")
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .view }

  /// Each axis of the operand is named once; the element type stays.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard axes.sorted() == Array(0..<x.rank) else { throw .permutation(axes, x) }
    return [TensorType(x.element, axes.map { x.dims[$0] })]
  }

  /// The seed with its axes put back.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    var inverse = axes
    for (i, axis) in axes.enumerated() { inverse[axis] = i }
    return [context.seeds[0]?.transposed(inverse)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      var source = index
      for (i, axis) in axes.enumerated() { source[axis] = index[i] }
      return access(0, source)
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    [
      Numbers(resultTypes(for: operands)[0]) { position in
        var source = position
        for (i, axis) in axes.enumerated() { source[axis] = position[i] }
        return operands[0][bounded: source]
      }
    ]
  }
}
