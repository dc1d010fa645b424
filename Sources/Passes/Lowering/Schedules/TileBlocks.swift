internal import LoopIR

extension Tile {
  /// Returns the tile with its results divided into blocks that suit a machine.
  func divided(for machine: Machine) -> Tile {
    var result = self
    result.blocks.lines = lines
    result.blocks.panels = panelsPerCopy(machine)
    result.blocks.endsShort =
      result.blocks.panels == 1 && overlap == 0 && machine.products.endsShort(column.extent)
    result.blocks.finishesAlongRows = finishesAlongRows(machine.products.leastRowsToFinish)
    return result
  }

  // Lines that are too short for a block of their own share one, in equal parts.
  private var lines: Int? {
    guard rows.count > 1 else { return nil }
    let (line, extent) = (rows[rows.count - 2].extent, rows[rows.count - 1].extent)
    let most = Tile.mostRows / extent
    guard most > 1, line > 1 else { return nil }
    let blocks = (line + most - 1) / most
    return (line + blocks - 1) / blocks
  }

  // Rows that are copied share the copy with some panels: the more, the better, as long as there
  // are enough blocks for threads.
  private func panelsPerCopy(_ machine: Machine) -> Int {
    let rates = machine.products
    guard lines == nil, overlap == 0, let last = rows.last,
      left.stride(of: last) == 1 || rowsShareSets(machine.caches)
    else { return 1 }
    let height = (last.extent + rates.blockRows - 1) / rates.blockRows
    let blocks = rows.dropLast().reduce(height) { $0 * $1.extent }
    let groups = max(
      (panels + rates.panelsPerCopy - 1) / rates.panelsPerCopy,
      (machine.sharing.enoughBlocks + blocks - 1) / blocks)
    return max(1, (panels + groups - 1) / groups)
  }

  // True iff tiles of many rows copy these, as the numbers of a step lie in one set of the nearest
  // cache (`rt_copies_of` in `Runtime/math/tile.h`).
  private func rowsShareSets(_ caches: Machine.Caches) -> Bool {
    guard let row = rows.last, let stride = left.stride(of: row), joined.count == 1,
      left.stride(of: joined[0]) == 1
    else { return false }
    return stride * left.buffer.type.size % caches.wayBytes == 0
  }

  // True iff the epilogue runs along memory with the rows, not with the columns.
  private func finishesAlongRows(_ least: Int) -> Bool {
    var first: Element?
    body.forEachStatement { first = first ?? $0.written }
    guard let first, let row = rows.last, row.extent >= least, first.stride(of: column) != 1
    else { return false }
    return first.stride(of: row) == 1
  }
}
