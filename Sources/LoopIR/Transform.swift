/// A constant matrix of Winograd's algorithm for convolutions of 3x3. The function of that name in
/// `Runtime/math/winograd.h` multiplies with it from both sides.
package enum WinogradMatrix: String, CaseIterable, Hashable, Sendable {
  /// `B`, for pixels: 2x2 and 4x4 results at once.
  case image2, image4
  /// `G`, for a filter.
  case filter2, filter4
  /// `A`, for sums of products.
  case sums2, sums4

  package var rows: [[Double]] {
    switch self {
    case .image2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]
    case .filter2: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]
    case .sums2: [[1, 1, 1, 0], [0, 1, -1, -1]]
    case .image4:
      [
        [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
      ]
    case .filter4:
      [
        [1.0 / 4, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6],
        [1.0 / 24, 1.0 / 12, 1.0 / 6], [1.0 / 24, -1.0 / 12, 1.0 / 6], [0, 0, 1],
      ]
    case .sums4:
      [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]
    }
  }

  /// The extents of the matrices that it multiplies.
  package var size: Int { rows[0].count }

  /// Returns the product of a row and a column, as `Runtime/math/winograd.h` computes it.
  func product(_ row: Int, _ column: [Expression]) -> Expression {
    let all = zip(rows[row], column).filter { $0.0 != 0 }
    let terms = all.filter { $0.0 > 0 } + all.filter { $0.0 < 0 }
    let (first, common) = (terms[0].0, terms[0].0.magnitude)
    func scaled(_ value: Expression, _ factor: Double) -> Expression {
      factor == 1 ? value : .apply(.multiply, [.literal(Literal(factor, .f32)), value])
    }
    // A common factor is applied to the sum.
    let isCommon = terms.allSatisfy { $0.0.magnitude == common }
    let start = isCommon ? terms[0].1 : scaled(terms[0].1, first)
    let sum = terms.dropFirst().reduce(start) { sum, term in
      isCommon
        ? .apply((term.0 < 0) == (first < 0) ? .add : .subtract, [sum, term.1])
        : .apply(term.0 < 0 ? .subtract : .add, [sum, scaled(term.1, term.0.magnitude)])
    }
    return isCommon ? scaled(sum, first) : sum
  }

  /// How many additions and multiplications one matrix takes.
  package var operations: Int {
    let column = Array(repeating: Expression.literal(Literal(1.0, .f32)), count: size)
    var result = 0
    for row in rows.indices {
      product(row, column).forEach { if case .apply = $0 { result += 1 } }
    }
    return result * (size + rows.count)
  }
}

/// Small matrices in an array of `f32`, one for each lane.
package struct LaneMatrices: Hashable, Sendable {
  /// The element in `row` and `column` of the matrix of a lane.
  package var element: Element
  package var row: Variable
  package var column: Variable

  package init(_ element: Element, row: Variable, column: Variable) {
    self.element = element
    self.row = row
    self.column = column
  }

  /// The element at one row and column.
  package func at(_ r: Int, _ c: Int) -> Element {
    Element(
      element.buffer,
      element.indices.map { index in
        index.substituting { $0 == row ? Index(r) : $0 == column ? Index(c) : nil }
      })
  }
}

/// Multiplies small matrices by a constant one from both sides: `M d M'` for each lane.
///
///     transform sums2 a < 2, b < 2 of u < 4, v < 4 for l < 32 {
///       sum[a, b, l] = products[u, v, t, l]
///     }
package struct Transform: Hashable, Sendable {
  package var matrix: WinogradMatrix
  package var target: LaneMatrices
  package var source: LaneMatrices
  /// Counts the matrices, whose elements are neighbours in memory.
  package var lane: Variable

  package init(
    _ matrix: WinogradMatrix, _ source: LaneMatrices, into target: LaneMatrices, lane: Variable
  ) {
    self.matrix = matrix
    self.target = target
    self.source = source
    self.lane = lane
  }

  /// All variables that the statement declares.
  package var variables: [Variable] {
    [target.row, target.column, source.row, source.column, lane]
  }

  /// The value of the result in a row and a column.
  package func value(_ row: Int, _ column: Int) -> Expression {
    let positions = 0..<matrix.size
    return matrix.product(
      column,
      positions.map { c in
        matrix.product(row, positions.map { source.at($0, c).value })
      })
  }
}

extension LoopVerifier {
  // The requirements of a transform on its matrices.
  func complaints(about transform: Transform) -> [String] {
    let matrix = transform.matrix
    var found: [String] = []
    for (matrices, extent) in [
      (transform.target, matrix.rows.count), (transform.source, matrix.size),
    ] {
      let (element, name) = (matrices.element, matrices.element.buffer.name)
      if element.buffer.type != .f32 {
        found.append("'\(matrix)' needs f32; '\(name)' is \(element.buffer.type)")
      }
      if [matrices.row.extent, matrices.column.extent] != [extent, extent] {
        found.append("'\(matrix)' needs matrices of \(extent)x\(extent) in '\(name)'")
      }
      if element.stride(of: transform.lane) != 1 {
        found.append("the lanes of '\(matrix)' are not neighbours in '\(name)'")
      }
      for variable in [matrices.row, matrices.column] where element.stride(of: variable) == nil {
        found.append("'\(name)' has no stride along '\(variable.name)'")
      }
    }
    if transform.target.element.buffer == transform.source.element.buffer {
      found.append("'\(matrix)' reads the array that it writes")
    }
    return found
  }
}
