internal import LoopIR

extension WinogradPlan {
  /// Returns loops for this convolution and its epilogue.
  ///
  ///     for each band of rows and each block of its tiles:
  ///       for each tile t and channel i: image_tiles[.., t, i] = B d B'
  ///       for each panel p of 32 columns:
  ///         for each position u, v:
  ///           products[u, v, t, l] = sum{i} image_tiles[u, v, t, i] * w_panels[p, u, v, i, l]
  ///         for each tile t: sum = A products[.., t, l] A', and what follows for its pixels
  func schedule(_ kernel: SumKernel) -> Schedule {
    let arrays = WinogradArrays(self, kernel)
    let elements = kernel.elements
    let band = elements.variable("band", bands)
    let place = TilePlace(self, band, elements)
    var body = transform(place, arrays, elements)
    if isByColumns { body = nest(place.blocks, body) }
    // The columns left after whole panels have separate loops.
    let whole = column.extent / Tile.width
    for isWhole in [true, false] where isWhole ? whole > 0 : column.extent % Tile.width > 0 {
      let own = isByColumns ? TilePlace(self, band, elements) : place
      let panel = elements.variable("p", whole)
      let columns =
        isWhole ? (Index(panel), Tile.width) : (Index(whole), column.extent % Tile.width)
      let loops = compute(own, panel: columns.0, columns.1, arrays, kernel)
      body += nest((isWhole ? [panel] : []) + (isByColumns ? own.blocks : []), loops)
    }
    if isByColumns {
      body = nest([band], kind: .serial, body)
    } else {
      body = nest([band], nest(place.blocks, kind: .serial, body))
    }
    return Schedule(
      body: nest(outer, kind: .serial, body), parameters: kernel.parameters,
      definitions: definitions(arrays, kernel), panels: panels(arrays, elements),
      scratch: [arrays.tiles, arrays.products], summary: summary(arrays, kernel.reduction))
  }

  // B d B' of the tiles of a block.
  private func transform(
    _ place: TilePlace, _ arrays: WinogradArrays, _ elements: KernelElements
  ) -> [Statement] {
    let i = elements.variable(channel.name, channel.extent)
    let (u, v) = (elements.variable("u", matrices.span), elements.variable("v", matrices.span))
    let (a, b) = (elements.variable("a", matrices.span), elements.variable("b", matrices.span))
    let indices = image.indices.map { index in
      index.substituting { variable in
        switch variable {
        case y.pixel: place.y * matrices.results
        case x.pixel: place.x * matrices.results
        case y.tap: Index(a)
        case x.tap: Index(b)
        case channel: Index(i)
        default: nil
        }
      }
    }
    let transform = Transform(
      matrices.b, LaneMatrices(Element(image.buffer, indices), row: a, column: b),
      into: LaneMatrices(
        Element(arrays.tiles, [place.block, Index(u), Index(v), place.tile, Index(i)]),
        row: u, column: v),
      lane: i)
    return nest(place.tiles, [.transform(transform)])
  }

  // The products of a panel and a block, and the results of each tile.
  private func compute(
    _ place: TilePlace, panel: Index, _ lanes: Int, _ arrays: WinogradArrays,
    _ kernel: SumKernel
  ) -> [Statement] {
    let elements = kernel.elements
    let (u, v) = (elements.variable("u", matrices.span), elements.variable("v", matrices.span))
    let (t, l) = (
      elements.variable("t", block.height * block.width), elements.variable("l", Tile.width)
    )
    let i = elements.variable(channel.name, channel.extent)
    let position = [Index(u), Index(v)]
    let product = elements.local("product", .f32)
    let tile = Tile(
      rows: [t], column: l, sum: product, joined: [i],
      left: Element(arrays.tiles, [place.block] + position + [Index(t), Index(i)]),
      right: Element(arrays.filters, [panel] + position + [Index(i), Index(l)]),
      body: [
        .store(
          arrays.products,
          [isByColumns ? panel : Index(0), place.block] + position + [Index(t), Index(l)],
          .local(product))
      ])
    let sums = nest([u, v], kind: .serial, [.tile(tile.divided(for: machine))])
    let finish = finish(place, panel, lanes, arrays, kernel)
    return sums + nest(place.tiles, kind: .serial, finish)
  }

  // A m A' of one tile, and the epilogue for each of its pixels and columns.
  private func finish(
    _ place: TilePlace, _ panel: Index, _ lanes: Int, _ arrays: WinogradArrays,
    _ kernel: SumKernel
  ) -> [Statement] {
    let elements = kernel.elements
    let l = elements.variable("l", lanes)
    let (u, v) = (elements.variable("u", matrices.span), elements.variable("v", matrices.span))
    let (r, c) = (
      elements.variable("r", matrices.results), elements.variable("c", matrices.results)
    )
    let products = [
      isByColumns ? panel : Index(0), place.block, Index(u), Index(v), place.tile, Index(l),
    ]
    let transform = Transform(
      matrices.a, LaneMatrices(Element(arrays.products, products), row: u, column: v),
      into: LaneMatrices(
        Element(arrays.sums, [Index(r), Index(c), Index(l)]), row: r, column: c),
      lane: l)
    let (a, b) = (
      elements.variable("a", matrices.results), elements.variable("b", matrices.results)
    )
    let lane = elements.variable("l", lanes)
    let sum = Expression.load(arrays.sums, [Index(a), Index(b), Index(lane)])
    let move: (Variable) -> Index? = { variable in
      variable == y.pixel
        ? place.y * matrices.results + Index(a)
        : variable == x.pixel
          ? place.x * matrices.results + Index(b)
          : variable == column ? panel * Tile.width + Index(lane) : nil
    }
    let results = kernel.epilogue.map { assignment in
      assignment.moved(move) { value in
        value.rewritten { $0 == .local(kernel.reduction.result) ? sum : $0 }
      }.statement
    }
    return [.array(arrays.sums, fill: Literal(0.0, .f32)), .transform(transform)]
      + nest([a, b, lane], kind: .serial, results)
  }

  // G g G' of all filters; columns that do not exist are 0.
  private func panels(_ arrays: WinogradArrays, _ elements: KernelElements) -> Panels {
    let whole = column.extent / Tile.width
    let rest = column.extent % Tile.width
    func fill(_ panel: Index, _ panels: [Variable], _ lanes: Int) -> [Statement] {
      let i = elements.variable(channel.name, channel.extent)
      let own =
        gather(panel, i, lanes, arrays, elements)
        + [.transform(transform(panel, i, lanes, arrays, elements))]
      if lanes == Tile.width { return nest(panels + [i], own) }
      let (u, v) = (elements.variable("u", matrices.span), elements.variable("v", matrices.span))
      let empty = elements.variable("l", Tile.width)
      let zero = Statement.store(
        arrays.filters, [panel, Index(u), Index(v), Index(i), Index(empty)],
        .literal(Literal(0.0, .f32)))
      let zeros = nest(
        [u, v], kind: .serial, [.loop(Loop(empty, from: Index(lanes), [zero]))])
      return nest([i], own + zeros)
    }
    var body: [Statement] = []
    if whole > 0 {
      let panel = elements.variable("p", whole)
      body += fill(Index(panel), [panel], Tile.width)
    }
    if rest > 0 { body += fill(Index(whole), [], rest) }
    return Panels(
      value: filter, buffer: arrays.filters, position: [], definition: nil, body: body,
      summary: "\(arrays.filters.name) = G g G' for each filter g of \(arrays.filterName)")
  }

  // Copies the filters of a panel for one channel, column by column.
  private func gather(
    _ panel: Index, _ i: Variable, _ lanes: Int, _ arrays: WinogradArrays,
    _ elements: KernelElements
  ) -> [Statement] {
    let (u, v) = (elements.variable("u", 3), elements.variable("v", 3))
    let l = elements.variable("l", lanes)
    let value = filter.substituting { variable in
      switch variable {
      case column: panel * Tile.width + Index(l)
      case channel: Index(i)
      case y.tap: Index(u)
      case x.tap: Index(v)
      default: nil
      }
    }
    return [.array(arrays.filter, fill: nil)]
      + nest(
        [l, u, v], kind: .serial, [.store(arrays.filter, [Index(u), Index(v), Index(l)], value)])
  }

  // G g G' of the filters that were gathered.
  private func transform(
    _ panel: Index, _ i: Variable, _ lanes: Int, _ arrays: WinogradArrays,
    _ elements: KernelElements
  ) -> Transform {
    let (r, c) = (elements.variable("r", 3), elements.variable("c", 3))
    let (u, v) = (elements.variable("u", matrices.span), elements.variable("v", matrices.span))
    let l = elements.variable("l", lanes)
    return Transform(
      matrices.g,
      LaneMatrices(Element(arrays.filter, [Index(r), Index(c), Index(l)]), row: r, column: c),
      into: LaneMatrices(
        Element(arrays.filters, [panel, Index(u), Index(v), Index(i), Index(l)]), row: u,
        column: v),
      lane: l)
  }
}
