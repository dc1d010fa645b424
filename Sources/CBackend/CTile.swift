internal import LoopIR
internal import Support

// A tile in C: loops over blocks, a call of the function in `Runtime/math/tile.h` that leaves the
// sums of one block in an array, and loops over that array.
//
//     for (int p = 0; p < 32; p++)
//       for (int n = 0; n < 128; n += RT_BLOCK(128)) {
//         const int rows = rt_rows(128, RT_BLOCK(128), n);
//         float sum[RT_BLOCK(128)][32];
//         rt_block_f32(sum, RT_SOME_ROWS(128, rows), RT_PANELS(1, 32), RT_LEFT(&x[n][0], 784),
//                      RT_RIGHT(&w_panels[p][0][0], 0), RT_LOOPS({784, 1, 32}));
//         for (int r = 0; r < rows; r++)
//           for (int l = 0; l < 32; l++) y[n + r][32 * p + l] = sum[r][l];
//       }
//
// A block may have the columns of a group of panels; then each row has a loop over them.
extension CBlock {
  func write(_ tile: Tile, to writer: inout IndentedWriter) {
    let walk = TileWalk(tile)
    if tile.kind == .parallel && !isInParallel {
      let depth = walk.outer.count
      writer.unindented("#pragma omp parallel for" + (depth > 1 ? " collapse(\(depth))" : ""))
    }
    var inner = CBlock(naming, isInParallel: isInParallel || tile.kind == .parallel)
    inner.writeHeads(walk, walk.outer[...], to: &writer)
  }

  // The loops around a block, then that.
  private mutating func writeHeads(
    _ walk: TileWalk, _ loops: ArraySlice<Variable>, to writer: inout IndentedWriter
  ) {
    guard let variable = loops.first else { return writeBlock(walk, to: &writer) }
    let name = naming.declare(variable)
    let type = variable.extent < Int(Int32.max) / 2 ? "int" : "int64_t"
    let step = walk.step(of: variable).map { "\(name) += \($0)" } ?? "\(name)++"
    let isLast = loops.count == 1
    writer.line(
      "for (\(type) \(name) = 0; \(name) < \(variable.extent); \(step))" + (isLast ? " {" : ""))
    var inner = self
    writer.indented { inner.writeHeads(walk, loops.dropFirst(), to: &$0) }
    if isLast { writer.line("}") }
  }

  // Writes the array of sums, the call that fills it, and the loops over it.
  private mutating func writeBlock(_ walk: TileWalk, to writer: inout IndentedWriter) {
    let tile = walk.tile
    let rows = naming.take(walk.isByLines ? "lines" : "rows")
    let start = naming[walk.block]
    writer.line("const int \(rows) = rt_rows(\(walk.block.extent), \(walk.most), \(start));")
    let group = walk.member.extent
    let isRagged = tile.panels > 1 && tile.column.extent % Tile.width != 0
    var columns = "\(walk.lane.extent)"
    if isRagged && group == 1 {
      columns = naming.take("columns")
      let panel = naming[walk.panel]
      writer.line("const int \(columns) = rt_columns(\(tile.column.extent), \(panel));")
      if tile.overlap > 0 {
        let again = naming.declare(walk.again)
        writer.line(
          "const int \(again) = \(Tile.width) - \(columns);  // the block before has these, too")
      }
    }
    var panels = "\(group)"
    if tile.panels % group > 0 {
      panels = naming.take("panels")
      let panel = naming[walk.panel]
      writer.line("const int \(panels) = rt_rows(\(tile.panels), \(group), \(panel));")
    }
    let name = naming.declareOwn(walk.sums) { .elements($0) }
    let members = group > 1 ? "[\(group)]" : ""
    writer.line(
      "\(tile.sum.type.cScalar) \(name)\(members)[\(walk.height)][\(Tile.width)];")
    writer.write(call(walk, sums: group > 1 ? name + "[0]" : name, rows, panels, columns))
    var inner = self
    // Rows get their names first.
    for variable in [walk.row, walk.inner, walk.member, walk.lane]
    where walk.finishing.contains(variable) {
      _ = inner.naming.declare(variable)
    }
    if group > 1 && isRagged {
      let first = walk.panel.extent > 1 ? naming[walk.panel] + " + " : ""
      columns = "rt_columns(\(tile.column.extent), \(first)\(inner.naming[walk.member]))"
    }
    let heads = walk.finishing.map { variable in
      let end: String =
        switch variable {
        case walk.row: rows
        case walk.member: panels
        case walk.lane: columns
        default: "\(variable.extent)"
        }
      let name = inner.naming[variable]
      return "for (int \(name) = 0; \(name) < \(end); \(name)++)"
    }
    inner.writeFinish(heads[...], walk.innermost(walk.sums), to: &writer)
  }

  private func writeFinish(
    _ heads: ArraySlice<String>, _ lanes: Loop, to writer: inout IndentedWriter
  ) {
    guard let head = heads.first else { return }
    if heads.count == 1 {
      if lanes.isSimd { writer.unindented("#pragma omp simd") }
      return write(.word(head), body: lanes.body, to: &writer)
    }
    writer.line(head)
    writer.indented { writeFinish(heads.dropFirst(), lanes, to: &$0) }
  }

  // The call of the function for a block, with its factors by name.
  private func call(
    _ walk: TileWalk, sums: String, _ count: String, _ panels: String, _ columns: String
  ) -> CText {
    let tile = walk.tile
    let left = tile.left.indices.map { index in
      index.substituting { (variable) -> Index? in
        if variable == walk.blocked { return Index(walk.block) }
        return variable == tile.rows.last || tile.joined.contains(variable) ? Index(0) : nil
      }
    }
    let strides = tile.rows.map { tile.left.stride(of: $0) ?? 0 }
    let stride = strides[strides.count - 1]
    let next = Element(tile.right.buffer, tile.rightStart(Index(walk.member)))
    let from = address(tile.right.buffer, walk.rightStart)
    var arguments: [CText] = [.word(sums)]
    let rest = tile.blocks.endsShort ? "\(tile.column.extent % Tile.width)" : nil
    func pair(_ name: String, _ first: CText, _ second: String) {
      arguments.append(.list("\(name)(", [first, .word(second)], ")"))
    }
    if let lines = tile.blocks.lines {
      pair("RT_SOME_LINES", .word("\(lines)"), count)
      pair("RT_LINE", .word("\(strides[strides.count - 2])"), "\(walk.inner.extent)")
    } else {
      pair("RT_SOME_ROWS", .word("\(walk.block.extent)"), count)
    }
    if let rest {
      pair("RT_SHORT_LAST", .word(columns), rest)
    } else {
      pair("RT_PANELS", .word(panels), "\(walk.lane.extent)")
    }
    pair("RT_LEFT", address(tile.left.buffer, left), "\(stride)")
    pair("RT_RIGHT", from, "\(next.stride(of: walk.member) ?? 0)")
    arguments.append(
      .list("RT_LOOPS(", tile.steps.map { .word("{\($0.count), \($0.left), \($0.right)}") }, ")"))
    // The name ends with the type of the numbers, and that of the columns if it is another one.
    let types = tile.right.buffer.type == tile.sum.type ? [] : [tile.right.buffer.type.rawValue]
    let name = ([walk.isByLines ? "rt_lines" : "rt_block", tile.sum.type.rawValue] + types)
      .joined(separator: "_")
    return .row([.list("\(name)(", arguments, ")"), .word(";")])
  }
}

extension TileWalk {
  // How many rows or lines are taken at once.
  fileprivate var most: String { tile.blocks.lines.map { "\($0)" } ?? "RT_BLOCK(\(block.extent))" }

  // What a loop around blocks adds to its variable each time, if that is not 1.
  fileprivate func step(of variable: Variable) -> String? {
    switch variable {
    case block: most
    case panel where member.extent > 1: "\(member.extent)"
    default: nil
    }
  }

  // The rows of the array of sums.
  fileprivate var height: String {
    tile.blocks.lines.map { "RT_LINES(\($0 * inner.extent))" } ?? "RT_BLOCK(\(block.extent))"
  }
}

extension Tile {
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
