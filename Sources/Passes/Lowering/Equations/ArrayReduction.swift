internal import LoopIR

/// A reduction of many elements at once, each with its place in an array.
///
///     float best[32];
///     int32_t argmax[32] = {0};
///     for (int u = 0; u < 4; u++)
///       for (int l = 0; l < 32; l++) {
///         const bool is_better = x[u][l] > best[l];
///         argmax[l] = is_better ? u : argmax[l];
///         best[l] = is_better ? x[u][l] : best[l];
///       }
///
/// There is no branch, so compilers can vectorise it.
struct ArrayReduction {
  private let reduction: Reduction
  private let elements: KernelElements
  /// The partial results: sums, extremes, or positions of extremes.
  let results: Buffer
  /// The extremes themselves, where positions are wanted.
  private let extremes: Buffer?

  init(_ reduction: Reduction, _ elements: KernelElements, _ shape: [Int]) {
    self.reduction = reduction
    self.elements = elements
    results = elements.array(reduction.result.name, reduction.result.type, shape)
    switch reduction.monoid {
    case .argMaximum, .argMinimum: extremes = elements.array("best", reduction.body.type, shape)
    case .sum, .product, .maximum, .minimum, .any, .all: extremes = nil
    }
  }

  /// The declarations of the arrays.
  var start: [Statement] {
    let identity = reduction.monoid.identity(reduction.body.type)
    guard let extremes else { return [.array(results, fill: identity)] }
    return [
      .array(extremes, fill: identity),
      .array(results, fill: Literal(Int64(0), results.type)),
    ]
  }

  /// Reduces a value into the element at `slot`.
  func step(_ slot: [Index], _ value: Expression) -> [Statement] {
    guard let extremes else {
      return [.store(results, slot, reduction.monoid.joined(result(slot), value))]
    }
    let new = elements.local("value", value.type)
    let isBetter = elements.local("is_better", .bool)
    let flat = reduction.variables.reduce(Index(0)) { $0 * $1.extent + Index($1) }
    let best = Expression.load(extremes, slot)
    func better(_ a: Expression, _ b: Expression) -> Expression {
      .apply(.select, [.local(isBetter), a, b])
    }
    return [
      .constant(new, value),
      .constant(isBetter, reduction.better(.local(new), than: best)),
      .store(results, slot, better(.index(flat, results.type), result(slot))),
      .store(extremes, slot, better(.local(new), best)),
    ]
  }

  /// The result of the element at `slot`.
  func result(_ slot: [Index]) -> Expression { .load(results, slot) }
}
