package import LoopIR
package import Support

/// The first operand with a part replaced by the second. The part begins at positions known only at
/// run time: the other operands, one number for each axis. They are clamped so that the part lies
/// inside.
///
///     %4 = dynamicUpdate %0, %1, %2, %3 : f32[1024, 64]
package struct DynamicUpdate: PartialUpdate {
  package init() {}

  package static let word = "dynamicUpdate"
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {}

  package var operandCount: ClosedRange<Int> { 2...Int.max }
  package var role: FusionRole { .choice }
  package var verb: String { "update" }

  /// Two operands of one element type and rank, the second not larger along any axis, and a single
  /// integer for each axis; the result has the type of the first.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let (x, patch) = (operands[0], operands[1])
    guard patch.element == x.element else { throw .elementTypesDiffer(mnemonic, x, patch) }
    try DynamicSlice.check(mnemonic, x, patch.dims, starts: Array(operands.dropFirst(2)))
    return [x]
  }

  /// For the first operand, the seed with zeros in the part; for the second, that part of the seed;
  /// none for positions.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return context.operands.map { _ in nil } }
    let (patch, starts) = (context.operands[1], Array(context.operands.dropFirst(2)))
    let builder = seed.builder
    let rest = builder.apply(self, [seed, patch.filled(0)] + starts)
    let part = builder.apply(DynamicSlice(patch.shape.dims), [seed] + starts)
    return rest + part + starts.map { _ in nil }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      let sizes = operands[1].dims
      let starts = DynamicSlice.starts(access, from: 2, operands[0].dims, sizes)
      let inner = zip(index, starts).map { $0 - $1 }
      let conditions = zip(inner, sizes).filter {
        $0.range.lowerBound < 0 || $0.range.upperBound >= $1
      }
      .map { Expression.within($0, 0..<$1) }
      guard let first = conditions.first else { return access(1, inner) }
      let isInside = conditions.dropFirst().reduce(first) { $0.and($1) }
      return .apply(.select, [isInside, access(1, inner), access(0, index)])
    }
  }
}

extension DynamicUpdate {
  /// Writes the part to its place.
  package func change(_ context: LoopContext, _ operands: [TensorType]) -> [Statement] {
    let target = context.results[0]
    let sizes = operands[1].dims
    var names: [Statement] = []
    var (starts, notation): ([Index], [Index]) = ([], [])
    for (axis, start) in DynamicSlice.starts(context.operands, from: 2, operands[0].dims, sizes)
      .enumerated()
    {
      notation.append(start)
      guard start.asConstant == nil else {
        starts.append(start)
        continue
      }
      let pick = context.operands(axis + 2, [])
      let local = context.local("start", pick.type)
      let extent = operands[0].dims[axis] - sizes[axis] + 1
      names.append(.constant(local, Gather.clamped(pick, extent: extent)))
      starts.append(Index(.local(local), in: 0...(extent - 1)))
    }
    let variables = context.variables(sizes)
    let inner = variables.map { Index($0) }
    let value = context.operands(1, inner)
    context.define(Definition(.buffer(target, zip(inner, notation).map { $0 + $1 }), value))
    let place = zip(inner, starts).map { $0 + $1 }
    return names + LoopContext.nest(variables, [.store(target, place, value)])
  }

  /// The result for given operands.
  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    var result = operands[0]
    let patch = operands[1]
    let (starts, isSure) = DynamicSlice.starts(operands.dropFirst(2), result.dims, patch.dims)
    for position in Numbers.positions(patch.dims) {
      let place = zip(position, starts).map { $0 + $1 }
      result.set(place, patch[position], bound: patch.bounds[patch.offset(position)])
    }
    if !isSure { result.bounds = result.bounds.map { _ in .infinity } }
    return [result]
  }
}
