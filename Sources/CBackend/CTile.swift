internal import LoopIR
internal import Support

private let firstNumber = 1 << 20

/// What a tile counts with in C, and how many rows it takes at once.
private struct TileCounters {
  /// Counts blocks of columns, or is the first one of a group.
  let panel: Variable
  /// A block of columns within a group.
  let member: Variable
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
    let group = TileCounters.group(tile, lines)
    panel = Variable(id: firstNumber, name: "p", extent: tile.panels > group ? tile.panels : 1)
    block = Variable(id: firstNumber + 1, name: blocked.name, extent: blocked.extent)
    row = Variable(id: firstNumber + 2, name: "r", extent: blocked.extent)
    inner = Variable(id: firstNumber + 3, name: last.name, extent: last.extent)
    member = Variable(id: firstNumber + 4, name: "q", extent: group)
    lane = Variable(id: firstNumber + 5, name: "l", extent: min(tile.column.extent, Tile.width))
  }

  // Rows that are neighbours are copied; the more panels share a copy, the better, as long as
  // enough blocks are left to share out.
  private static func group(_ tile: Tile, _ lines: Int?) -> Int {
    let last = tile.rows[tile.rows.count - 1]
    guard lines == nil, tile.left.stride(of: last) == 1 else { return 1 }
    let blocks = tile.rows.dropLast().reduce((last.extent + 63) / 64) { $0 * $1.extent }
    let groups = max((tile.panels + 7) / 8, (Tile.enoughBlocks + blocks - 1) / blocks)
    return max(1, (tile.panels + groups - 1) / groups)
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
//         rt_block_f32(sum, 128, rows, 1, 32, &x[n][0], 784, &w_panels[p][0][0], 0,
//                      RT_LOOPS({784, 1, 32}));
//         for (int r = 0; r < rows; r++)
//           for (int l = 0; l < 32; l++) y[n + r][32 * p + l] = sum[r][l];
//       }
//
// A block may have the columns of a group of panels; then each row has a loop over them.
extension CBlock {
  func write(_ tile: Tile, to writer: inout IndentedWriter) {
    if tile.kind == .parallel && !isInParallel {
      let depth = tile.depth
      writer.unindented("#pragma omp parallel for" + (depth > 1 ? " collapse(\(depth))" : ""))
    }
    var inner = CBlock(naming, isInParallel: isInParallel || tile.kind == .parallel)
    inner.writeHeads(tile, tile.outerLoops, to: &writer)
  }

  // The loops around a block, then that.
  private mutating func writeHeads(
    _ tile: Tile, _ loops: ArraySlice<Variable>, to writer: inout IndentedWriter
  ) {
    let counters = TileCounters(tile)
    guard let variable = loops.first else { return writeBlock(tile, counters, to: &writer) }
    let name = naming.declare(variable)
    let type = variable.extent < Int(Int32.max) / 2 ? "int" : "int64_t"
    let step = counters.step(of: variable).map { "\(name) += \($0)" } ?? "\(name)++"
    let isLast = loops.count == 1
    writer.line(
      "for (\(type) \(name) = 0; \(name) < \(variable.extent); \(step))" + (isLast ? " {" : ""))
    var inner = self
    writer.indented { inner.writeHeads(tile, loops.dropFirst(), to: &$0) }
    if isLast { writer.line("}") }
  }

  private mutating func writeBlock(
    _ tile: Tile, _ counters: TileCounters, to writer: inout IndentedWriter
  ) {
    let extent = counters.block.extent
    let rows = naming.take(counters.lines == nil ? "rows" : "lines")
    let start = naming[counters.block]
    writer.line("const int \(rows) = rt_rows(\(extent), \(counters.most), \(start));")
    let group = counters.member.extent
    let isRagged = tile.panels > 1 && tile.column.extent % Tile.width != 0
    var columns = "\(counters.lane.extent)"
    if isRagged && group == 1 {
      columns = naming.take("columns")
      let panel = naming[counters.panel]
      writer.line("const int \(columns) = rt_columns(\(tile.column.extent), \(panel));")
    }
    var panels = "\(group)"
    if tile.panels % group > 0 {
      panels = naming.take("panels")
      let panel = naming[counters.panel]
      writer.line("const int \(panels) = rt_rows(\(tile.panels), \(group), \(panel));")
    }
    let type = tile.sum.type
    let sums = Buffer(
      id: -11, name: tile.sum.name, type: type,
      shape: (group > 1 ? [group] : []) + [tile.rowCount, Tile.width])
    let name = naming.declareOwn(sums) { .elements($0) }
    let members = group > 1 ? "[\(group)]" : ""
    writer.line("\(type.cScalar) \(name)\(members)[\(counters.height)][\(Tile.width)];")
    writer.write(call(tile, counters, sums: group > 1 ? name + "[0]" : name, rows, panels))
    var inner = self
    var rowHeads: [String] = []
    let row = inner.naming.declare(counters.row)
    rowHeads.append("for (int \(row) = 0; \(row) < \(rows); \(row)++)")
    if counters.lines != nil {
      let name = inner.naming.declare(counters.inner)
      rowHeads.append("for (int \(name) = 0; \(name) < \(counters.inner.extent); \(name)++)")
    }
    var heads: [String] = []
    if group > 1 {
      let name = inner.naming.declare(counters.member)
      heads.append("for (int \(name) = 0; \(name) < \(panels); \(name)++)")
      if isRagged {
        let first = counters.panel.extent > 1 ? naming[counters.panel] + " + " : ""
        columns = "rt_columns(\(tile.column.extent), \(first)\(name))"
      }
    }
    let lane = inner.naming.declare(counters.lane)
    heads.append("for (int \(lane) = 0; \(lane) < \(columns); \(lane)++)")
    heads = tile.endsAlongRows ? heads + rowHeads : rowHeads + heads
    let rowLoop = counters.lines == nil ? counters.row : counters.inner
    let last = tile.endsAlongRows ? rowLoop : counters.lane
    inner.writeFinish(heads[...], Loop(last, tile.finish(counters, sums)), to: &writer)
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

  private func call(
    _ tile: Tile, _ counters: TileCounters, sums: String, _ count: String, _ panels: String
  ) -> CText {
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
    if !isLines { arguments.append(panels) }
    arguments.append("\(counters.lane.extent)")
    let name = "\(isLines ? "rt_lines" : "rt_block")_\(tile.sum.type)"
    let next = Element(tile.right.buffer, tile.rightStart(Index(counters.member)))
    let further = isLines ? [] : [CText.word("\(next.stride(of: counters.member) ?? 0)")]
    return .row([
      .list(
        "\(name)(",
        arguments.map { .word($0) } + [
          address(tile.left.buffer, left), .word("\(stride)"), address(tile.right.buffer, right),
        ] + further + [
          .list(
            "RT_LOOPS(", tile.steps.map { .word("{\($0.count), \($0.left), \($0.right)}") }, ")")
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

  // What a loop around blocks adds to its variable each time, if that is not 1.
  func step(of variable: Variable) -> String? {
    switch variable {
    case block: most
    case panel where member.extent > 1: "\(member.extent)"
    default: nil
    }
  }

  // The rows of the array of sums.
  var height: String {
    lines.map { "RT_LINES(\($0 * inner.extent))" } ?? "RT_BLOCK(\(block.extent))"
  }
}

extension Tile {
  // The loops around a block: columns outside, as a panel stays in cache; or the groups of panels
  // that copy the same rows inside.
  fileprivate var outerLoops: ArraySlice<Variable> {
    let counters = TileCounters(self)
    let outer = rows.dropLast(counters.lines == nil ? 1 : 2).filter { $0.extent > 1 }
    let panels = [counters.panel].filter { $0.extent > 1 }
    let blocks = outer + [counters.block]
    return (counters.member.extent > 1 ? blocks + panels : panels + blocks)[...]
  }

  // True iff what is done with the sums goes along memory with the rows, not with the columns.
  fileprivate var endsAlongRows: Bool {
    var first: Element?
    body.forEachStatement { statement in
      if case .store(let buffer, let indices, _) = statement {
        first = first ?? Element(buffer, indices)
      }
    }
    guard let first, let row = rows.last, row.extent >= 8, first.stride(of: column) != 1
    else { return false }
    return first.stride(of: row) == 1
  }

  fileprivate var rowCount: Int { rows.reduce(1) { $0 * $1.extent } }

  /// The number of loops that directly hold each other.
  var depth: Int { outerLoops.count }

  // The body for one element of the array of sums.
  fileprivate func finish(_ counters: TileCounters, _ sums: Buffer) -> [Statement] {
    let isLines = counters.lines != nil
    let isGroup = counters.member.extent > 1
    let move: (Variable) -> Index? = { variable in
      if variable == rows[rows.count - (isLines ? 2 : 1)] {
        return Index(counters.block) + Index(counters.row)
      }
      if variable == rows.last { return Index(counters.inner) }
      let panel = Index(counters.panel) + (isGroup ? Index(counters.member) : Index(0))
      return variable == column ? panel * Tile.width + Index(counters.lane) : nil
    }
    let row =
      isLines
      ? Index(counters.row) * counters.inner.extent + Index(counters.inner) : Index(counters.row)
    let element = Expression.load(
      sums, (isGroup ? [Index(counters.member)] : []) + [row, Index(counters.lane)])
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
