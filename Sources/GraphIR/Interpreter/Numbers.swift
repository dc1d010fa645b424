package import LoopIR

/// A tensor in the interpreter.
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

  /// Numbers with their bounds, in row-major order.
  package init(_ type: TensorType, _ elements: [Bounded]) {
    self.init(type, elements.map(\.value), bounds: elements.map(\.bound))
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

  /// The part at `i` of the first axis, which has `count` parts.
  package func slice(_ i: Int, of count: Int) -> Numbers {
    let size = values.count / count
    let range = (i * size)..<((i + 1) * size)
    let type = TensorType(type.element, Array(dims.dropFirst()))
    return Numbers(type, Array(values[range]), bounds: Array(bounds[range]))
  }

  /// Returns tensors of one type, of which there is at least one, along a new first axis.
  package static func stacked(_ parts: [Numbers]) -> Numbers {
    Numbers(
      TensorType(parts[0].type.element, [parts.count] + parts[0].dims), parts.flatMap(\.values),
      bounds: parts.flatMap(\.bounds))
  }

  /// The same numbers with infinite bounds.
  package var unbounded: Numbers {
    Numbers(type, values, bounds: values.map { _ in .infinity })
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
