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
    let move: (Variable) -> Index? = { variable in
      joined.firstIndex(of: variable).map { Index(steps[$0]) }
    }
    let fill = self.fill(panel, at: start, extent, elements, move) { lane in
      steps.map { Index($0) } + [lane]
    }
    let lane = elements.variable(column.name, extent)
    let place: (Variable) -> Index? = { $0 == column ? start + Index(lane) : nil }
    let tile = Tile(
      rows: rows, column: lane, sum: kernel.reduction.result, joined: joined, left: left,
      right: Element(panel, joined.map { Index($0) } + [Index(lane)]),
      body: kernel.epilogue.map { $0.moved(place) { $0 }.statement })
    return [.array(panel, fill: nil)] + nest(order.map { steps[$0] }, kind: .serial, fill)
      + [.tile(tile.divided(for: machine))]
  }

  // The loops that fill one step of a panel with the columns from `start` on; lanes without a
  // column are 0.
  private func fill(
    _ panel: Buffer, at start: Index, _ extent: Int, _ elements: KernelElements,
    _ move: (Variable) -> Index? = { _ in nil }, slot: (Index) -> [Index]
  ) -> [Statement] {
    let lane = elements.variable("l", extent)
    let value = right.substituting { $0 == column ? start + Index(lane) : move($0) }
    var result: [Statement] = [
      .loop(Loop(lane, kind: .independent, [.store(panel, slot(Index(lane)), value)]))
    ]
    let lanes = panel.shape.last ?? extent
    if extent < lanes {
      let empty = elements.variable("l", lanes - extent)
      let zero = Statement.store(
        panel, slot(Index(empty) + extent), .literal(Literal(Int64(0), panel.type)))
      result.append(.loop(Loop(empty, kind: .independent, [zero])))
    }
    return result
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
    func copy(_ extent: Int, at start: Index) -> [Statement] {
      fill(buffer, at: start, extent, elements) { slot(start, $0) }
    }
    let order = joined.sorted { rightStride(of: $0) > rightStride(of: $1) }
    let whole = column.extent / Tile.width
    let rest = column.extent % Tile.width
    var body: [Statement] = []
    if whole > 0 {
      let panel = elements.variable("p", whole)
      body += nest(
        rightOuter + [panel] + order, copy(Tile.width, at: Index(panel) * Tile.width))
    }
    if rest > 0 {
      body += nest(rightOuter + order, copy(rest, at: Index(whole * Tile.width)))
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
