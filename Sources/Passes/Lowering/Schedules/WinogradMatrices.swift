internal import LoopIR

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
  var span: Int { b.size }
  /// How many products of matrices there are.
  var positions: Int { span * span }

  /// F(2x2, 3x3).
  static let two = WinogradMatrices(b: .image2, g: .filter2, a: .sums2)

  /// F(4x4, 3x3).
  static let four = WinogradMatrices(b: .image4, g: .filter4, a: .sums4)
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
  /// The filters of a panel for one channel.
  let filter: Buffer
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
    filter = Buffer(id: first + 4, name: "g", type: .f32, shape: [3, 3, Tile.width])
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
      \(tiles) = B d B' for each \(pixels) pixels d of \(image)
      \(products) = sum(\(channel.name)) \(tiles) * \(arrays.filters.name)
      \(arrays.sums.name) = A m A' for \(pixels) \(products) m
      """
  }
}
