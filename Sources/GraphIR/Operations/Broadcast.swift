internal import LoopIR
package import Support

/// Elements repeated along axes: axis `i` of the operand becomes axis `axes[i]` of the result and
/// has the same extent there, or has extent 1.
///
///     %1 = broadcast %0 {1} : f32[32, 128]
package struct Broadcast: Operation {
  package let shape: Shape
  package let axes: [Int]

  package init(to shape: Shape, axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }

  package static let word = "broadcast"
  package var attributes: String { axes.map(String.init).joined(separator: ", ") }

  package init(from text: inout OperationText) throws(ParseError) {
    shape = try text.type().shape
    axes = try text.integers("an axis")
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .view }

  /// Ascending axes of the result, one for each axis of the operand, which has the same extent or
  /// extent 1.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard axes.count == x.rank, zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }),
      zip(axes, x.dims).allSatisfy({ axis, extent in
        axis >= 0 && axis < shape.rank && (extent == 1 || extent == shape.dims[axis])
      })
    else { throw .cannotExpand(x, to: shape) }
    return [TensorType(x.element, shape)]
  }

  /// The seed, summed over the axes along which elements are repeated.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    let x = context.operands[0]
    let kept = zip(axes, x.shape.dims).filter { shape.dims[$0] == $1 }.map(\.0)
    let summed = (0..<shape.rank).filter { !kept.contains($0) && shape.dims[$0] != 1 }
    return [seed.sum(axes: summed).reshaped(x.shape)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      access(0, zip(axes, operands[0].dims).map { $1 == 1 ? Index(0) : index[$0] })
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let x = operands[0]
    return [
      Numbers(TensorType(x.type.element, shape)) { position in
        x[bounded: zip(axes, x.dims).map { axis, extent in extent == 1 ? 0 : position[axis] }]
      }
    ]
  }
}
