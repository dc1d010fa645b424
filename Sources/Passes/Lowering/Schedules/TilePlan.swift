internal import LoopIR

extension Strategy {
  /// Sums of products, a block of results at a time, by the functions of `Runtime/math/tile.h`.
  static let tiles = Strategy { form, context in
    guard case .sum(let sum) = form else { return nil }
    let kernel = sum.mergingAxes()
    guard let plan = TilePlan.best(kernel, context) else { return nil }
    let blocks = context.machine.products.blockRows
    let use: PanelUse =
      switch plan.columns {
      case .inPlace: .none
      case .ownPanels: .ownPanels
      case .panels: context.panels(of: plan.right)
      }
    return Candidate(
      name: "tiles", cycles: plan.cycles, parts: plan.parts(blocksOf: blocks), panels: use,
      schedule: { plan.schedule(kernel, context.machine) })
  }
}

/// How a sum of products becomes tiles: which factor is read along the columns, which variables
/// are rows and columns, and where the columns are read.
///
///     for j < 32, i < 784, l < 32: panels[j, i, l] = w[32 * j + l, i]
///     tile n < 128, j < 1024 { sum = sum{i} x[n, i] * panels[j / 32, i, j % 32]; ... }
///
/// A factor is put in panels where its columns are not neighbours, or where their rows lie so far
/// apart that reading them again for each tile costs more than one pass over all of them. A panel
/// that fits is filled by the thread that uses it next, so that it never leaves that core's cache.
struct TilePlan {
  /// Where tiles read their columns.
  enum Columns {
    /// In the array that has them.
    case inPlace
    /// In a local array, filled for each block of columns.
    case ownPanels
    /// In an array of panels, filled before.
    case panels
  }

  /// The left factor, which depends on the row: one number of it is multiplied with all columns.
  let left: Element
  /// The right factor, which depends on the column; it is packed unless it is an element of an
  /// array.
  let right: Expression
  /// The variables of both factors, and those of only the right one apart from its column.
  let outer: [Variable]
  /// The variables of only the left factor; the last is taken in blocks.
  let rows: [Variable]
  let column: Variable
  let joined: [Variable]
  let columns: Columns

  /// An estimate of the time it takes, in cycles of a core that multiplies 32 numbers in each.
  private(set) var cycles = 0.0

  /// Returns the fastest plan for a kernel, or nil if tiles are not for it; packing call-invariant
  /// arrays costs nothing.
  static func best(
    _ kernel: SumKernel, _ context: ScheduleContext
  ) -> TilePlan? {
    let reduction = kernel.reduction
    guard reduction.monoid == .sum, reduction.bindings.isEmpty, reduction.joinsFew,
      case .apply(.multiply, let factors) = reduction.body, factors[0].type == factors[1].type,
      factors[0].type == .f32 || factors[0].type == .f64
    else { return nil }
    let plans = [(0, 1), (1, 0)].flatMap { left, right -> [TilePlan] in
      guard case .load(let buffer, let indices) = factors[left] else { return [] }
      return TilePlan.plans(
        left: Element(buffer, indices), right: factors[right], kernel, context)
    }
    return plans.min { $0.cycles < $1.cycles }
  }

  private static func plans(
    left: Element, right: Expression, _ kernel: SumKernel, _ context: ScheduleContext
  ) -> [TilePlan] {
    let reduction = kernel.reduction
    guard !right.loads.isEmpty else { return [] }
    let domain = kernel.domain.filter { $0.extent > 1 }
    guard domain.allSatisfy({ left.uses($0) || right.uses($0) }) else { return [] }
    let rows = domain.filter { left.uses($0) && !right.uses($0) }
    let columns = domain.filter { right.uses($0) && !left.uses($0) }
    let both = domain.filter { left.uses($0) && right.uses($0) }
    guard (rows + reduction.variables).allSatisfy({ left.stride(of: $0) != nil }) else { return [] }
    // In the order of the model, or in that in which the left factor lies in memory.
    let inOrder = reduction.variables.sorted { a, b in
      abs(left.stride(of: a) ?? 0) > abs(left.stride(of: b) ?? 0)
    }
    let length = inOrder.reduce(1) { $0 * $1.extent }
    let strides = inOrder.map { left.stride(of: $0) ?? 0 }
    let isOnePiece = strides.last == 1 && strides.first.map { $0 * inOrder[0].extent } == length
    let orders =
      isOnePiece && inOrder != reduction.variables
      ? [reduction.variables, inOrder] : [reduction.variables]
    var result: [TilePlan] = []
    for column in columns {
      guard right.loads.allSatisfy({ $0.stride(of: column) != nil }) else { continue }
      let rest = columns.filter { $0 != column }
      // A long last variable wastes least in its last block.
      for row in rows.reversed() {
        let outer = (both + rest).sorted { $0.id < $1.id }
        let isFixed = context.panels(of: right) == .once
        for columns in [Columns.inPlace, .ownPanels, .panels] {
          for joined in orders {
            let plan = TilePlan(
              left: left, right: right, outer: outer, rows: rows.filter { $0 != row } + [row],
              column: column, joined: joined, columns: columns)
            if plan.isPossible(isFixed: isFixed, context.machine) {
              result.append(plan.estimated(kernel.domain, isFixed: isFixed, context.machine))
            }
          }
        }
      }
    }
    return result
  }
}

extension Reduction {
  // A tile has room for four loops.
  fileprivate var joinsFew: Bool { variables.count <= 4 }
}

extension TilePlan {
  /// The right factor, if it is an element of an array.
  var rightElement: Element? {
    if case .load(let buffer, let indices) = right { Element(buffer, indices) } else { nil }
  }

  /// The variables of the right factor apart from its column and the summed ones.
  var rightOuter: [Variable] { outer.filter { right.uses($0) } }

  /// The number of blocks for threads.
  func parts(blocksOf rows: Int) -> Int {
    if columns == .ownPanels { return outer.reduce(panels) { $0 * $1.extent } }
    let others = (outer + self.rows.dropLast()).reduce(1) { $0 * $1.extent }
    return others * ((self.rows.last?.extent ?? 1) + rows - 1) / rows * panels
  }

  /// The number of blocks of columns.
  var panels: Int { (column.extent + Tile.width - 1) / Tile.width }

  private func isPossible(isFixed: Bool, _ machine: Machine) -> Bool {
    switch columns {
    case .inPlace: isInPlace
    case .ownPanels: !isFixed && hasOwnPanels(machine)
    case .panels: true
    }
  }

  // True iff columns are neighbours in the right factor as it is, and make whole vectors: the last
  // of several blocks ends with the last column.
  private var isInPlace: Bool {
    guard let right = rightElement else { return false }
    let axes = right.indices.indices.filter { right.indices[$0].uses(column) }
    return (panels > 1 || Tile.lanes(column.extent) == column.extent)
      && right.stride(of: column) == 1 && axes == [right.indices.count - 1]
      && joined.allSatisfy { right.stride(of: $0) != nil }
  }

  // True iff a panel fits in the cache of a core, and there are enough of them for threads. Rows
  // that are neighbours are copied: several panels have to share that. The last panel may not have
  // a single column, as its index would be a constant and not a variable of the tile.
  private func hasOwnPanels(_ machine: Machine) -> Bool {
    if column.extent % Tile.width == 1 { return false }
    let bytes = joined.reduce(Tile.width * right.type.size) { $0 * $1.extent }
    return bytes <= machine.caches.ownPanel
      && outer.reduce(panels) { $0 * $1.extent } >= machine.sharing.enoughBlocks
      && rows.last.flatMap { left.stride(of: $0) } != 1
  }

  private func count(_ variables: [Variable]) -> Double {
    variables.reduce(1.0) { $0 * Double($1.extent) }
  }

  private func estimated(_ domain: [Variable], isFixed: Bool, _ machine: Machine) -> TilePlan {
    let rates = machine.products
    let height = min(Double(rows.last?.extent ?? 1), Double(machine.vectors.tileRows))
    // A block of columns is computed by vectors of 8 or 16. One of several is whole, unless it has
    // tiles of its own.
    let isWhole =
      switch columns {
      case .inPlace: panels > 1
      case .panels: panels > 1 && !rates.endsShort(column.extent)
      case .ownPanels: false
      }
    let lanes = Double(isWhole ? panels * Tile.width : Tile.lanes(column.extent))
    // A step takes as long as its products, but at least the latency of an addition and its loads.
    let line = Double(Tile.width) / Double(machine.vectors.productsPerCycle)
    let step = max(height * line, Double(machine.vectors.latency)) + line
    let tiles = count(outer) * count(rows) / height * lanes / Double(Tile.width)
    let length = count(joined)
    var cycles = tiles * (length * step + rates.tileCycles)
    if columns != .inPlace {
      if !isFixed { cycles += count(rightOuter) * lanes * length * copyCycles(rates) }
    } else if hasFarMultiReductionBlock(machine) {
      // Widely strided columns conflict in the cache: some strides map to one set.
      cycles += tiles * length * rates.farColumns
    }
    cycles += tiles * length * rowCycles(height, machine)
    let storesNear = domain.last { $0.extent > 1 } == column
    cycles +=
      count(outer + rows + [column]) * (storesNear ? rates.storeNear : rates.storeFar)
    var result = self
    result.cycles = cycles
    return result
  }

  private func copyCycles(_ rates: Machine.Products) -> Double {
    let isNear = right.loads.allSatisfy { abs($0.stride(of: column) ?? 0) <= 1 }
    return isNear ? rates.copyNear : rates.copyFar
  }

  // True iff the columns of consecutive steps are not neighbours in memory.
  private func hasFarMultiReductionBlock(_ machine: Machine) -> Bool {
    let isInPieces =
      joined.last.map { step in
        right.loads.allSatisfy { abs($0.stride(of: step) ?? Int.max) <= Tile.width }
      } ?? true
    // The span in bytes of the columns of a panel.
    let reach = joined.reduce(0) { $0 + (rightStride(of: $1) * ($1.extent - 1) * right.type.size) }
    return !isInPieces
      && (count(joined) > Double(machine.products.nearSteps) || reach > machine.caches.nearSpan)
  }

  // The cycles of a step for the numbers of the left factor, beyond those for products.
  private func rowCycles(_ height: Double, _ machine: Machine) -> Double {
    guard let row = rows.last else { return 0 }
    let rates = machine.products
    let stride = left.stride(of: row)
    // Numbers that are neighbours in memory are in cache already.
    let near = abs(joined.last.flatMap { left.stride(of: $0) } ?? 0)
    let isLarge = left.buffer.count > machine.caches.nearElements
    if let stride, abs(stride) > max(1, near) {
      // Only a few elements of each cache line are used before it is evicted, so it is fetched
      // again.
      return near > 1 && isLarge ? rates.rowFetchedAgain * height : rates.farRows
    }
    if stride == 1, near > 1 {
      // Neighbouring rows are copied, as their steps are far apart.
      return rates.rowsCopied
    }
    // Each number needs a cache line of its own, from a far cache.
    return near > rates.lineElements && isLarge ? height * rates.ownLine : 0
  }
}

extension Expression {
  /// The elements of arrays that the value is made of, indices not included.
  var loads: [Element] {
    if case .load(let buffer, let indices) = self { return [Element(buffer, indices)] }
    return operands.flatMap(\.loads)
  }
}
