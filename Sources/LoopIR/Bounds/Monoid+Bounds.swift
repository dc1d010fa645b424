extension Monoid {
  /// Returns the reduction of `items`, of which there is at least one, in `type`, that of the
  /// result.
  package func joined(_ items: [Bounded], _ type: ElementType) -> Bounded {
    switch self {
    case .sum:
      var sum = BoundedSum()
      for item in items { sum.add(item) }
      return sum.rounded(to: type)
    case .product:
      let product = items.reduce(Bounded(1)) { $0.times($1, in: type.sumType) }
      let value = type.stored(product.value)
      return Bounded(value, bound: product.bound + type.rounding(product.value))
    case .maximum: return extreme(items, 1)
    case .minimum: return extreme(items, -1)
    case .any: return decided(items, by: 1)
    case .all: return decided(items, by: 0)
    case .argMaximum: return place(items, 1)
    case .argMinimum: return place(items, -1)
    }
  }

  // The largest item, or the smallest for the sign -1; NaN if one of them is NaN.
  private func extreme(_ items: [Bounded], _ sign: Double) -> Bounded {
    if items.contains(where: { $0.bound.isInfinite }) {
      return Bounded(items[0].value, bound: .infinity)
    }
    if items.contains(where: { $0.value.isNaN }) { return Bounded(.nan) }
    func most(_ reach: Double) -> Double {
      items.reduce(-.infinity) { max($0, sign * $1.value + reach * $1.bound) }
    }
    let value = most(0)
    return Bounded(
      sign * value, bound: max(distance(most(1), value), distance(value, most(-1))))
  }

  // `value` if some item has it, whatever the others are: true decides `any`, false decides `all`.
  private func decided(_ items: [Bounded], by value: Double) -> Bounded {
    if items.contains(where: { $0.value == value && $0.bound < 0.5 }) { return Bounded(value) }
    let found = items.contains { $0.value == value }
    let isOpen = items.contains { $0.bound >= 0.5 }
    return Bounded(found ? value : 1 - value, bound: isOpen ? 1 : 0)
  }

  // The first place of the largest item, or the smallest for the sign -1; the first NaN comes
  // before all.
  private func place(_ items: [Bounded], _ sign: Double) -> Bounded {
    if let first = items.firstIndex(where: \.value.isNaN) {
      let isOpen = items.contains { $0.bound.isInfinite }
      return Bounded(Double(first), bound: isOpen ? .infinity : 0)
    }
    var best = 0
    for (i, item) in items.enumerated() where sign * item.value > sign * items[best].value {
      best = i
    }
    let winner = items[best]
    var far = 0
    for (i, item) in items.enumerated() where i != best {
      let reach = item.bound + winner.bound
      let mayWin = sign * (winner.value - item.value) <= reach
      if reach > 0, mayWin || reach.isInfinite { far = max(far, abs(i - best)) }
    }
    return Bounded(Double(best), bound: Double(far))
  }
}
