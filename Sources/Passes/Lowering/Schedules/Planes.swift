internal import LoopIR

extension Strategy {
  /// Sums over windows of planes that are copied first, as in depthwise convolutions whose pixels
  /// are neighbours.
  static let planes = Strategy { form, context in
    guard case .sum(let kernel) = form, let planes = Planes(kernel, context.machine) else {
      return nil
    }
    return Candidate(
      name: "planes", cycles: planes.cycles, parts: planes.parts,
      schedule: {
        Schedule(
          body: planes.statements(), parameters: kernel.parameters,
          definitions: kernel.definitions)
      })
  }
}

/// A sum of products over windows of planes. A thread copies a band of a plane, with its border,
/// into a local array and then sums it up as `DepthwiseLoops` does:
///
///     float x_plane[65][2][48];
///     for (int y = 0; y < 65; y++) {
///       for (int l = 0; l < 48; l++) x_plane[y][0][l] = 0 < y && ... ? x[c][y - 1][2 * l - 1] : 0;
///       for (int l = 0; l < 48; l++) x_plane[y][1][l] = 0 < y && ... ? x[c][y - 1][2 * l] : 0;
///     }
///
/// Elements whose places have the same residue by the stride become neighbours. Rows are so long
/// that all vectors of results are whole; the surplus results are not stored. Each element is
/// computed once for all windows that it is in.
struct Planes {
  private let kernel: SumKernel
  private let window: PlaneWindow
  private let machine: Machine
  /// The sums of a row: those of the results, in whole vectors.
  private let lanes: Int
  /// The rows of results that share a copy.
  private let band: Int

  /// Returns nil for another sum, or if a window is large.
  init?(_ kernel: SumKernel, _ machine: Machine) {
    let (reduction, domain) = (kernel.reduction, kernel.domain)
    guard reduction.monoid == .sum, reduction.bindings.isEmpty, reduction.body.type == .f32,
      let window = PlaneWindow(
        domain: domain, reducing: reduction.variables, reduction.body),
      let band = window.band(for: machine),
      kernel.epilogue.allSatisfy({ $0.isNeighbour(window.along) })
    else { return nil }
    (self.kernel, self.window, self.machine, self.band) = (kernel, window, machine, band)
    lanes = window.lanes(for: machine)
  }

  private var outer: [Variable] { Array(kernel.domain.dropLast(2)) }

  /// The number of bands.
  var parts: Int {
    outer.reduce((window.row.extent + band - 1) / band) { $0 * $1.extent }
  }

  /// An estimate: the products of whole vectors, and the copies.
  var cycles: Double {
    let results = Double(outer.reduce(window.row.extent) { $0 * $1.extent })
    let terms = Double(window.width * window.height)
    let copied = Double(window.rows(band) * window.stride * window.columns(lanes, machine))
    let rates = machine.planes
    let rate = window.width * window.height <= machine.taps.short ? rates.shortRate : rates.rate
    return results * Double(lanes) * terms / rate + Double(parts) * copied / rates.copies
  }

  func statements() -> [Statement] {
    let (count, rest) = window.row.extent.quotientAndRemainder(dividingBy: band)
    let number = kernel.elements.variable(window.row.name, count)
    let name = (window.factor.loads.first?.buffer.name ?? "x") + "_plane"
    let residues = window.stride > 1 ? [window.stride] : []
    let plane = kernel.elements.array(
      name, window.factor.type,
      [window.rows(band)] + residues + [window.columns(lanes, machine)])
    let whole = nest([number], sums(band, from: Index(number) * band, in: plane))
    return nest(outer, whole + (rest == 0 ? [] : sums(rest, from: Index(count * band), in: plane)))
  }

  // The results of some rows.
  private func sums(_ rows: Int, from first: Index, in plane: Buffer) -> [Statement] {
    let elements = kernel.elements
    let own = elements.variable(window.row.name, rows)
    let along = elements.variable(window.along.name, lanes)
    let move: (Variable) -> Index? = { variable in
      if variable == window.row { return first + Index(own) }
      return variable == window.along ? Index(along) : nil
    }
    // In the plane, rows are counted from the first one of the band.
    let y = window.y.substituting { $0 == window.row ? Index(own) : nil }
    let x = window.x.substituting(move).divided(by: window.stride)
    let element = Expression.load(
      plane, [y] + (window.stride > 1 ? [x.remainder] : []) + [x.quotient])
    var reduction = kernel.reduction
    reduction.body = .apply(
      .multiply,
      reduction.body.operands.map { $0 == window.factor ? element : $0.substituting(move) })
    let block = SumKernel(
      kernel.stages.rewritten(
        domain: [own, along], array: { $0 }, value: { $0.substituting(move) },
        element: { Element($0.buffer, $0.indices.map { $0.substituting(move) }) }),
      reduction, kernel.epilogue.map { $0.moved(move) { $0 } })
    // Rows share the elements of terms from top to bottom; with a stride each term along a row has
    // its own residue.
    let written = reduction.variables.filter { (window.stride > 1 ? window.x : window.y).uses($0) }
    let taps = DepthwiseTaps(
      block, along: along, across: own, stored: window.along.extent, written: written, machine)
    return copy(rows, from: first, to: plane) + DepthwiseLoops(block, taps).statements()
  }

  // The statements that declare and fill the array for a band.
  private func copy(_ rows: Int, from first: Index, to plane: Buffer) -> [Statement] {
    let elements = kernel.elements
    let row = elements.variable("y", window.rows(rows))
    let columns = window.x.range.upperBound + 1
    let zero = Expression.literal(Literal(0.0, plane.type))
    let copies = (0..<window.stride).map { residue -> Statement in
      let lane = elements.variable("l", window.columns(lanes, machine))
      let column = Index(lane) * window.stride + residue
      let value = window.value(first * window.rowStride + Index(row), column)
      let isInside = Expression.within(column, 0..<columns)
      let place =
        [Index(row)] + (window.stride > 1 ? [Index(residue)] : []) + [Index(lane)]
      return .loop(
        Loop(
          lane, kind: .serial,
          [.store(plane, place, .apply(.select, [isInside, value, zero]))]))
    }
    return [.array(plane, fill: nil)] + nest([row], kind: .serial, copies)
  }
}

extension PlaneWindow {
  /// The rows of the plane that some rows of results read.
  fileprivate func rows(_ results: Int) -> Int { rowStride * (results - 1) + height }

  /// The places of a row of the copy, for each residue by the stride. All rows are aligned alike:
  /// gcc takes elements one by one until most loads of a loop are aligned.
  fileprivate func columns(_ lanes: Int, _ machine: Machine) -> Int {
    (lanes + (width - 1) / stride).rounded(upTo: machine.blocks.narrow)
  }

  /// The sums of a row: those of the results, in whole vectors.
  fileprivate func lanes(for machine: Machine) -> Int {
    along.extent.rounded(upTo: machine.blocks.narrow)
  }

  /// The rows of results whose copy stays in the nearest cache; nil if that is too few, or if the
  /// terms of a row are too many to be written out.
  func band(for machine: Machine) -> Int? {
    let limits = machine.planes
    let lanes = lanes(for: machine)
    let written = stride > 1 ? width : height
    guard along.extent * 2 > lanes, along.extent >= limits.leastLong, written <= limits.most,
      width * height > 1
    else { return nil }
    let room = limits.bytes / (columns(lanes, machine) * stride * factor.type.size)
    let most = (room - height) / rowStride + 1
    guard room >= height, most >= min(row.extent, 2 * height) else { return nil }
    if most >= row.extent { return row.extent }
    let bands = (row.extent + most - 1) / most
    return (row.extent + bands - 1) / bands
  }
}

extension Int {
  // The next multiple of a number.
  fileprivate func rounded(upTo multiple: Int) -> Int {
    (self + multiple - 1) / multiple * multiple
  }
}
