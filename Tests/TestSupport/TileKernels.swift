package import LoopIR

extension Kernels {
  /// A product of matrices with bias, in panels that are there already.
  package static let product = tile(
    "product", rows: 20, columns: 45, joined: [6], form: .packed, type: .f32)

  /// Tiles around all edges of blocks, vectors and panels.
  package static let tiles: [Kernel] = (1...30).flatMap { rows -> [Kernel] in
    let columns = (rows * 17) % 70 + 1
    let form = TileForm.allCases[rows % TileForm.allCases.count]
    let joined = [[rows % 5 + 1], [2, 3], [2, 1, 3], [2, 2, 3, 2]][rows % 4]
    return [ElementType.f32, .f64].map { type in
      tile(
        "tile_\(rows)_\(columns)_\(type)", rows: rows, columns: columns, joined: joined,
        form: form, type: type)
    }
  }

  /// How the factors of a tile lie in memory.
  private enum TileForm: CaseIterable {
    /// Rows of the left factor are neighbours in memory, and all columns of the right one.
    case turned
    /// A row of the left factor is contiguous; columns are in panels.
    case packed
    /// Rows overlap as those of an image that a filter slides over, from the end to the start.
    case sliding
  }

  private static func tile(
    _ name: String, rows: Int, columns: Int, joined: [Int], form: TileForm, type: ElementType
  ) -> Kernel {
    var d = Declarations()
    let panels = (columns + 31) / 32
    let (n, m, j) = (d.variable("n", 2), d.variable("m", rows), d.variable("j", columns))
    let steps = zip("ikuv", joined).map { d.variable(String($0), $1) }
    let inner = steps.map { Index($0) }
    let (panel, lane) = Index(j).divided(by: 32)
    let inPanels = d.buffer("w_panels", [panels] + joined + [32], type)
    // Some have whole blocks of columns, in others the last block ends with the last column.
    let isExact = columns > 32 && rows % 3 > 0
    let inRows = d.buffer("w", joined + [isExact ? columns : 32 * panels], type)
    let right =
      form == .packed
      ? Element(inPanels, [panel] + inner + [lane]) : Element(inRows, inner + [Index(j)])
    let left: Element
    switch form {
    case .turned:
      left = Element(d.buffer("x", [2] + joined + [rows], type), [Index(n)] + inner + [Index(m)])
    case .packed:
      left = Element(d.buffer("x", [2, rows] + joined, type), [Index(n), Index(m)] + inner)
    case .sliding:
      let shape = [2] + joined.map { $0 + 2 * rows - 2 }
      let places = steps.map { (step) -> Index in 2 * m - Index(step) + (step.extent - 1) }
      left = Element(d.buffer("x", shape, type), [Index(n)] + places)
    }
    let (b, y) = (d.buffer("b", [columns], type), d.buffer("y", [2, rows, columns], type))
    let sum = Local(id: 0, name: "sum", type: type)
    let position = [Index(n), Index(m), Index(j)]
    var tile = Tile(
      rows: [n, m], column: j, kind: .parallel, sum: sum, joined: steps, left: left,
      right: right, body: [.store(y, position, .local(sum) + b[j])])
    // Two lines in a block, or copies of rows for all panels; and both ways through the sums.
    if form == .turned && rows % 2 == 0 && tile.overlap == 0 {
      tile.blocks.panels = panels
    } else if 2 * rows <= Tile.mostRows {
      tile.blocks.lines = 2
    }
    tile.blocks.endsShort =
      panels > 1 && columns % 32 > 0 && tile.overlap == 0 && tile.blocks.panels == 1
    tile.blocks.finishesAlongRows = rows % 4 == 3
    return Kernel(
      name: name,
      parameters: [left.buffer, right.buffer, b].map { .init($0, .read) } + [.init(y, .write)],
      definitions: [
        Definition(
          .buffer(y, position),
          .reduce(.sum, steps, .apply(.multiply, [left.value, right.value])) + b[j])
      ],
      body: [.tile(tile)], origins: [])
  }
}
