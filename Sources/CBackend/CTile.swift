internal import LoopIR
internal import Support

private let firstNumber = 1 << 20

/// What a tile counts with in C, and how many rows it takes at once.
private struct TileCounters {
  /// Counts blocks of columns.
  let panel: Variable
  /// The first row of a block, or the first line.
  let block: Variable
  /// A row within a block, or a line.
  let row: Variable
  /// A row within a line, where a block has several.
  let inner: Variable
  /// A column within a panel.
  let lane: Variable
  /// How many lines a block has, where it has several: lines are what the last but one of the
  /// variables of rows counts.
  let lines: Int?

  // Their numbers are those of no variable of a kernel, and in the order of their loops.
  init(_ tile: Tile) {
    let last = tile.rows[tile.rows.count - 1]
    lines = TileCounters.lines(tile)
    let blocked = lines == nil ? last : tile.rows[tile.rows.count - 2]
    panel = Variable(id: firstNumber, name: "p", extent: tile.panels)
    block = Variable(id: firstNumber + 1, name: blocked.name, extent: blocked.extent)
    row = Variable(id: firstNumber + 2, name: "r", extent: blocked.extent)
    inner = Variable(id: firstNumber + 3, name: last.name, extent: last.extent)
    lane = Variable(id: firstNumber + 4, name: "l", extent: min(tile.column.extent, Tile.width))
  }

  // Lines that are too short for a block of their own share one, in equal parts.
  private static func lines(_ tile: Tile) -> Int? {
    guard tile.rows.count > 1 else { return nil }
    let (line, extent) = (
      tile.rows[tile.rows.count - 2].extent, tile.rows[tile.rows.count - 1].extent
    )
    let most = mostRows / extent
    guard most > 1, line > 1 else { return nil }
    let blocks = (line + most - 1) / most
    return (line + blocks - 1) / blocks
  }

  // RT_MOST_ROWS of `Runtime/tile.h`: the sums of a block of lines, filled up to whole tiles, are
  // an array of 8 KB.
  private static let mostRows = 56
}

// A tile in C: loops over blocks, a call of the function in `Runtime/tile.h` that leaves the sums
// of one block in an array, and loops over that array.
//
//     for (int p = 0; p < 32; p++)
//       for (int n = 0; n < 128; n += RT_BLOCK(128)) {
//         const int rows = rt_rows(128, RT_BLOCK(128), n);
//         float sum[RT_BLOCK(128)][32];
//         rt_block_f32(sum, 128, rows, 32, &x[n][0], 784, &w_panels[p][0][0],
//                      RT_LOOPS({784, 1, 32}));
//         for (int r = 0; r < rows; r++)
//           for (int l = 0; l < 32; l++) y[n + r][32 * p + l] = sum[r][l];
//       }
extension CBlock {
  func write(_ tile: Tile, to writer: inout IndentedWriter) {
    if tile.kind == .parallel && !isInParallel {
      let depth = tile.depth
      writer.unindented("#pragma omp parallel for" + (depth > 1 ? " collapse(\(depth))" : ""))
    }
    var inner = CBlock(naming, isInParallel: isInParallel || tile.kind == .parallel)
    inner.writeHeads(tile, tile.outerLoops, to: &writer)
  }

  // The loops around the blocks of rows, then those.
  private mutating func writeHeads(
    _ tile: Tile, _ loops: ArraySlice<Variable>, to writer: inout IndentedWriter
  ) {
    let counters = TileCounters(tile)
    if let variable = loops.first {
      let name = naming.declare(variable)
      writer.line(Loop(variable, []).head(name))
      var inner = self
      writer.indented { inner.writeHeads(tile, loops.dropFirst(), to: &$0) }
      return
    }
    let name = naming.declare(counters.block)
    let extent = counters.block.extent
    let type = extent < Int(Int32.max) / 2 ? "int" : "int64_t"
    writer.line("for (\(type) \(name) = 0; \(name) < \(extent); \(name) += \(counters.most)) {")
    writer.indented { writeBlock(tile, counters, to: &$0) }
    writer.line("}")
  }

  private mutating func writeBlock(
    _ tile: Tile, _ counters: TileCounters, to writer: inout IndentedWriter
  ) {
    let extent = counters.block.extent
    let rows = naming.take(counters.lines == nil ? "rows" : "lines")
    let start = naming[counters.block]
    writer.line("const int \(rows) = rt_rows(\(extent), \(counters.most), \(start));")
    var columns = "\(counters.lane.extent)"
    if tile.panels > 1, tile.column.extent % Tile.width != 0 {
      columns = naming.take("columns")
      let panel = naming[counters.panel]
      writer.line("const int \(columns) = rt_columns(\(tile.column.extent), \(panel));")
    }
    let type = tile.sum.type
    let sums = Buffer(
      id: -11, name: tile.sum.name, type: type, shape: [tile.rowCount, Tile.width])
    let name = naming.declareOwn(sums) { .elements($0) }
    writer.line("\(type.cScalar) \(name)[\(counters.height)][\(Tile.width)];")
    writer.write(call(tile, counters, sums: name, count: rows))
    var inner = self
    let row = inner.naming.declare(counters.row)
    var heads = [("for (int \(row) = 0; \(row) < \(rows); \(row)++)")]
    if counters.lines != nil {
      let name = inner.naming.declare(counters.inner)
      heads.append("for (int \(name) = 0; \(name) < \(counters.inner.extent); \(name)++)")
    }
    let lane = inner.naming.declare(counters.lane)
    heads.append("for (int \(lane) = 0; \(lane) < \(columns); \(lane)++)")
    inner.writeFinish(heads[...], Loop(counters.lane, tile.finish(counters, sums)), to: &writer)
  }

  private func writeFinish(
    _ heads: ArraySlice<String>, _ lanes: Loop, to writer: inout IndentedWriter
  ) {
    guard let head = heads.first else { return }
    if heads.count == 1 {
      if isLanes(lanes) { writer.unindented("#pragma omp simd") }
      return write(.word(head), body: lanes.body, to: &writer)
    }
    writer.line(head)
    writer.indented { writeFinish(heads.dropFirst(), lanes, to: &$0) }
  }

  private func call(_ tile: Tile, _ counters: TileCounters, sums: String, count: String) -> CText {
    let isLines = counters.lines != nil
    let left = tile.left.indices.map { index in
      index.substituting { (variable) -> Index? in
        if variable == tile.rows[tile.rows.count - (isLines ? 2 : 1)] {
          return Index(counters.block)
        }
        return variable == tile.rows.last || tile.joined.contains(variable) ? Index(0) : nil
      }
    }
    let right = tile.rightStart(Index(counters.panel))
    let strides = tile.rows.map { tile.left.stride(of: $0) ?? 0 }
    let stride = strides[strides.count - 1]
    var arguments = [sums]
    if let lines = counters.lines {
      arguments += ["\(lines)", count, "\(strides[strides.count - 2])", "\(counters.inner.extent)"]
    } else {
      arguments += ["\(counters.block.extent)", count]
    }
    arguments.append("\(counters.lane.extent)")
    let name = "\(isLines ? "rt_lines" : "rt_block")_\(tile.sum.type)"
    return .row([
      .list(
        "\(name)(",
        arguments.map { .word($0) } + [
          address(tile.left.buffer, left), .word("\(stride)"), address(tile.right.buffer, right),
          .list(
            "RT_LOOPS(", tile.steps.map { .word("{\($0.count), \($0.left), \($0.right)}") }, ")"),
        ], ")"), .word(";"),
    ])
  }

  private func address(_ buffer: Buffer, _ indices: [Index]) -> CText {
    .row([.word("&"), naming.element(buffer, indices).text])
  }
}

extension TileCounters {
  // How many rows or lines are taken at once.
  var most: String { lines.map { "\($0)" } ?? "RT_BLOCK(\(block.extent))" }

  // The rows of the array of sums.
  var height: String {
    lines.map { "RT_LINES(\($0 * inner.extent))" } ?? "RT_BLOCK(\(block.extent))"
  }
}

extension Tile {
  // The loops around the blocks of rows: columns outside, as a panel stays in cache.
  fileprivate var outerLoops: ArraySlice<Variable> {
    let counters = TileCounters(self)
    let rows = rows.dropLast(counters.lines == nil ? 1 : 2).filter { $0.extent > 1 }
    return (panels > 1 ? [counters.panel] + rows : rows)[...]
  }

  fileprivate var rowCount: Int { rows.reduce(1) { $0 * $1.extent } }

  /// The number of loops that directly hold each other.
  var depth: Int { outerLoops.count + 1 }

  // The body for one element of the array of sums.
  fileprivate func finish(_ counters: TileCounters, _ sums: Buffer) -> [Statement] {
    let isLines = counters.lines != nil
    let move: (Variable) -> Index? = { variable in
      if variable == rows[rows.count - (isLines ? 2 : 1)] {
        return Index(counters.block) + Index(counters.row)
      }
      if variable == rows.last { return Index(counters.inner) }
      return variable == column
        ? Index(counters.panel) * Tile.width + Index(counters.lane) : nil
    }
    let row =
      isLines
      ? Index(counters.row) * counters.inner.extent + Index(counters.inner) : Index(counters.row)
    let element = Expression.load(sums, [row, Index(counters.lane)])
    return body.map { statement in
      statement.mapped(
        { value in
          value.substituting(move).rewritten { $0 == .local(sum) ? element : $0 }
        }, { $0.substituting(move) })
    }
  }

  // The loops over what is summed, outermost first; two are one where both factors go on as if
  // they were.
  fileprivate var steps: [(count: Int, left: Int, right: Int)] {
    var result: [(count: Int, left: Int, right: Int)] = []
    for variable in joined where variable.extent > 1 {
      let step = (
        count: variable.extent, left: left.stride(of: variable) ?? 0,
        right: right.stride(of: variable) ?? 0
      )
      if let outer = result.last, outer.left == step.left * step.count,
        outer.right == step.right * step.count
      {
        result[result.count - 1] = (outer.count * step.count, step.left, step.right)
      } else {
        result.append(step)
      }
    }
    return result.isEmpty ? [(1, 0, 0)] : result
  }
}
