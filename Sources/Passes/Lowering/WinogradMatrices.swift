internal import LoopIR

/// A matrix that numbers are multiplied with from both sides.
struct WinogradMatrix {
  /// The letter for it in names.
  let name: String
  let rows: [[Double]]

  /// Transforms 4x4 pixels.
  static let b = WinogradMatrix(
    name: "b", rows: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
  /// Transforms a filter of 3x3.
  static let g = WinogradMatrix(
    name: "g", rows: [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
  /// Makes 2x2 results of 4x4 products.
  static let a = WinogradMatrix(name: "a", rows: [[1, 1, 1, 0], [0, 1, -1, -1]])

  /// The rows as they are written in a comment.
  var text: String {
    let lines = rows.map { row in
      row.map { $0.magnitude == 0.5 ? ($0 < 0 ? "-1/2" : "1/2") : "\(Int($0))" }
        .joined(separator: " ")
    }
    return "[" + lines.joined(separator: "; ") + "]"
  }

  /// Returns the elements of `M d M'` where `M` is this matrix, and the names that they are made
  /// of: those of the elements of `d` and of `M d`.
  func transformed(
    _ name: String, _ elements: KernelElements, _ element: (Int, Int) -> Expression
  ) -> (names: [Statement], rows: [[Expression]]) {
    let size = rows[0].count
    var names: [Statement] = []
    // Loops beside each other use the same names.
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

  // The sum of values times the numbers of a row, which are 1 or, all of them, a half.
  private func combined(_ row: Int, _ values: [Expression]) -> Expression {
    let terms = zip(rows[row], values).filter { $0.0 != 0 }.sorted { $0.0 > 0 && $1.0 < 0 }
    let sum = terms.dropFirst().reduce(terms[0].1) { sum, term in
      .apply(term.0 < 0 ? .subtract : .add, [sum, term.1])
    }
    let factor = terms[0].0
    return factor == 1 ? sum : .apply(.multiply, [.literal(Literal(factor, .f32)), sum])
  }
}

/// The arrays that a convolution needs beside its operands and results.
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
  /// What the filters are called in the model.
  let filterName: String

  init(_ plan: WinogradPlan, _ kernel: KernelStages, _ reduction: Reduction) {
    filterName = plan.filter.loads.first?.buffer.name ?? "filter"
    let first = kernel.parameters.count
    let height = plan.block.height * plan.block.width
    let blocks = plan.isByColumns ? plan.blocks.high * plan.blocks.wide : plan.bands
    let panels = plan.isByColumns ? plan.panels : 1
    filters = Buffer(
      id: first, name: filterName + "_panels", type: .f32,
      shape: [plan.panels, 4, 4, plan.channel.extent, Tile.width])
    tiles = Buffer(
      id: first + 1, name: plan.image.buffer.name + "_tiles", type: .f32,
      shape: [
        blocks, 4, 4, WinogradArrays.apart(height, plan.channel.extent), plan.channel.extent,
      ])
    products = Buffer(
      id: first + 2, name: "products", type: .f32,
      shape: [
        panels, blocks, 4, 4, WinogradArrays.apart(height, Tile.width), Tile.width,
      ])
    sums = Buffer(
      id: first + 3, name: reduction.result.name, type: .f32, shape: [2, 2, Tile.width])
  }

  // The rows of a matrix, one more where those of the 16 positions would be a power of two apart:
  // caches keep only a few numbers from such places, and each tile touches all of them.
  private static func apart(_ rows: Int, _ columns: Int) -> Int {
    rows * columns % 512 == 0 ? rows + 1 : rows
  }
}

/// The place of a tile of 2x2 results in its band.
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
  /// What the kernel computes, after the sums.
  func definitions(
    _ arrays: WinogradArrays, _ kernel: KernelStages, _ reduction: Reduction
  ) -> [Definition] {
    let lane = Index(column).divided(by: Tile.width).remainder
    let element = Expression.load(
      arrays.sums,
      [Index(y.pixel).divided(by: 2).remainder, Index(x.pixel).divided(by: 2).remainder, lane])
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
    let sum = Definition(
      .local(reduction.result), .reduce(.sum, reduction.variables, reduction.body))
    return """
      \(text.text(sum))
      by F(2x2, 3x3) of Winograd, 16 products for 2x2 results:
      \(tiles) = B d B' for each 4x4 pixels d of \(image), B = \(WinogradMatrix.b.text)
      \(products) = sum(\(channel.name)) \(tiles) * \(arrays.filters.name)
      \(arrays.sums.name) = A m A' for 4x4 \(products) m, A = \(WinogradMatrix.a.text)
      """
  }
}
