/// A load from an array at a position.
package struct Element: Hashable, Sendable {
  package var buffer: Buffer
  package var indices: [Index]

  package init(_ buffer: Buffer, _ indices: [Index]) {
    self.buffer = buffer
    self.indices = indices
  }

  /// The value as an expression.
  package var value: Expression { .load(buffer, indices) }

  /// True iff the position depends on `variable`.
  package func uses(_ variable: Variable) -> Bool { indices.contains { $0.uses(variable) } }

  /// The stride of `variable`, in elements; nil if it is not constant.
  package func stride(of variable: Variable) -> Int? {
    var result = 0
    var size = 1
    for (index, extent) in zip(indices, buffer.shape).reversed() {
      guard let coefficient = index.coefficient(of: variable) else { return nil }
      result += coefficient * size
      size *= extent
    }
    return result
  }
}

/// Sums of products for all rows and columns, and what follows for each of them.
///
///     tile n < 128, j < 1000 {
///       sum: f32 = sum{i < 784} x[n, i] * panels[j / 32, i, j % 32]
///       y[n, j] = sum + b[j]
///     }
///
/// The meaning is that of loops over rows and columns, a loop that adds up the products in order,
/// and the body. How many rows a machine takes at once changes no result; columns are taken 32 at
/// a time.
package struct Tile: Hashable, Sendable {
  /// How many columns are taken at once, on every machine.
  package static let width = 32

  /// `extent` rounded up to whole vectors of any machine, the longest of which have 16 numbers.
  package static func lanes(_ extent: Int) -> Int { (extent + 15) / 16 * 16 }

  /// The rows that a block of several lines has at most, RT_MOST_ROWS of `Runtime/math/tile.h`: the
  /// sums, filled up to whole tiles, are an array of 8 KB.
  package static let mostRows = 56

  /// How the results are divided into blocks, which changes no result.
  package struct Blocks: Hashable, Sendable {
    /// How many blocks of columns share a copy of rows that are neighbours in memory.
    package var panels = 1
    /// How many lines a block has, where it has several: lines are what the last but one of the
    /// variables of rows counts.
    package var lines: Int?
    /// True iff the last of several blocks of columns has tiles that are as narrow as it is; else
    /// they are as wide as the others.
    package var endsShort = false
    /// True iff the innermost loop over the sums of a block goes along rows, not columns.
    package var finishesAlongRows = false
    /// True iff compilers are told that they may take several iterations of that loop at once.
    package var isSimd = false

    package init() {}
  }

  /// The rows, outermost first. The last one is taken in blocks.
  package var rows: [Variable]
  package var column: Variable
  package var kind: Loop.Kind
  /// Names for rows and columns in the body.
  package var sum: Local
  /// What is added up over, outermost first: at most four variables.
  package var joined: [Variable]
  /// The factor that depends on the row. Each variable moves it by a constant stride.
  package var left: Element
  /// The factor that depends on the column, to whose neighbour it moves by one element. Where one
  /// block has all columns, whole vectors of them exist in memory.
  package var right: Element
  /// What follows for each row and column.
  package var body: [Statement]
  package var blocks = Blocks()

  package init(
    rows: [Variable], column: Variable, kind: Loop.Kind = .independent, sum: Local,
    joined: [Variable], left: Element, right: Element, body: [Statement]
  ) {
    self.rows = rows
    self.column = column
    self.kind = kind
    self.sum = sum
    self.joined = joined
    self.left = left
    self.right = right
    self.body = body
  }

  /// The product that is summed; numbers of a narrower type are widened before.
  package var product: Expression {
    let factor = right.buffer.type == sum.type ? right.value : .cast(right.value, sum.type)
    return .apply(.multiply, [left.value, factor])
  }

  /// All variables that the tile declares.
  package var variables: [Variable] { rows + [column] + joined }

  /// How many blocks of columns there are.
  package var panels: Int { (column.extent + Tile.width - 1) / Tile.width }

  /// How many columns the last block sums up once more, as it begins early enough to end with the
  /// last column: so it does where memory has no whole block.
  package var overlap: Int {
    let missing = panels * Tile.width - column.extent
    guard panels > 1, missing > 0 else { return 0 }
    return lastExists(panels * Tile.width - 1) ? 0 : missing
  }

  // True iff a column, which may be one behind the last, is in the same row of memory.
  fileprivate func lastExists(_ place: Int) -> Bool {
    guard let index = right.indices.last, let extent = right.buffer.shape.last else { return true }
    return index.substituting { $0 == column ? Index(place) : nil }.range.upperBound < extent
  }

  /// Where in its array a block of columns begins that `panel` counts.
  package func rightStart(_ panel: Index) -> [Index] {
    right.indices.map { index in
      index.substituting { (variable) -> Index? in
        variable == column ? panel * Tile.width : joined.contains(variable) ? Index(0) : nil
      }
    }
  }
}

extension LoopVerifier {
  private func complaints(about blocks: Tile.Blocks, of tile: Tile) -> [String] {
    var found: [String] = []
    if !(1...max(tile.panels, 1)).contains(blocks.panels) {
      found.append("\(blocks.panels) panels of a tile share a copy; it has \(tile.panels)")
    }
    let isShort = tile.panels > 1 && tile.column.extent % Tile.width > 0 && tile.overlap == 0
    if blocks.endsShort && (blocks.panels > 1 || !isShort) {
      found.append("the last block of columns is no shorter than the others")
    }
    if blocks.panels > 1 && tile.overlap > 0 {
      found.append("blocks of columns that share a copy do not overlap")
    }
    if let lines = blocks.lines {
      if tile.rows.count < 2 || blocks.panels > 1 {
        found.append("a tile of lines has two variables of rows, and no copies")
      } else if lines < 1 || lines * tile.rows[tile.rows.count - 1].extent > Tile.mostRows {
        found.append("\(lines) lines of a tile have more than \(Tile.mostRows) rows")
      }
    }
    return found
  }

  // The requirements of a tile on its factors.
  func complaints(about tile: Tile) -> [String] {
    var found: [String] = []
    let types = [tile.left.buffer.type, tile.right.buffer.type, tile.sum.type]
    let isNarrow = [.bf16, .i8].contains(types[1]) && types[0] == .f32 && types[2] == .f32
    if types != [.f32, .f32, .f32] && types != [.f64, .f64, .f64] && !isNarrow {
      found.append(
        "a tile needs f32, f64 or f32 with bf16 or i8 as the right factor, not "
          + types.map(\.rawValue).joined(separator: ", "))
    }
    if tile.rows.isEmpty { found.append("a tile has no rows") }
    if tile.joined.count > 4 {
      found.append("a tile is summed over \(tile.joined.count) variables")
    }
    found += complaints(about: tile.blocks, of: tile)
    if tile.left.uses(tile.column) { found.append("the left factor of a tile uses its column") }
    if tile.rows.contains(where: { tile.right.uses($0) }) {
      found.append("the right factor of a tile uses its rows")
    }
    for variable in tile.joined + tile.rows where tile.left.stride(of: variable) == nil {
      found.append("the left factor of a tile has no stride along '\(variable.name)'")
    }
    for variable in tile.joined where tile.right.stride(of: variable) == nil {
      found.append("the right factor of a tile has no stride along '\(variable.name)'")
    }
    // Within a block, the last axis counts the columns; all blocks are whole.
    let panel = Variable(id: tile.column.id, name: tile.column.name, extent: tile.panels)
    let lane = Variable(id: -1, name: "l", extent: Tile.width)
    let start = tile.rightStart(Index(panel))
    let ends = tile.right.indices.map { index in
      index.substituting { (variable) -> Index? in
        variable == tile.column
          ? Index(panel) * Tile.width + Index(lane)
          : tile.joined.contains(variable) ? Index(0) : nil
      }
    }
    if zip(ends, start).map({ $0 - $1 }).dropLast().contains(where: { $0.asConstant != 0 })
      || zip(ends, start).map({ $0 - $1 }).last?.asVariable != lane
    {
      found.append("the columns of a tile are not neighbours in '\(tile.right.buffer.name)'")
    }
    if tile.panels == 1 && !tile.lastExists(Tile.lanes(tile.column.extent) - 1) {
      found.append("the last columns of a tile are not in '\(tile.right.buffer.name)'")
    }
    return found
  }
}
