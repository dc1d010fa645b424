internal import LoopIR

extension TilePlan {
  /// Returns loops for this sum of products and its epilogue.
  func schedule(_ kernel: SumKernel, _ machine: Machine) -> Schedule {
    let panels = isPacked ? makePanels(kernel) : nil
    let factor = panels.map { Element($0.buffer, $0.position) } ?? rightElement
    guard let factor else { preconditionFailure("a factor that is no array is put in panels") }
    let tile = Tile(
      rows: rows, column: column, sum: kernel.reduction.result, joined: joined, left: left,
      right: factor, body: kernel.epilogue.map(\.statement))
    return Schedule(
      body: nest(outer, [.tile(tile.divided(for: machine))]), parameters: kernel.parameters,
      definitions: kernel.definitions, panels: panels)
  }

  // The place of a column in the panels.
  private func position(ofColumn index: Index) -> [Index] {
    let (panel, lane) = index.divided(by: Tile.width)
    return rightOuter.map { Index($0) } + [panel] + joined.map { Index($0) } + [lane]
  }

  /// The loops that put the right factor in panels, in the order in which it lies in memory;
  /// columns that do not exist are 0.
  private func makePanels(_ kernel: SumKernel) -> Panels {
    let elements = kernel.elements
    let lanes = min(Tile.width, Tile.lanes(column.extent))
    let name = rightElement?.buffer.name ?? right.loads.first?.buffer.name ?? "factor"
    let buffer = Buffer(
      id: kernel.parameters.count, name: name + "_panels", type: right.type,
      shape: rightOuter.map(\.extent) + [panels] + joined.map(\.extent) + [lanes])
    func slot(_ start: Index, _ lane: Index) -> [Index] {
      self.position(ofColumn: start).dropLast() + [lane]
    }
    func copy(_ lane: Variable, at start: Index) -> Statement {
      let index = start + Index(lane)
      let value = right.substituting { $0 == column ? index : nil }
      return .loop(
        Loop(lane, kind: .independent, [.store(buffer, slot(start, Index(lane)), value)]))
    }
    let order = joined.sorted { rightStride(of: $0) > rightStride(of: $1) }
    let whole = column.extent / Tile.width
    let rest = column.extent % Tile.width
    var body: [Statement] = []
    if whole > 0 {
      let panel = elements.variable("p", whole)
      let lane = elements.variable("l", Tile.width)
      body += nest(rightOuter + [panel] + order, [copy(lane, at: Index(panel) * Tile.width)])
    }
    if rest > 0 {
      let start = Index(whole * Tile.width)
      let zero = elements.variable("l", lanes - rest)
      let fill = Statement.store(
        buffer, slot(start, Index(zero) + rest), .literal(Literal(Int64(0), buffer.type)))
      let lane = elements.variable("l", rest)
      let empty = Statement.loop(Loop(zero, kind: .independent, [fill]))
      body += nest(
        rightOuter + order, [copy(lane, at: start)] + (rest == lanes ? [] : [empty]))
    }
    let place = self.position(ofColumn: Index(column))
    return Panels(
      value: right, buffer: buffer, position: place,
      definition: Definition(.buffer(buffer, place), right), body: body)
  }

  /// The distance between the columns of two iterations.
  func rightStride(of variable: Variable) -> Int {
    right.loads.map { abs($0.stride(of: variable) ?? 0) }.max() ?? 0
  }
}
