/// The loops of a program over the results of a tile.
///
///     for p < panels, n < blocks {                    `outer`, in the order of `blocks`
///       sums[q, r, l] = ...                           `Runtime/math/tile.h`
///       for r < rows, q < panels of a copy, l < 32    `finishing`
///         body, where sums[q, r, l] is the sum
///     }
///
/// Their variables are those of no loop in the kernel, and numbered in the order of the loops.
package struct TileWalk {
  package let tile: Tile
  /// Counts blocks of columns, or is the first one of those that share a copy.
  package let panel: Variable
  /// The first row of a block, or the first line.
  package let block: Variable
  /// A row within a block, or a line.
  package let row: Variable
  /// A row within a line, where a block has several.
  package let inner: Variable
  /// A block of columns among those that share a copy.
  package let member: Variable
  /// A column within a panel.
  package let lane: Variable
  /// How many columns of the block before are summed up once more.
  package let again: Variable

  // Higher than the number of any variable of a kernel.
  private static let firstNumber = 1 << 20

  package init(_ tile: Tile) {
    self.tile = tile
    let last = tile.rows[tile.rows.count - 1]
    let blocked = tile.blocks.lines == nil ? last : tile.rows[tile.rows.count - 2]
    let group = tile.blocks.panels
    func variable(_ number: Int, _ name: String, _ extent: Int) -> Variable {
      Variable(id: Self.firstNumber + number, name: name, extent: extent)
    }
    panel = variable(0, "p", tile.panels > group ? tile.panels : 1)
    block = variable(1, blocked.name, blocked.extent)
    row = variable(2, "r", blocked.extent)
    inner = variable(3, last.name, last.extent)
    member = variable(4, "q", group)
    lane = variable(5, "l", min(tile.column.extent, Tile.width))
    again = variable(6, "again", tile.overlap + 1)
  }

  /// Where in its array the columns of a block begin.
  package var rightStart: [Index] {
    var start = tile.rightStart(Index(panel))
    if tile.overlap > 0 { start[start.count - 1] = start[start.count - 1] - Index(again) }
    return start
  }

  /// True iff a block has several lines.
  package var isByLines: Bool { tile.blocks.lines != nil }

  /// The variable of the tile's rows that `block` and `row` stand for.
  package var blocked: Variable { tile.rows[tile.rows.count - (isByLines ? 2 : 1)] }

  /// The loops around a block: columns outside, as a panel stays in cache; or the groups of panels
  /// that share a copy of rows inside.
  package var outer: [Variable] {
    let others = tile.rows.dropLast(isByLines ? 2 : 1).filter { $0.extent > 1 }
    let panels = [panel].filter { $0.extent > 1 }
    let blocks = others + [block]
    return member.extent > 1 ? blocks + panels : panels + blocks
  }

  /// The loops over a block of sums, outermost first.
  package var finishing: [Variable] {
    let rows = isByLines ? [row, inner] : [row]
    let columns = member.extent > 1 ? [member, lane] : [lane]
    return tile.blocks.finishesAlongRows ? columns + rows : rows + columns
  }

  /// The innermost loop over a block of sums, which are in an array.
  package func innermost(_ sums: Buffer) -> Loop {
    Loop(
      finishing.last ?? lane, kind: .serial, isSimd: tile.blocks.isSimd, body(reading: sums))
  }

  // The body for one element of the array of sums.
  private func body(reading sums: Buffer) -> [Statement] {
    let isGroup = member.extent > 1
    let (blocked, last) = (blocked, tile.rows.last)
    let move: (Variable) -> Index? = { variable in
      if variable == blocked { return Index(block) + Index(row) }
      if variable == last { return Index(inner) }
      let first = Index(panel) + (isGroup ? Index(member) : Index(0))
      return variable == tile.column ? first * Tile.width + Index(lane) : nil
    }
    let line = isByLines ? Index(row) * inner.extent + Index(inner) : Index(row)
    let place = tile.overlap > 0 ? Index(again) + Index(lane) : Index(lane)
    let element = Expression.load(sums, (isGroup ? [Index(member)] : []) + [line, place])
    return tile.body.map { statement in
      statement.mapped(
        { value in
          value.substituting(move).rewritten { $0 == .local(tile.sum) ? element : $0 }
        }, { $0.substituting(move) })
    }
  }

  /// The array of the sums of a block, with as many rows as there are in all.
  package var sums: Buffer {
    let group = member.extent
    return Buffer(
      id: -11, name: tile.sum.name, type: tile.sum.type,
      shape: (group > 1 ? [group] : [])
        + [tile.rows.reduce(1) { $0 * $1.extent }, Tile.width])
  }
}
