internal import LoopIR

/// The statements of a kernel, and the memory that they use for what they put aside.
struct Schedule {
  var body: [Statement]
  /// The arrays of the kernel in the shapes in which the statements see them.
  let parameters: [KernelParameter]
  var scratch: [Buffer] = []
}

extension TilePlan {
  /// Returns loops for a kernel that consists of this sum of products and of what is done with
  /// each result.
  func schedule(_ kernel: KernelStages, _ reduction: Reduction) -> Schedule {
    let panels = isPacked ? panelBuffer(kernel) : nil
    let factor = panels.map { Element($0, position(ofColumn: Index(column))) } ?? right
    let body = kernel.stages.dropFirst().map { stage -> Statement in
      switch stage {
      case .bind(let local, let value): .constant(local, value)
      case .store(let buffer, let value): .store(buffer, kernel.position, value)
      case .reduce, .hold, .row: preconditionFailure("a tile has one sum")
      }
    }
    let tile = Tile(
      rows: rows, column: column, sum: reduction.result, joined: joined, left: left,
      right: factor, body: body)
    let pack = panels.map { self.pack($0, kernel) } ?? []
    return Schedule(
      body: pack + nest(outer, [.tile(tile)]), parameters: kernel.parameters,
      scratch: panels.map { [$0] } ?? [])
  }

  private func panelBuffer(_ kernel: KernelStages) -> Buffer {
    Buffer(
      id: kernel.parameters.count, name: right.buffer.name + "_panels", type: right.buffer.type,
      shape: outer.map(\.extent) + [panels] + joined.map(\.extent) + [Tile.width])
  }

  // Where a column lies in the panels.
  private func position(ofColumn index: Index) -> [Index] {
    let (panel, lane) = index.divided(by: Tile.width)
    return outer.map { Index($0) } + [panel] + joined.map { Index($0) } + [lane]
  }

  /// The loops that put the right factor in panels; columns that do not exist are 0.
  private func pack(_ buffer: Buffer, _ kernel: KernelStages) -> [Statement] {
    let elements = kernel.elements
    func copy(_ lane: Variable, at start: Index) -> Statement {
      let index = start + Index(lane)
      let value = Expression.load(
        right.buffer,
        right.indices.map { $0.substituting { $0 == column ? index : nil } })
      return .loop(Loop(lane, [.store(buffer, slot(start, Index(lane)), value)]))
    }
    func slot(_ start: Index, _ lane: Index) -> [Index] {
      position(ofColumn: start).dropLast() + [lane]
    }
    let whole = column.extent / Tile.width
    let rest = column.extent % Tile.width
    var result: [Statement] = []
    if whole > 0 {
      let panel = elements.variable("p", whole)
      let lane = elements.variable("l", Tile.width)
      result += nest(outer + [panel] + joined, [copy(lane, at: Index(panel) * Tile.width)])
    }
    if rest > 0 {
      let start = Index(whole * Tile.width)
      let zero = elements.variable("l", Tile.width - rest)
      let fill = Statement.loop(
        Loop(
          zero,
          [
            .store(
              buffer, slot(start, Index(zero) + rest),
              .literal(Literal(Int64(0), buffer.type)))
          ]))
      let lane = elements.variable("l", rest)
      result += nest(outer + joined, [copy(lane, at: start), fill])
    }
    return result
  }
}
