internal import LoopIR

/// Returns the kernel that fills an array around a window.
///
///     for n < 64 independent {
///       for x < 6 { for c < 32 { pad[n, 0, x, c] = 0.0;  pad[n, 5, x, c] = 0.0 } }
///       for y < 6 from 1 to 5 { for c < 32 { pad[n, y, 0, c] = 0.0;  pad[n, y, 5, c] = 0.0 } }
///     }
///
/// Loops cover exactly the elements that are filled: for a condition per element compilers make
/// slow code, and gcc 12 wrong code.
func borderKernel(
  _ name: String, of array: Buffer, axes: [String], around place: WindowPlace, extents: [Int],
  with value: Literal, origins: [String]
) -> Kernel {
  let border = Border(array, axes, place, extents, value)
  return Kernel(
    name: name, parameters: [KernelParameter(array, .write)], definitions: [], body: border.loops,
    origins: origins, summary: border.summary)
}

/// An array around a window.
private struct Border {
  private let array: Buffer
  private let variables: [Variable]
  private let inside: [Range<Int>]
  private let value: Literal

  init(
    _ array: Buffer, _ axes: [String], _ place: WindowPlace, _ extents: [Int], _ value: Literal
  ) {
    self.array = array
    self.value = value
    variables = array.shape.indices.map {
      Variable(id: $0, name: axes[$0], extent: array.shape[$0])
    }
    inside = zip(place.lows, extents).map { $0..<($0 + $1) }
  }

  // The axes along which there is a border.
  private var padded: [Int] {
    array.shape.indices.filter { inside[$0] != 0..<array.shape[$0] }
  }

  /// As in `pad[n, y, x, c] = 0 unless 1 <= y < 5 && 1 <= x < 5`.
  var summary: String {
    let text = ExpressionText(
      .notation, buffer: \.name, local: \.name, variable: \.name)
    let conditions = padded.map { text.text(.within(Index(variables[$0]), inside[$0])) }
    let position = variables.indices.map {
      array.shape[$0] == 1 ? Index(0) : Index(variables[$0])
    }
    return "\(text.element(array, position)) = \(text.text(.literal(value))) unless "
      + conditions.joined(separator: " && ")
  }

  /// The axes before all borders have common loops, the rest one loop for each side.
  var loops: [Statement] {
    guard let first = padded.first else { return [] }
    return nest(over: 0..<first, padded.flatMap { sides(of: $0, from: first) })
  }

  // Both sides of an axis, between the borders of earlier axes.
  private func sides(of axis: Int, from first: Int) -> [Statement] {
    let (low, high) = (0..<inside[axis].lowerBound, inside[axis].upperBound..<array.shape[axis])
    // Sides of one thickness share their loops.
    let parts = low.count == high.count ? [[low, high]] : [[low], [high]]
    return parts.filter { !$0[0].isEmpty }.flatMap { ranges -> [Statement] in
      let across = Variable(
        id: variables.count, name: variables[axis].name, extent: ranges[0].count)
      let stores = ranges.map { range in
        var index = variables.indices.map { array.shape[$0] == 1 ? Index(0) : Index(variables[$0]) }
        index[axis] = (range.count == 1 ? Index(0) : Index(across)) + range.lowerBound
        return Statement.store(array, index, .literal(value))
      }
      let inner = nest(over: (axis + 1)..<array.shape.count, stores)
      let thick =
        ranges[0].count == 1 ? inner : [.loop(Loop(across, kind: .independent, inner))]
      return nest(over: first..<axis, thick, isInside: true)
    }
  }

  private func nest(
    over axes: Range<Int>, _ body: [Statement], isInside: Bool = false
  ) -> [Statement] {
    axes.reversed().reduce(body) { inner, axis in
      if array.shape[axis] == 1 { return inner }
      let range = isInside ? inside[axis] : 0..<array.shape[axis]
      return [
        .loop(
          Loop(
            variables[axis], kind: .independent, from: Index(range.lowerBound),
            to: Index(range.upperBound), inner))
      ]
    }
  }
}
