internal import GraphIR
internal import LoopIR

extension GraphPass {
  /// Evaluates operations on constants.
  ///
  ///     %0 = constant {2.0} : f32[8]
  ///     %1 = sqrt %0 : f32[8]
  /// ->
  ///     %1 = constant {1.4142135623730951} : f32[8]
  ///
  /// Only constants of one value are folded, so a program never grows.
  package static let foldConstants = GraphPass(
    "fold-constants", "compute values that depend only on constants",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        let node = graph[id]
        let operands = rewriter.operands(id)
        let values = operands.map { rewriter.splat($0) }
        guard let literals = all(values), !literals.isEmpty,
          let literal = fold(node.op, literals, node.types[0])
        else { return nil }
        return rewriter.apply(Constant([literal], node.types[0]), [])
      }
    })
}

extension Rewriter {
  /// Returns the one value that all elements of `x` have, if it is a constant of that kind.
  func splat(_ x: Tensor) -> Literal? {
    guard let value = x.value, let constant = builder.graph[value.node].op as? Constant else {
      return nil
    }
    return constant.splat
  }
}

private func all(_ values: [Literal?]) -> [Literal]? {
  let present = values.compactMap { $0 }
  return present.count == values.count ? present : nil
}

// The value of an operation on operands of one value each; nil if it is not folded.
private func fold(_ op: any Operation, _ values: [Literal], _ type: TensorType) -> Literal? {
  switch op {
  case let map as Map:
    // Wide integers do not survive 64-bit floating-point arithmetic.
    guard values.allSatisfy({ $0.type.isFloat || abs($0.double) < 0x1p53 }) else { return nil }
    return literal(map.function.row.value(values.map(\.double)), type.element)
  case let cast as Cast:
    // A constant keeps 64 bits; a cast rounds it.
    let value = values[0].type.stored(values[0].double)
    if cast.element == .bool { return Literal(value != 0 ? 1.0 : 0.0, .bool) }
    return literal(cast.element.isFloat ? cast.element.stored(value) : value, cast.element)
  case is Reshape, is Transpose, is Broadcast, is Slice:
    return values[0]
  case let pad as Pad:
    return pad.value == values[0] ? values[0] : nil
  case is Concat:
    return values.allSatisfy { $0 == values[0] } ? values[0] : nil
  case is Gather:
    return values[0]
  case let reduce as Reduce: return joined(values[0], reduce, type.element)
  default: return nil
  }
}

// The reduction of a constant. A sum is rounded after each addition, as its loop would do, which
// has no lanes as it reads nothing; so folding changes no bit.
private func joined(_ value: Literal, _ reduce: Reduce, _ type: ElementType) -> Literal? {
  switch reduce.monoid {
  case .maximum, .minimum, .any, .all: return value.type == type ? value : nil
  case .sum:
    let count = reduce.map.joinedAxes.reduce(1) { $0 * $1.extent }
    // Loops keep sums of 16-bit floats in f32; long ones may be split.
    guard type == .f32 || type == .f64, value.type == type, count <= longestSum else { return nil }
    let number = type.stored(value.double)
    return Literal((0..<count).reduce(0.0) { sum, _ in type.stored(sum + number) }, type)
  case .product, .argMaximum, .argMinimum: return nil
  }
}

// Longer sums are left alone: they might be split, and then be rounded otherwise.
private let longestSum = 4096

// The number as a constant; nil for an integer that does not fit the type, or is not exact.
private func literal(_ value: Double, _ type: ElementType) -> Literal? {
  guard type.isInteger else { return Literal(value, type) }
  let whole = value.rounded(.towardZero)
  guard whole.magnitude < 0x1p53, type.stored(whole) == whole else { return nil }
  return Literal(whole, type)
}
