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

  /// The extents.
  package var dims: [Int] { type.dims }

  /// The element at a position.
  package subscript(position: [Int]) -> Double {
    get { values[offset(position)] }
    set { values[offset(position)] = newValue }
  }

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
