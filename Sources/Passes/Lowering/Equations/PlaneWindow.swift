internal import LoopIR

/// A factor of a sum of products that is read through windows of a plane, as the image of a
/// depthwise convolution:
///
///     sum(u, v) x[n, g, 2 * row + u, 2 * column + v] * w[g, u, v]
///
/// All reduced variables move over the plane, whose axes are the last two of the array. The other
/// factor is the same for all results of a plane, and each plane belongs to one plane of results.
struct PlaneWindow {
  /// The factor that moves over the plane: an element, or a value computed of elements there.
  let factor: Expression
  /// The variables of the domain that choose a window: its row, and its place along memory.
  let row: Variable
  let along: Variable
  /// The place in the plane of a term of a result; (0, 0) is the first place that is read.
  let y: Index
  let x: Index

  /// Returns nil for another sum.
  init?(domain: [Variable], reducing reduced: [Variable], _ body: Expression) {
    guard domain.count >= 2, case .apply(.multiply, let factors) = body else { return nil }
    let (row, along) = (domain[domain.count - 2], domain[domain.count - 1])
    let moving = factors.filter { $0.uses(row) || $0.uses(along) }
    guard moving.count == 1, let factor = moving.first,
      let indices = factor.loads.first?.indices, indices.count >= 2
    else { return nil }
    let places = indices.suffix(2).map { $0 - $0.range.lowerBound }
    (self.factor, self.row, self.along) = (factor, row, along)
    (y, x) = (places[0], places[1])
    guard Self.moves(y, with: row, reduced), Self.moves(x, with: along, reduced),
      reduced.allSatisfy({ y.uses($0) != x.uses($0) }), isReadInPlane(reduced),
      domain.dropLast(2).allSatisfy({ $0.extent == 1 || factor.uses($0) })
    else { return nil }
  }

  // True iff an index is a sum of multiples of one variable of the domain and of reduced ones.
  private static func moves(_ index: Index, with own: Variable, _ reduced: [Variable]) -> Bool {
    func isMultiple(of variable: Variable) -> Bool {
      (index.coefficient(of: variable) ?? 0) > 0
    }
    return isMultiple(of: own)
      && index.variables.allSatisfy {
        ($0 == own || reduced.contains($0)) && isMultiple(of: $0)
      }
  }

  // True iff each index that moves over the plane is one of its axes, moved by a constant.
  private func isReadInPlane(_ reduced: [Variable]) -> Bool {
    var result = true
    factor.forEach { part in
      for index in part.indices where ([row, along] + reduced).contains(where: { index.uses($0) }) {
        if (index - y).asConstant == nil && (index - x).asConstant == nil { result = false }
      }
    }
    return result
  }

  /// The distance between the windows of neighbouring results.
  var stride: Int { x.coefficient(of: along) ?? 1 }
  var rowStride: Int { y.coefficient(of: row) ?? 1 }

  /// The extents of a window.
  var height: Int { y.range.upperBound - rowStride * (row.extent - 1) + 1 }
  var width: Int { x.range.upperBound - stride * (along.extent - 1) + 1 }

  /// The value of the factor at another place of the plane.
  func value(_ row: Index, _ column: Index) -> Expression {
    factor.map { index in
      if let distance = (index - y).asConstant { return row + distance }
      if let distance = (index - x).asConstant { return column + distance }
      return index
    }
  }
}
