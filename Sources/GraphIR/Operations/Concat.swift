internal import LoopIR
package import Support

/// Tensors one after the other along an axis.
///
///     %2 = concat %0, %1 {1} : f32[32, 256]
package struct Concat: Operation {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package static let word = "concat"
  package var attributes: String { "\(axis)" }

  package init(from text: inout OperationText) throws(ParseError) {
    axis = try text.attributes.integer("an axis", in: text.attribute)
  }

  package var operandCount: ClosedRange<Int> { 1...Int.max }
  package var role: FusionRole { .choice }

  /// One or more operands of one element type and rank, whose extents are equal on all other axes.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    guard let first = operands.first else { throw .concatEmpty() }
    var dims = first.dims
    guard dims.indices.contains(axis) else { throw .axis("concatenate", axis, first) }
    dims[axis] = 0
    for x in operands {
      guard x.element == first.element else { throw .elementTypesDiffer("concatenate", first, x) }
      guard x.rank == first.rank,
        (0..<x.rank).allSatisfy({ $0 == axis || x.dims[$0] == first.dims[$0] })
      else { throw .concatShapes(axis: axis, first, x) }
      dims[axis] += x.dims[axis]
    }
    return [TensorType(first.element, dims)]
  }

  /// The operand's part of the seed.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return context.operands.map { _ in nil } }
    var start = 0
    return context.operands.map { x in
      let parts = x.shape.dims.enumerated().map { i, extent in
        Slice.Part(start: i == axis ? start : 0, count: extent)
      }
      start += x.shape.dims[axis]
      return seed.sliced(parts)
    }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      let range = index[axis].range
      var start = results[0].dims[axis]
      var result: Expression?
      // Built from the last operand to the first, each choice contains the ones after it. Operands
      // out of reach of the position are left out.
      for i in operands.indices.reversed() {
        let end = start
        start -= operands[i].dims[axis]
        guard range.overlaps(start...(end - 1)) else { continue }
        var source = index
        source[axis] = source[axis] - start
        let element = access(i, source)
        let isHere = Expression.within(index[axis], 0..<end)
        result = result.map { .apply(.select, [isHere, element, $0]) } ?? element
      }
      // A position that reaches no operand is in a choice that always takes the other value.
      return result ?? .literal(Literal(0.0, results[0].element))
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    [
      Numbers(resultTypes(for: operands)[0]) { position in
        var source = position
        for x in operands {
          if source[axis] < x.dims[axis] { return x[bounded: source] }
          source[axis] -= x.dims[axis]
        }
        preconditionFailure("a position behind all operands of 'concat'")
      }
    ]
  }
}
