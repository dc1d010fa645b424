/// A number, and how far it may be off when a program computes it in its own precision and order.
package struct Bounded: Hashable, Sendable {
  package let value: Double
  package let bound: Double

  /// A number that is exact unless a bound is given.
  package init(_ value: Double, bound: Double = 0) {
    self.value = value
    self.bound = bound
  }
}

/// A tensor of numbers, as the interpreter sees it.
package struct Numbers: Hashable, Sendable {
  package let type: TensorType
  /// The elements in row-major order, each as its type stores it.
  package var values: [Double]
  /// How far each element may be off when a program computes it in its own precision and order.
  package var bounds: [Double]

  /// Numbers that are exact unless `bounds` are given.
  package init(_ type: TensorType, _ values: [Double], bounds: [Double]? = nil) {
    self.type = type
    self.values = values
    self.bounds = bounds ?? values.map { _ in 0 }
  }

  /// The numbers that `element` gives for each position.
  package init(_ type: TensorType, _ element: (_ position: [Int]) -> Bounded) {
    self.type = type
    values = []
    bounds = []
    for position in Numbers.positions(type.dims) {
      let x = element(position)
      values.append(x.value)
      bounds.append(x.bound)
    }
  }

  /// The extents.
  package var dims: [Int] { type.dims }

  /// The element at a position.
  package subscript(position: [Int]) -> Double {
    get { values[offset(position)] }
    set { values[offset(position)] = newValue }
  }

  /// The element at a position with its bound.
  package subscript(bounded position: [Int]) -> Bounded {
    get { self[flat: offset(position)] }
    set { self[flat: offset(position)] = newValue }
  }

  /// The element of a number in row-major order with its bound.
  package subscript(flat i: Int) -> Bounded {
    get { Bounded(values[i], bound: bounds[i]) }
    set {
      values[i] = newValue.value
      bounds[i] = newValue.bound
    }
  }

  /// The same numbers in the same order under another type.
  package func viewed(as type: TensorType) -> Numbers { Numbers(type, values, bounds: bounds) }

  /// The number of the element at `position` in row-major order.
  package func offset(_ position: [Int]) -> Int {
    zip(position, dims).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// All positions in a shape, in row-major order.
  package static func positions(_ dims: [Int]) -> [[Int]] {
    dims.reduce([[]]) { heads, extent in heads.flatMap { head in (0..<extent).map { head + [$0] } }
    }
  }
}

extension Operation {
  /// The types of the results for given operands, whose types are known to fit.
  package func resultTypes(for operands: [Numbers]) -> [TensorType] {
    do throws(TypeError) {
      return try resultTypes(operands.map(\.type))
    } catch {
      preconditionFailure("'\(mnemonic)' of \(operands.map(\.type)): \(error.message)")
    }
  }
}
