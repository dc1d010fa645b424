internal import LoopIR

extension Numbers {
  /// The matrices in the last two axes, in row-major order of the axes before.
  package var matrices: [[[Double]]] {
    let (rows, columns) = (dims[dims.count - 2], dims[dims.count - 1])
    return stride(from: 0, to: values.count, by: rows * columns).map { start in
      (0..<rows).map { Array(values[(start + $0 * columns)..<(start + ($0 + 1) * columns)]) }
    }
  }

  /// A tensor of matrices, or of whatever is written as rows, one after the other.
  package init(_ type: TensorType, matrices: [[[Double]]]) {
    self.init(type, matrices.flatMap { $0.flatMap { $0 } }.map { type.element.stored($0) })
  }

  /// Returns the result of `compute` with measured bounds: how far results move when each operand
  /// moves within its own bound and its type's rounding.
  ///
  /// A badly conditioned system gets large bounds and an exact one small bounds, without a formula
  /// for each operation. A few patterns of signs stand for all.
  package static func withBounds(
    _ operands: [Numbers], _ compute: ([Numbers]) -> [Numbers]
  ) -> [Numbers] {
    var results = compute(operands)
    let element = operands.first?.type.element ?? .f64
    let unit = element == .f32 ? 0x1p-24 : 0x1p-53
    let size = Double(operands.map { $0.dims.suffix(2).max() ?? 1 }.max() ?? 1)
    for i in results.indices {
      let largest = results[i].values.map(\.magnitude).filter(\.isFinite).max() ?? 0
      results[i].bounds = results[i].values.map { _ in 16 * size * unit * largest }
    }
    for pattern in 0..<3 {
      let moved = compute(operands.map { $0.moved(by: 4 * size * unit, pattern) })
      for i in results.indices {
        for j in results[i].values.indices {
          let distance = (moved[i].values[j] - results[i].values[j]).magnitude
          results[i].bounds[j] += 8 * (distance.isNaN ? 0 : distance)
        }
      }
    }
    return results
  }

  // Each element moved by its bound, and by a share of the largest one.
  private func moved(by share: Double, _ pattern: Int) -> Numbers {
    let largest = values.map(\.magnitude).filter(\.isFinite).max() ?? 0
    var moved = self
    for i in values.indices {
      let bits = (UInt64(i + 1) &* 0x9e37_79b9_7f4a_7c15) >> UInt64(20 + 3 * pattern)
      moved.values[i] += (bits & 1 == 0 ? 1 : -1) * (bounds[i] + share * largest)
    }
    return moved
  }
}

// Matrices as rows, for operations that are defined by whole matrices.

/// The identity.
func identity(_ size: Int) -> [[Double]] {
  (0..<size).map { i in (0..<size).map { $0 == i ? 1 : 0 } }
}

/// The product of two matrices.
func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
  a.map { row in
    (b.first ?? []).indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } }
  }
}

/// The transpose.
func transposed(_ a: [[Double]]) -> [[Double]] {
  (a.first ?? []).indices.map { j in a.map { $0[j] } }
}
