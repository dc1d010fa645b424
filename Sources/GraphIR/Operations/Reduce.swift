package import LoopIR
package import Support

/// Elements reduced over axes, or over windows that slide along axes.
///
///     %1 = reduce %0 {sum [n=32 | i=784] (n, i)} : f32[32]
///     %2 = reduce %0 {maximum [y=4, x=4 | u=2, v=2] (2*y+u, 2*x+v)} : f32[4, 4]
package struct Reduce: Operation {
  package let monoid: Monoid
  package let map: AxisMap

  package init(_ monoid: Monoid, _ map: AxisMap) {
    self.monoid = monoid
    self.map = map
  }

  package static let word = "reduce"
  package var attributes: String { "\(monoid.rawValue) \(map.description)" }

  package init(from text: inout OperationText) throws(ParseError) {
    monoid = try text.attributes.choice("the name of a reduction")
    map = try text.attributes.axisMap(operands: 1)
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .reduce }

  package var verb: String { monoid.word }

  /// An operand with the rank of the map, which reads only inside its extents: numbers, or `bool`
  /// for `any` and `all`. The element type stays, except that positions are `i32`.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    try map.check(monoid.rawValue, 0, x)
    switch monoid {
    case .sum, .product, .maximum, .minimum:
      guard x.element != .bool else { throw .needsNumbers(monoid.rawValue, x) }
      return [TensorType(x.element, map.resultDims)]
    case .any, .all:
      guard x.element == .bool else {
        throw .signature("'\(monoid.rawValue)' needs bool; the operand is '\(x)'")
      }
      return [TensorType(.bool, map.resultDims)]
    case .argMaximum, .argMinimum:
      guard x.element != .bool else { throw .needsNumbers(monoid.rawValue, x) }
      return [TensorType(.i32, map.resultDims)]
    }
  }

  /// For a sum, the seed at each reduced element; for the largest or smallest, the seed at the
  /// element that `argMaximum` or `argMinimum` gives; for a product, the seed times the product of
  /// the other elements, without quotients. Where windows overlap, gradients are summed. `any`,
  /// `all` and positions have none.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    let x = context.operands[0]
    switch monoid {
    case .sum:
      return [scattered(spread(seed), to: x.shape)]
    case .maximum:
      return [scattered(chosen(seed, Reduce(.argMaximum, map), x), to: x.shape)]
    case .minimum:
      return [scattered(chosen(seed, Reduce(.argMinimum, map), x), to: x.shape)]
    case .product:
      return [product(seed, x)]
    case .any, .all, .argMaximum, .argMinimum:
      return [nil]
    }
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .reduction { access, index, fresh in
      let joined = map.joinedAxes.map { fresh($0.name, $0.extent) }
      let element = map.read(0, access, index + joined.map { Index($0) })
      let real = joined.filter { $0.extent > 1 }
      switch monoid {
      case .sum, .product:
        return real.isEmpty ? element : .reduce(monoid, real, element.widened)
      case .maximum, .minimum, .any, .all:
        return real.isEmpty ? element : .reduce(monoid, real, element)
      case .argMaximum, .argMinimum:
        return .reduce(monoid, real, element)
      }
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let type = resultTypes(for: operands)[0]
    let places = map.offsets(0, operands[0].dims)
    let results = places.results.map { first in
      monoid.joined(places.joined.map { operands[0][flat: first + $0] }, type.element)
    }
    return [Numbers(type, results)]
  }
}

extension Expression {
  /// The value in the accumulator's type, so that sums of 16-bit floats are rounded once.
  package var widened: Expression {
    type.computed == type ? self : .cast(self, type.computed)
  }
}

extension Reduce {
  private var allDims: [Int] { map.axes.map(\.extent) }

  // The seed repeated along the reduced axes.
  private func spread(_ seed: Tensor) -> Tensor {
    seed.broadcast(to: Shape(allDims), axes: Array(0..<map.resultRank))
  }

  // The seed where an element is the one that was chosen, else zero.
  private func chosen(_ seed: Tensor, _ choice: Reduce, _ x: Tensor) -> Tensor {
    let builder = seed.builder
    let position = spread(builder.apply(choice, x))
    let joined = map.joinedAxes.map(\.extent)
    let count = joined.reduce(1, *)
    let own = builder.apply(Iota(axis: 0, TensorType(.i32, [count])))
      .reshaped(Shape(joined))
      .broadcast(to: Shape(allDims), axes: Array(map.resultRank..<allDims.count))
    let gradient = spread(seed)
    return select(position .== own, gradient, gradient.filled(0))
  }

  // The seed times the product of all other elements.
  //
  // The product is a tree: the first half of the elements times the second half, and so on. Its
  // gradient needs no quotient and is exact where elements are zero, and so are gradients of it.
  // Both go over twice as many numbers as there are elements.
  private func product(_ seed: Tensor, _ x: Tensor) -> Tensor {
    let all = map.axes.indices.map { AxisSum.axis($0) }
    let read = AxisMap(map.axes, resultRank: map.axes.count, operands: map.operands)
    let outer = map.resultDims
    let count = map.joinedAxes.reduce(1) { $0 * $1.extent }
    var level = (all == map.operands[0] ? x : x.builder.apply(Reduce(.sum, read), x))
      .reshaped(Shape(outer + [count]))
    var halves: [(first: Tensor, second: Tensor)] = []
    while level.shape[-1] > 1 {
      let half = (level.shape[-1] + 1) / 2
      let none = outer.map { _ in Pad.Part(low: 0, high: 0) }
      let even = level.padded(none + [.init(low: 0, high: level.shape[-1] % 2)], value: 1)
      let first = even.sliced(-1, 0..<half)
      let second = even.sliced(-1, half..<(2 * half))
      halves.append((first, second))
      level = first * second
    }
    var gradient = seed.expanded(at: -1)
    for (first, second) in halves.reversed() {
      let own = gradient.sliced(-1, 0..<first.shape[-1])
      gradient = concatenate([own * second, own * first], axis: -1)
    }
    return scattered(
      gradient.sliced(-1, 0..<count).reshaped(Shape(allDims)), to: x.shape)
  }

  // Adds `gradient`, which has all axes of the map, to the elements it was read from.
  private func scattered(_ gradient: Tensor, to shape: Shape) -> Tensor {
    if let direct = rearranged(gradient, to: shape) { return direct }
    let all = map.axes.indices.map { AxisSum.axis($0) }
    return map.gradient(0, dims: shape.dims, factors: [(gradient, all)])
  }

  // Where each element was read at most once, the gradient is only moved: windows that do not
  // overlap lie side by side.
  private func rearranged(_ gradient: Tensor, to shape: Shape) -> Tensor? {
    var order: [Int] = []
    var merged: [Int] = []
    for sum in map.operands[0] {
      guard let first = sum.terms.first, sum.offset == 0 else { return nil }
      if sum.plain != nil {
        order.append(first.axis)
        merged.append(map.axes[first.axis].extent)
        continue
      }
      guard sum.terms.count == 2, sum.terms[1].coefficient == 1,
        first.coefficient == map.axes[sum.terms[1].axis].extent
      else { return nil }
      order += [first.axis, sum.terms[1].axis]
      merged.append(map.axes[first.axis].extent * first.coefficient)
    }
    guard order.sorted() == Array(0..<map.axes.count) else { return nil }
    let padding = zip(merged, shape.dims).map { Pad.Part(low: 0, high: $1 - $0) }
    return gradient.transposed(order).reshaped(Shape(merged)).padded(padding, value: 0)
  }
}
