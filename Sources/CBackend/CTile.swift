internal import LoopIR
internal import Support

private let firstNumber = 1 << 20

/// The names that a tile gives to what it counts with in C.
private struct TileCounters {
  /// Counts blocks of columns.
  let panel: Variable
  /// The first row of a block.
  let block: Variable
  /// A row within a block, and a column within a panel.
  let row: Variable
  let lane: Variable

  // Their numbers are those of no variable of a kernel, and in the order of their loops.
  init(_ tile: Tile) {
    let last = tile.rows[tile.rows.count - 1]
    panel = Variable(id: firstNumber, name: "p", extent: tile.panels)
    block = Variable(id: firstNumber + 1, name: last.name, extent: last.extent)
    row = Variable(id: firstNumber + 2, name: "r", extent: last.extent)
    lane = Variable(id: firstNumber + 3, name: "l", extent: min(tile.column.extent, Tile.width))
  }
}

// A tile in C: loops over blocks, a call of the function in `Runtime/tile.h` that leaves the sums
// of one block in an array, and loops over that array.
//
//     for (int p = 0; p < 32; p++)
//       for (int n = 0; n < 128; n += RT_ROWS(128)) {
//         const int rows = rt_rows(128, n);
//         float sum[RT_ROWS(128)][32];
//         rt_tile_f32(sum, 128, n, 32, &x[n][0], 784, &w_panels[p][0][0], RT_LOOPS({784, 1, 32}));
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
    writer.line("for (\(type) \(name) = 0; \(name) < \(extent); \(name) += RT_ROWS(\(extent))) {")
    writer.indented { writeBlock(tile, counters, to: &$0) }
    writer.line("}")
  }

  private mutating func writeBlock(
    _ tile: Tile, _ counters: TileCounters, to writer: inout IndentedWriter
  ) {
    let extent = counters.block.extent
    let rows = naming.take("rows")
    writer.line("const int \(rows) = rt_rows(\(extent), \(naming[counters.block]));")
    var columns = "\(counters.lane.extent)"
    if tile.panels > 1, tile.column.extent % Tile.width != 0 {
      columns = naming.take("columns")
      let panel = naming[counters.panel]
      writer.line("const int \(columns) = rt_columns(\(tile.column.extent), \(panel));")
    }
    let type = tile.sum.type
    let sums = Buffer(id: -11, name: tile.sum.name, type: type, shape: [extent, Tile.width])
    let name = naming.declare(sums) { .elements($0) }
    writer.line("\(type.cScalar) \(name)[RT_ROWS(\(extent))][\(Tile.width)];")
    writer.write(call(tile, counters, sums: name))
    let row = naming.declare(counters.row)
    writer.line("for (int \(row) = 0; \(row) < \(rows); \(row)++)")
    var inner = self
    let lane = inner.naming.declare(counters.lane)
    let head = "for (int \(lane) = 0; \(lane) < \(columns); \(lane)++)"
    let body = tile.finish(counters, sums)
    writer.indented { inner.write(.word(head), body: body, to: &$0) }
  }

  private func call(_ tile: Tile, _ counters: TileCounters, sums: String) -> CText {
    let left = tile.left.indices.map { index in
      index.substituting { (variable) -> Index? in
        variable == tile.rows.last
          ? Index(counters.block) : tile.joined.contains(variable) ? Index(0) : nil
      }
    }
    let right = tile.rightStart(Index(counters.panel))
    let stride = tile.rows.last.flatMap { tile.left.stride(of: $0) } ?? 0
    let arguments: [CText] = [
      .word(sums), .word("\(counters.block.extent)"), .word(naming[counters.block]),
      .word("\(counters.lane.extent)"), address(tile.left.buffer, left), .word("\(stride)"),
      address(tile.right.buffer, right),
      .list("RT_LOOPS(", tile.steps.map { .word("{\($0.count), \($0.left), \($0.right)}") }, ")"),
    ]
    return .row([.list("rt_tile_\(tile.sum.type)(", arguments, ")"), .word(";")])
  }

  private func address(_ buffer: Buffer, _ indices: [Index]) -> CText {
    .row([.word("&"), naming.element(buffer, indices).text])
  }
}

extension Tile {
  // The loops around the blocks of rows: columns outside, as a panel stays in cache.
  fileprivate var outerLoops: ArraySlice<Variable> {
    let rows = rows.dropLast().filter { $0.extent > 1 }
    return (panels > 1 ? [TileCounters(self).panel] + rows : rows)[...]
  }

  /// The number of loops that directly hold each other.
  var depth: Int { outerLoops.count + 1 }

  // The body for one element of the array of sums.
  fileprivate func finish(_ counters: TileCounters, _ sums: Buffer) -> [Statement] {
    let move: (Variable) -> Index? = { variable in
      if variable == rows.last { return Index(counters.block) + Index(counters.row) }
      return variable == column
        ? Index(counters.panel) * Tile.width + Index(counters.lane) : nil
    }
    let element = Expression.load(sums, [Index(counters.row), Index(counters.lane)])
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
