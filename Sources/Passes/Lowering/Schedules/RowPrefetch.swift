internal import LoopIR

/// Prefetches the same part of the next row during a loop over a row.
///
///     for i < 1024 { y[n, i] = exp(x[n, i] - max) }
/// ->
///     for b < 32 {
///       fetch 32 x[(n + 1) % 16384, 32 * b]
///       for l < 32 { y[n, 32 * b + l] = exp(x[n, 32 * b + l] - max) }
///     }
///
/// A kernel with several loops over each row finds it in cache after the first one, and memory
/// would be idle until the next row. After the last row it prefetches the first, so that every
/// address is valid.
struct RowPrefetch {
  /// The loop's variable along the row.
  let along: Variable
  /// The elements of the next row at the places that the loop reads.
  private var elements: [Element] = []
  /// The number of elements of one prefetch.
  private let strip: Int

  /// Prefetches the elements from `first` on.
  func statements(at first: Index, count: Int) -> [Statement] {
    elements.map { element in
      let indices = element.indices.map { $0.substituting { $0 == along ? first : nil } }
      return .fetch(element.buffer, indices, count: count)
    }
  }

  /// Returns the loop over the row in strips, each of which begins with its prefetch.
  func strips(_ body: [Statement], _ elements: KernelElements) -> [Statement] {
    func part(_ count: Int, from first: Index) -> Statement {
      let lane = elements.variable("l", count)
      let position = first + Index(lane)
      let move: (Variable) -> Index? = { $0 == along ? position : nil }
      return .loop(
        Loop(
          lane,
          body.map { statement in
            statement.mapped({ $0.substituting(move) }, { $0.substituting(move) })
          }))
    }
    let block = elements.variable("b", along.extent / strip)
    let first = Index(block) * strip
    let whole = block.extent * strip
    let rest = along.extent - whole
    return [.loop(Loop(block, statements(at: first, count: strip) + [part(strip, from: first)]))]
      + (rest == 0 ? [] : [part(rest, from: Index(whole))])
  }
}

extension RowPrefetch {
  /// Returns the prefetches of a kernel's stages, by position: each array that several loops read
  /// is prefetched by the last of them, when memory is idle.
  static func all(of kernel: KernelStages, _ machine: Machine) -> [Int: RowPrefetch] {
    let caches = machine.caches
    guard let row = kernel.domain.last(where: { $0.extent > 1 }) else { return [:] }
    let next = (Index(row) + 1).divided(by: row.extent).remainder
    var result: [Int: RowPrefetch] = [:]
    for parameter in kernel.parameters where parameter.access.readsOldValue {
      let array = parameter.buffer
      guard array.count * array.type.size >= caches.leastFarArray else { continue }
      let passes = kernel.stages.indices.filter { kernel.stages[$0].passes(over: array, machine) }
      guard passes.count > 1, let last = passes.last,
        let along = kernel.stages[last].along(machine), along.extent >= 2 * caches.fetchedElements,
        along.extent * array.type.size <= caches.mostFetchedRow
      else { continue }
      for indices in kernel.stages[last].places(in: array) {
        guard indices.contains(where: { $0.uses(row) }),
          indices.last?.coefficient(of: along) == 1,
          !indices.dropLast().contains(where: { $0.uses(along) })
        else { continue }
        let moved = indices.map { $0.substituting { $0 == row ? next : nil } }
        // An element that is only read under a condition may be out of bounds.
        guard zip(moved, array.shape).allSatisfy({ (0..<$1).contains($0.range) }) else { continue }
        let element = Element(array, moved)
        var fetch = result[last] ?? RowPrefetch(along: along, strip: caches.fetchedElements)
        if !fetch.elements.contains(element) { fetch.elements.append(element) }
        result[last] = fetch
      }
    }
    return result
  }

  private init(along: Variable, strip: Int) {
    self.along = along
    self.strip = strip
  }
}

extension Stage {
  // The innermost variable of a stage that loops over a row; nil for other stages.
  fileprivate func along(_ machine: Machine) -> Variable? {
    switch self {
    case .row(let row): row.variables.last
    case .reduce(let reduction): LaneReduction.along(reduction, machine)
    case .single, .temporary: nil
    }
  }

  fileprivate func passes(over array: Buffer, _ machine: Machine) -> Bool {
    along(machine) != nil && !places(in: array).isEmpty
  }

  /// The positions at which the stage reads an array, in the order of the text.
  func places(in array: Buffer) -> [[Index]] {
    var result: [[Index]] = []
    for value in values {
      value.forEach { if case .load(array, let indices) = $0 { result.append(indices) } }
    }
    return result
  }
}

extension Range<Int> {
  fileprivate func contains(_ other: ClosedRange<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound < upperBound
  }
}
