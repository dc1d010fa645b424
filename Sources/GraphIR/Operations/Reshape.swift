package import LoopIR
package import Support

/// The same elements in row-major order under another shape.
///
///     %1 = reshape %0 : f32[32, 784]
package struct Reshape: Operation {
  package let shape: Shape

  package init(to shape: Shape) { self.shape = shape }

  package static let word = "reshape"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {
    shape = try text.type().shape
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .view }

  /// A shape of as many elements; the element type stays.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    guard operands[0].shape.count == shape.count else { throw .reshape(operands[0], to: shape) }
    return [TensorType(operands[0].element, shape)]
  }

  /// The seed in the shape of the operand.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    [context.seeds[0]?.reshaped(context.operands[0].shape)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      access(0, Reshape.move(index, from: shape.dims, to: operands[0].dims))
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    [operands[0].viewed(as: TensorType(operands[0].type.element, shape))]
  }

  /// Returns the position in an array of shape `target` of the element at `index` in an array of
  /// shape `source` with as many elements.
  package static func move(_ index: [Index], from source: [Int], to target: [Int]) -> [Index] {
    // Axes are grouped until both sides have as many elements. If the target has one axis in a
    // group, its position is a sum; several need quotients, the first of them no remainder.
    var result: [Index] = []
    var (i, j) = (0, 0)
    while i < source.count || j < target.count {
      let (firstSource, firstTarget) = (i, j)
      var (m, n) = (1, 1)
      repeat {
        if i < source.count, m <= n || j == target.count {
          m *= source[i]
          i += 1
        } else {
          n *= target[j]
          j += 1
        }
      } while m != n
      var flat = Index(0)
      for axis in firstSource..<i { flat = flat * source[axis] + index[axis] }
      var places: [Index] = []
      for axis in (firstTarget..<j).reversed() {
        let (quotient, remainder) = flat.divided(by: target[axis])
        places.append(axis == firstTarget && target[axis] > 1 ? flat : remainder)
        flat = quotient
      }
      result += places.reversed()
    }
    return result
  }
}
