package import LoopIR
package import Support

/// A scalar function of each element.
///
///     %2 = add %0, %1 : f32[32, 128]
package struct Map: Operation {
  package let function: ScalarFunction

  package init(_ function: ScalarFunction) { self.function = function }

  package static let word = "map"
  package var mnemonic: String { function.rawValue }
  package var attributes: String { "" }

  package init(from text: inout OperationText) throws(ParseError) {
    guard let function = ScalarFunction(rawValue: text.mnemonic) else {
      preconditionFailure("'\(text.mnemonic)' is no scalar function")
    }
    self.function = function
  }

  package var operandCount: ClosedRange<Int> { function.arity...function.arity }
  package var role: FusionRole { .map }

  /// Operands of one shape, of the element types that the function takes.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    if let complaint = function.complaint(about: operands.map(\.element)) {
      throw .signature(complaint)
    }
    for other in operands.dropFirst() where other.shape != operands[0].shape {
      throw .shapesDiffer(mnemonic, operands[0], other)
    }
    return [TensorType(function.resultType(operands.map(\.element)), operands[0].shape)]
  }

  /// The seed times the slope by each operand, from the function's row.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return context.operands.map { _ in nil } }
    let operands = context.operands.enumerated().map { i, x in
      Expression.local(Local(id: i, name: "x\(i)", type: x.elementType))
    }
    let result = Local(id: operands.count, name: "y", type: context.results[0].elementType)
    let values = context.operands + context.results
    return function.row.slopes(operands, .local(result)).map { slope in
      slope.map { product(seed, $0, values) }
    }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      .apply(function, operands.indices.map { access($0, index) })
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let type = resultTypes(for: operands)[0]
    let elements = operands.map(\.type.element)
    let results = operands[0].values.indices.map { i in
      function.evaluated(operands.map { $0[flat: i] }, elements, type.element)
    }
    return [Numbers(type, results)]
  }

  // The seed times a slope; slopes that are 1, -1, or choose between 0 and 1 need no product.
  private func product(_ seed: Tensor, _ slope: Expression, _ values: [Tensor]) -> Tensor {
    if case .literal(let literal) = slope {
      if literal.isExactly(1) { return seed }
      if literal.isExactly(-1) { return -seed }
    }
    if case .apply(.select, let x) = slope, case .literal(let a) = x[1],
      case .literal(let b) = x[2], a.isExactly(1), b.isExactly(0)
    {
      return select(tensor(x[0], values), seed, seed.filled(0))
    }
    if case .apply(.select, let x) = slope, case .literal(let a) = x[1],
      case .literal(let b) = x[2], a.isExactly(0), b.isExactly(1)
    {
      return select(tensor(x[0], values), seed.filled(0), seed)
    }
    return seed * tensor(slope, values)
  }

  // The slope as graph code over the operands and the result.
  private func tensor(_ slope: Expression, _ values: [Tensor]) -> Tensor {
    slope.folded(
      literal: { values[0].filled($0.double, as: $0.type) }, local: { values[$0.id] },
      apply: { function, operands, _ in
        values[0].builder.apply(Map(function), operands)[0]
      })
  }
}
