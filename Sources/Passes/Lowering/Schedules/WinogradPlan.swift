internal import LoopIR

extension Strategy {
  /// Convolutions with filters of 3x3 that stay the same, with fewer products.
  static func winograd(_ way: Winograd) -> Strategy {
    Strategy { form, context in
      guard case .sum(let kernel) = form, let matrices = way.matrices,
        context.options.winograd.allows(way),
        let plan = WinogradPlan(kernel, context, matrices)
      else { return nil }
      return Candidate(
        name: "winograd \(matrices.results)x\(matrices.results)", cycles: plan.cycles,
        leastGain: context.machine.winograd.leastGain,
        parts: plan.isByColumns ? plan.panels : plan.bands, panels: .once,
        schedule: { plan.schedule(kernel) })
    }
  }
}

/// How a convolution with filters of 3x3 is computed with 16 products for 2x2 pixels instead of 36,
/// or with 36 for 4x4 pixels instead of 144.
///
///     sum[y, x, c] = sum{u < 3, v < 3, i} image[y + u, x + v, i] * w[c, i, u, v]
///
/// With `d` for the 4x4 pixels of a channel that 2x2 results see, and `g` for a filter,
///
///     sum = A (sum{i} (B d B') * (G g G')) A'
///
///     B = 1  0 -1  0     G = 1    0    0      A = 1  1  1  0
///         0  1  1  0         1/2  1/2  1/2        0  1 -1 -1
///         0 -1  1  0         1/2 -1/2  1/2
///         0  1  0 -1         0    0    1
///
/// where `*` multiplies the 4x4 numbers one by one. This is F(2x2, 3x3) of Lavin and Gray, "Fast
/// algorithms for convolutional neural networks", 2015; F(4x4, 3x3) has larger matrices, in which
/// larger numbers cancel. The sum over channels is a product of
/// matrices for each of the 16 positions, whose rows are the tiles of 2x2 pixels.
///
/// Fixed filters are transformed once. If they fit into cache, threads share bands of rows and
/// process each block by block, so that transformed pixels are still in cache when they are
/// multiplied. If they are many, threads share the columns of a band, so that each filter is read
/// once for many pixels.
struct WinogradPlan {
  let image: Element
  let filter: Expression
  /// The matrices, which say how many results they make at once.
  let matrices: WinogradMatrices
  /// The outer variables, such as images.
  let outer: [Variable]
  /// The variables of rows and pixels, and those of the filter along each.
  let y: Window, x: Window
  /// The summed variables.
  let channel: Variable
  let column: Variable
  /// How many tiles, in both directions, the matrices of a block have as rows.
  private(set) var block = (height: 1, width: 1)
  /// How many rows of tiles a band has.
  private(set) var band = 1
  /// True iff threads share the columns of a band, false if they share bands.
  private(set) var isByColumns = false
  let machine: Machine
  /// An estimate of the time it takes, as that of a `TilePlan`.
  private(set) var cycles = Double.infinity

  /// A variable of the domain, and the one that is added to it where the image is read.
  struct Window {
    let pixel: Variable
    let tap: Variable
    /// The number of tiles along it.
    let tiles: Int
  }

  /// Returns nil if a kernel is no such convolution, or if its filters are not call-invariant.
  init?(
    _ kernel: SumKernel, _ context: ScheduleContext, _ matrices: WinogradMatrices
  ) {
    let reduction = kernel.reduction
    self.matrices = matrices
    machine = context.machine
    guard reduction.monoid == .sum, reduction.bindings.isEmpty,
      case .apply(.multiply, let factors) = reduction.body,
      let (image, filter) = WinogradPlan.factors(factors, context.fixed)
    else { return nil }
    let domain = kernel.domain.filter { $0.extent > 1 }
    let joined = reduction.variables.filter { $0.extent > 1 }
    let columns = domain.filter { filter.uses($0) }
    let windows = image.indices.compactMap { Window($0, domain, joined, matrices.results) }
    let rest = joined.filter { variable in !windows.contains { $0.tap == variable } }
    guard columns.count == 1, !image.uses(columns[0]), windows.count == 2, rest.count == 1,
      joined.count == 3, joined.allSatisfy({ filter.uses($0) }), image.stride(of: rest[0]) == 1
    else { return nil }
    outer = domain.filter { variable in
      variable != columns[0] && !windows.contains { $0.pixel == variable }
    }
    // Each variable has an axis of its own.
    let all = outer + windows.flatMap { [$0.pixel, $0.tap] } + rest
    guard Set(all).count == outer.count + 5,
      all.allSatisfy({ variable in image.indices.count { $0.uses(variable) } == 1 })
    else { return nil }
    (self.image, self.filter) = (image, filter)
    (y, x, channel, column) = (windows[0], windows[1], rest[0], columns[0])
    chooseBlock()
    if cycles == .infinity { return nil }
  }

  // An image of f32, and filters that are known before.
  private static func factors(
    _ factors: [Expression], _ fixed: Set<Int>
  ) -> (Element, Expression)? {
    for (image, filter) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      let loads = filter.loads
      if case .load(let buffer, let indices) = image, buffer.type == .f32, filter.type == .f32,
        !loads.isEmpty, loads.allSatisfy({ fixed.contains($0.buffer.id) })
      {
        return (Element(buffer, indices), filter)
      }
    }
    return nil
  }
}

extension WinogradPlan.Window {
  // Returns nil if the index is not `y + u` for 3 values of `u` and whole tiles of `y`.
  fileprivate init?(
    _ index: Index, _ domain: [Variable], _ joined: [Variable], _ results: Int
  ) {
    guard let pixel = domain.first(where: { index.uses($0) }),
      let tap = joined.first(where: { index.uses($0) }), tap.extent == 3,
      pixel.extent % results == 0,
      (index - Index(pixel) - Index(tap)).asConstant != nil
    else { return nil }
    (self.pixel, self.tap, tiles) = (pixel, tap, pixel.extent / results)
  }
}

extension WinogradPlan {
  /// The number of blocks of columns.
  var panels: Int { (column.extent + Tile.width - 1) / Tile.width }

  /// How many blocks of tiles a band has, in both directions.
  var blocks: (high: Int, wide: Int) { (band / block.height, x.tiles / block.width) }

  /// The number of bands.
  var bands: Int { y.tiles / band }

  /// The rows of a matrix, padded by one where the matrices of the positions would be a power of
  /// two apart: such addresses map to one cache set, and each tile touches all of them.
  func apart(_ rows: Int, _ columns: Int) -> Int {
    rows * columns % machine.caches.setDistance == 0 ? rows + 1 : rows
  }

  // Takes the fastest even division of the tiles.
  private mutating func chooseBlock() {
    var best = self
    for height in divisors(of: y.tiles) {
      for width in divisors(of: x.tiles) {
        block = (height, width)
        let bands = divisors(of: y.tiles).filter { $0 % height == 0 }
        for isByColumns in [false, true] {
          self.isByColumns = isByColumns
          guard let band = isByColumns ? bands.last(where: fits) : bands.first(where: isLarge),
            isByColumns || isNear(band)
          else { continue }
          self.band = band
          cycles = estimate
          if cycles < best.cycles { best = self }
        }
      }
    }
    self = best
  }

  private var height: Int { block.height * block.width }

  // True iff a band whose columns are shared is not too large to stay in a cache of all threads.
  private func fits(_ band: Int) -> Bool {
    height <= machine.winograd.mostTiles
      && matrices.positions * band * x.tiles * max(channel.extent, column.extent)
        <= machine.winograd.sharedElements
  }

  // True iff there are not more bands than balanced threads need.
  private func isLarge(_ band: Int) -> Bool { y.tiles / band <= machine.winograd.mostBands }

  // True iff there are enough bands to share, and a block and the filters stay in the cache of one
  // thread.
  private func isNear(_ band: Int) -> Bool {
    y.tiles / band >= machine.sharing.enoughBlocks
      && matrices.positions * height * channel.extent <= machine.winograd.ownElements
      && !hasManyFilters
  }

  private var hasManyFilters: Bool {
    matrices.positions * channel.extent * panels * Tile.width > machine.winograd.fewFilters
  }

  private var estimate: Double {
    let rates = machine.winograd
    let images = outer.reduce(1.0) { $0 * Double($1.extent) }
    let tiles = images * Double(y.tiles * x.tiles)
    let (channels, columns) = (Double(channel.extent), Double(panels * Tile.width))
    let blockCount = tiles / Double(height)
    let positions = Double(matrices.positions)
    // The products of each position of a tile, and the cost of a call for a block.
    let rows = Double(machine.vectors.tileRows)
    let line = Double(Tile.width) / Double(machine.vectors.productsPerCycle)
    let steps = channels * (rows + 1) * line + machine.products.tileCycles
    let products =
      positions * Double(panels) * (tiles / rows * steps + blockCount * rates.callCycles)
    // The filters come from a far cache for each block.
    let loads =
      blockCount * channels * columns * (hasManyFilters ? rates.manyFilters : 1) * positions / 16
    let transforms =
      tiles * (channels + columns) * positions / 4
      * (matrices.results > 2 ? rates.largeTransform : 1)
    return products * (isByColumns ? rates.byColumns : 1) + loads + transforms
  }
}

private func divisors(of number: Int) -> [Int] { (1...number).filter { number % $0 == 0 } }
