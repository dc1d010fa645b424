internal import LoopIR
package import Support

/// A part of given extents that begins at positions known only at run time: the other operands, one
/// number for each axis. Positions are clamped so that the part lies inside, as in XLA.
///
///     %3 = dynamicSlice %0, %1, %2 {1, 64} : f32[1, 64]
package struct DynamicSlice: Operation {
  package let sizes: [Int]

  package init(_ sizes: [Int]) { self.sizes = sizes }

  package static let word = "dynamicSlice"
  package var attributes: String { sizes.map(String.init).joined(separator: ", ") }

  package init(from text: inout OperationText) throws(ParseError) {
    sizes = try text.integers("an extent")
  }

  package var operandCount: ClosedRange<Int> { (1 + sizes.count)...(1 + sizes.count) }
  package var role: FusionRole { .choice }
  package var verb: String { "slice" }

  /// An operand, and a single integer for each of its axes; the part must not be larger.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    try DynamicSlice.check(mnemonic, x, sizes, starts: Array(operands.dropFirst()))
    return [TensorType(x.element, sizes)]
  }

  /// Checks a part of `x` that begins at `starts`.
  static func check(_ op: String, _ x: TensorType, _ sizes: [Int], starts: [TensorType])
    throws(TypeError)
  {
    guard sizes.count == x.rank, zip(sizes, x.dims).allSatisfy({ $0 >= 1 && $0 <= $1 }) else {
      throw .partTooLarge(op, sizes, x)
    }
    guard starts.count == x.rank else { throw .startCount(op, starts.count, x) }
    for start in starts where !start.element.isInteger || start.rank != 0 {
      throw .startKind(op, start)
    }
  }

  /// Zeros with the seed in the place of the part; none for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return context.operands.map { _ in nil } }
    let starts = Array(context.operands.dropFirst())
    let zeros = context.operands[0].filled(0)
    return seed.builder.apply(DynamicUpdate(), [zeros, seed] + starts) + starts.map { _ in nil }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      let starts = DynamicSlice.starts(access, from: 1, operands[0].dims, sizes)
      return access(0, zip(index, starts).map { $0 + $1 })
    }
  }

  /// Returns where a part begins; the starts are the operands from number `first` on.
  static func starts(
    _ access: OperationDefinition.Access, from first: Int, _ dims: [Int], _ sizes: [Int]
  ) -> [Index] {
    dims.indices.map { axis in
      // A part that fills an axis can only begin at its first element.
      sizes[axis] == dims[axis]
        ? Index(0)
        : Gather.position(access(first + axis, []), extent: dims[axis] - sizes[axis] + 1)
    }
  }

  /// Returns where a part begins, and whether that is known exactly.
  static func starts(_ operands: ArraySlice<Numbers>, _ dims: [Int], _ sizes: [Int])
    -> (starts: [Int], isSure: Bool)
  {
    let starts = zip(operands, zip(dims, sizes)).map { $0.pick([], extent: $1.0 - $1.1 + 1) }
    return (starts, operands.allSatisfy { $0.isSure([]) })
  }
}

extension DynamicSlice {
  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let x = operands[0]
    let (starts, isSure) = DynamicSlice.starts(operands.dropFirst(), x.dims, sizes)
    let places = Numbers.positions(sizes).map { x.offset(zip($0, starts).map { $0 + $1 }) }
    return [
      Numbers(
        TensorType(x.type.element, sizes), places.map { x.values[$0] },
        bounds: places.map { isSure ? x.bounds[$0] : .infinity })
    ]
  }
}
