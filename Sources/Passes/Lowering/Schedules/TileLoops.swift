internal import LoopIR

extension TilePlan {
  /// Returns loops for this sum of products and its epilogue.
  func schedule(_ kernel: SumKernel, _ machine: Machine) -> Schedule {
    let panels = columns == .panels ? makePanels(kernel) : nil
    let body: [Statement]
    if columns == .ownPanels {
      body = ownPanels(kernel, machine)
    } else {
      let factor = panels.map { Element($0.buffer, $0.position) } ?? rightElement
      guard let factor else { preconditionFailure("a factor that is no array is put in panels") }
      let tile = Tile(
        rows: rows, column: column, sum: kernel.reduction.result, joined: joined, left: left,
        right: factor, body: kernel.epilogue.map(\.statement))
      body = nest(outer, [.tile(tile.divided(for: machine))])
    }
    return Schedule(
      body: body, parameters: kernel.parameters, definitions: kernel.definitions, panels: panels)
  }

  /// For each block of columns: the loops that fill its panel, then its tiles.
  ///
  ///     for p < 24 {
  ///       array w_panel[784, 32]
  ///       for i < 784, l < 32 { w_panel[i, l] = w[32 * p + l, i] }
  ///       tile n < 128, j < 32 { sum = sum{i} x[n, i] * w_panel[i, j]; ... }
  ///     }
  private func ownPanels(_ kernel: SumKernel, _ machine: Machine) -> [Statement] {
    let whole = column.extent / Tile.width
    let rest = column.extent % Tile.width
    let panel = kernel.elements.variable("p", whole)
    let start = Index(panel) * Tile.width
    var body: [Statement] = []
    if whole > 0 {
      body += nest(outer + [panel], ownPanel(at: start, Tile.width, kernel, machine))
    }
    if rest > 0 {
      body += nest(outer, ownPanel(at: Index(whole * Tile.width), rest, kernel, machine))
    }
    return body
  }

  private func ownPanel(
    at start: Index, _ extent: Int, _ kernel: SumKernel, _ machine: Machine
  ) -> [Statement] {
    let elements = kernel.elements
    let lanes = Tile.lanes(extent)
    let panel = elements.array(
      factorName + "_panel", right.type, joined.map(\.extent) + [lanes])
    let steps = joined.map { elements.variable($0.name, $0.extent) }
    let order = joined.indices.sorted { rightStride(of: joined[$0]) > rightStride(of: joined[$1]) }
    func copy(_ index: Index) -> Expression {
      right.substituting { variable in
        variable == column ? index : joined.firstIndex(of: variable).map { Index(steps[$0]) }
      }
    }
    func slot(_ lane: Index) -> [Index] { steps.map { Index($0) } + [lane] }
    let l = elements.variable("l", extent)
    var fill: [Statement] = [
      .loop(
        Loop(l, kind: .independent, [.store(panel, slot(Index(l)), copy(start + Index(l)))]))
    ]
    if extent < lanes {
      let l = elements.variable("l", lanes - extent)
      let zero = Statement.store(
        panel, slot(Index(l) + extent), .literal(Literal(Int64(0), panel.type)))
      fill.append(.loop(Loop(l, kind: .independent, [zero])))
    }
    let lane = elements.variable(column.name, extent)
    let move: (Variable) -> Index? = { $0 == column ? start + Index(lane) : nil }
    let tile = Tile(
      rows: rows, column: lane, sum: kernel.reduction.result, joined: joined, left: left,
      right: Element(panel, joined.map { Index($0) } + [Index(lane)]),
      body: kernel.epilogue.map { $0.moved(move) { $0 }.statement })
    return [.array(panel, fill: nil)] + nest(order.map { steps[$0] }, kind: .serial, fill)
      + [.tile(tile.divided(for: machine))]
  }

  private var factorName: String {
    rightElement?.buffer.name ?? right.loads.first?.buffer.name ?? "factor"
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
    let buffer = Buffer(
      id: kernel.parameters.count, name: factorName + "_panels", type: right.type,
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
