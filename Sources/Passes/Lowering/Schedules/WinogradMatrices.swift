internal import LoopIR

/// A matrix that numbers are multiplied with from both sides.
struct WinogradMatrix {
  /// The letter for it in names.
  let name: String
  let rows: [[Double]]

  /// The rows as they are written in a comment.
  var text: String {
    let lines = rows.map { row in row.map(WinogradMatrix.text).joined(separator: " ") }
    return "[" + lines.joined(separator: "; ") + "]"
  }

  // Whole numbers, and parts of one.
  private static func text(_ number: Double) -> String {
    if number == number.rounded() { return "\(Int(number))" }
    return (number < 0 ? "-" : "") + "1/\(Int((1 / number.magnitude).rounded()))"
  }

  /// Returns the elements of `M d M'` where `M` is this matrix, and the names that they use: those
  /// of the elements of `d` and of `M d`.
  func transformed(
    _ name: String, _ elements: KernelElements, _ element: (Int, Int) -> Expression
  ) -> (names: [Statement], rows: [[Expression]]) {
    let size = rows[0].count
    var names: [Statement] = []
    // Consecutive loops use the same names.
    func bind(_ name: String, _ row: Int, _ column: Int, _ value: Expression) -> Expression {
      if case .local = value { return value }
      let local = Local(
        id: elements.local(name, .f32).id, name: "\(name)\(row)\(column)", type: .f32)
      names.append(.constant(local, value))
      return .local(local)
    }
    let inner = (0..<size).map { i in (0..<size).map { bind(name, i, $0, element(i, $0)) } }
    let half = rows.indices.map { r in
      (0..<size).map { j in
        bind(self.name + name, r, j, combined(r, inner.map { $0[j] }))
      }
    }
    return (names, half.map { row in rows.indices.map { combined($0, row) } })
  }

  // The sum of values times the numbers of a row. A common factor is applied to the sum.
  private func combined(_ row: Int, _ values: [Expression]) -> Expression {
    let terms = zip(rows[row], values).filter { $0.0 != 0 }.sorted { $0.0 > 0 && $1.0 < 0 }
    let (first, common) = (terms[0].0, terms[0].0.magnitude)
    func scaled(_ value: Expression, _ factor: Double) -> Expression {
      factor == 1 ? value : .apply(.multiply, [.literal(Literal(factor, .f32)), value])
    }
    if terms.allSatisfy({ $0.0.magnitude == common }) {
      let sum = terms.dropFirst().reduce(terms[0].1) { sum, term in
        .apply((term.0 < 0) == (first < 0) ? .add : .subtract, [sum, term.1])
      }
      return scaled(sum, first)
    }
    return terms.dropFirst().reduce(scaled(terms[0].1, first)) { sum, term in
      .apply(term.0 < 0 ? .subtract : .add, [sum, scaled(term.1, term.0.magnitude)])
    }
  }
}

/// The matrices of one form of the algorithm.
struct WinogradMatrices {
  /// Transforms pixels.
  let b: WinogradMatrix
  /// Transforms a filter of 3x3.
  let g: WinogradMatrix
  /// Makes results of products.
  let a: WinogradMatrix

  /// The number of results in each direction, and of the pixels that they depend on.
  var results: Int { a.rows.count }
  var span: Int { b.rows.count }
  /// How many products of matrices there are.
  var positions: Int { span * span }

  /// F(2x2, 3x3).
  static let two = WinogradMatrices(
    b: WinogradMatrix(
      name: "b", rows: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]),
    g: WinogradMatrix(
      name: "g", rows: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]),
    a: WinogradMatrix(name: "a", rows: [[1, 1, 1, 0], [0, 1, -1, -1]]))

  /// F(4x4, 3x3).
  static let four = WinogradMatrices(
    b: WinogradMatrix(
      name: "b",
      rows: [
        [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
      ]),
    g: WinogradMatrix(
      name: "g",
      rows: [
        [1.0 / 4, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6],
        [1.0 / 24, 1.0 / 12, 1.0 / 6], [1.0 / 24, -1.0 / 12, 1.0 / 6], [0, 0, 1],
      ]),
    a: WinogradMatrix(
      name: "a",
      rows: [
        [1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1],
      ]))
}

extension Winograd {
  /// The matrices for an option; nil if it is off.
  var matrices: WinogradMatrices? {
    switch self {
    case .off: nil
    case .two: .two
    case .four: .four
    }
  }

  /// True iff this option permits a form.
  func allows(_ way: Winograd) -> Bool {
    switch self {
    case .off: false
    case .two: way == .two
    case .four: way != .off
    }
  }
}

/// The scratch arrays of a convolution.
struct WinogradArrays {
  /// The transformed pixels, tiles as rows, for each block and position. Where threads share bands,
  /// each band has room for one block.
  let tiles: Buffer
  /// The products for each panel, block and position. Where threads share bands, there is room for
  /// one panel.
  let products: Buffer
  /// The transformed filters in panels.
  let filters: Buffer
  /// The results of one tile.
  let sums: Buffer
  /// The name of the filters in the model.
  let filterName: String

  init(_ plan: WinogradPlan, _ kernel: SumKernel) {
    filterName = plan.filter.loads.first?.buffer.name ?? "filter"
    let first = kernel.parameters.count
    let (span, results) = (plan.matrices.span, plan.matrices.results)
    let height = plan.block.height * plan.block.width
    let blocks = plan.isByColumns ? plan.blocks.high * plan.blocks.wide : plan.bands
    let panels = plan.isByColumns ? plan.panels : 1
    filters = Buffer(
      id: first, name: filterName + "_panels", type: .f32,
      shape: [plan.panels, span, span, plan.channel.extent, Tile.width])
    tiles = Buffer(
      id: first + 1, name: plan.image.buffer.name + "_tiles", type: .f32,
      shape: [blocks, span, span, plan.apart(height, plan.channel.extent), plan.channel.extent])
    products = Buffer(
      id: first + 2, name: "products", type: .f32,
      shape: [panels, blocks, span, span, plan.apart(height, Tile.width), Tile.width])
    sums = Buffer(
      id: first + 3, name: kernel.reduction.result.name, type: .f32,
      shape: [results, results, Tile.width])
  }
}

/// The place of a tile in its band.
struct TilePlace {
  /// The loops over blocks, and over the tiles of one.
  let blocks: [Variable], tiles: [Variable]
  /// The place of the block in its arrays, and of the tile in it.
  let block: Index, tile: Index
  /// The row and the column of the tile in the image.
  let y: Index, x: Index

  init(_ plan: WinogradPlan, _ band: Variable, _ elements: KernelElements) {
    let (high, wide) = plan.blocks
    let (row, column) = (plan.y.pixel.name, plan.x.pixel.name)
    blocks = [
      elements.variable(row + "_block", high), elements.variable(column + "_block", wide),
    ]
    tiles = [
      elements.variable(row + "_tile", plan.block.height),
      elements.variable(column + "_tile", plan.block.width),
    ]
    block = plan.isByColumns ? Index(blocks[0]) * wide + Index(blocks[1]) : Index(band)
    tile = Index(tiles[0]) * plan.block.width + Index(tiles[1])
    y = Index(band) * plan.band + Index(blocks[0]) * plan.block.height + Index(tiles[0])
    x = Index(blocks[1]) * plan.block.width + Index(tiles[1])
  }
}

extension WinogradPlan {
  /// The equations after the sums.
  func definitions(
    _ arrays: WinogradArrays, _ kernel: SumKernel
  ) -> [Definition] {
    let reduction = kernel.reduction
    let lane = Index(column).divided(by: Tile.width).remainder
    let element = Expression.load(
      arrays.sums,
      [y, x].map { Index($0.pixel).divided(by: matrices.results).remainder } + [lane])
    let sum = Expression.reduce(reduction.monoid, reduction.variables, reduction.body)
    return kernel.definitions.filter { $0.target != .local(reduction.result) }.map { definition in
      Definition(
        definition.target,
        definition.value.rewritten {
          $0 == sum || $0 == .local(reduction.result) ? element : $0
        })
    }
  }

  /// The lines of the comment that say how the sums are computed.
  func summary(_ arrays: WinogradArrays, _ reduction: Reduction) -> String {
    let text = ExpressionText(
      .notation, buffer: { $0.name }, local: { $0.name }, variable: { $0.name })
    let (image, tiles, products) = (image.buffer.name, arrays.tiles.name, arrays.products.name)
    let results = "\(matrices.results)x\(matrices.results)"
    let pixels = "\(matrices.span)x\(matrices.span)"
    let sum = Definition(
      .local(reduction.result), .reduce(.sum, reduction.variables, reduction.body))
    return """
      \(text.text(sum))
      by F(\(results), 3x3) of Winograd, \(matrices.positions) products for \(results) results:
      \(tiles) = B d B' for each \(pixels) pixels d of \(image), B = \(matrices.b.text)
      \(products) = sum(\(channel.name)) \(tiles) * \(arrays.filters.name)
      \(arrays.sums.name) = A m A' for \(pixels) \(products) m, A = \(matrices.a.text)
      """
  }
}
