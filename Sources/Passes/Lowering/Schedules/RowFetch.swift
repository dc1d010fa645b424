internal import LoopIR

/// What a pass over a row asks for: the same part of the next row.
///
///     for i < 1024 { y[n, i] = exp(x[n, i] - max) }
/// ->
///     for b < 32 {
///       fetch 32 x[(n + 1) % 16384, 32 * b]
///       for l < 32 { y[n, 32 * b + l] = exp(x[n, 32 * b + l] - max) }
///     }
///
/// A kernel that passes over each row several times finds it in cache after the first pass, and
/// memory would have nothing to do until the next row begins. Behind the last row comes the first,
/// so that every address is one of the array.
struct RowFetch {
  /// Smaller arrays are in cache already.
  private static let leastBytes = 1 << 20
  /// Longer rows would drive out of the cache what is still in use.
  private static let mostBytes = 1 << 15
  /// How many elements are asked for at a time.
  static let strip = 32

  /// The variable of the pass that runs along the row.
  let along: Variable
  /// The next row's elements that stand where those do that the pass reads.
  private var elements: [Element] = []

  /// Asks for the elements from `first` on.
  func statements(at first: Index, count: Int = strip) -> [Statement] {
    elements.map { element in
      let indices = element.indices.map { $0.substituting { $0 == along ? first : nil } }
      return .fetch(element.buffer, indices, count: count)
    }
  }

  /// Returns the loop over the row in strips, each of which begins with what is asked for.
  func strips(_ body: [Statement], _ kernel: KernelStages) -> [Statement] {
    func elements(_ count: Int, from first: Index) -> Statement {
      let lane = kernel.elements.variable("l", count)
      let position = first + Index(lane)
      let move: (Variable) -> Index? = { $0 == along ? position : nil }
      return .loop(
        Loop(
          lane,
          body.map { statement in
            statement.mapped({ $0.substituting(move) }, { $0.substituting(move) })
          }))
    }
    let block = kernel.elements.variable("b", along.extent / RowFetch.strip)
    let first = Index(block) * RowFetch.strip
    let whole = block.extent * RowFetch.strip
    let rest = along.extent - whole
    return [.loop(Loop(block, statements(at: first) + [elements(RowFetch.strip, from: first)]))]
      + (rest == 0 ? [] : [elements(rest, from: Index(whole))])
  }
}

extension RowFetch {
  /// Returns what the stages of a kernel ask for, by their positions: each array that more than one
  /// pass reads is asked for by the last of these, when memory is idle.
  static func all(of kernel: KernelStages) -> [Int: RowFetch] {
    guard let row = kernel.domain.last(where: { $0.extent > 1 }) else { return [:] }
    let next = (Index(row) + 1).divided(by: row.extent).remainder
    var result: [Int: RowFetch] = [:]
    for parameter in kernel.parameters where parameter.access.readsOldValue {
      let array = parameter.buffer
      guard array.count * array.type.size >= leastBytes else { continue }
      let passes = kernel.stages.indices.filter { kernel.stages[$0].passes(over: array) }
      guard passes.count > 1, let last = passes.last, let along = kernel.stages[last].along,
        along.extent >= 2 * strip, along.extent * array.type.size <= mostBytes
      else { continue }
      for indices in kernel.stages[last].places(in: array) {
        guard indices.contains(where: { $0.uses(row) }),
          indices.last?.coefficient(of: along) == 1,
          !indices.dropLast().contains(where: { $0.uses(along) })
        else { continue }
        let moved = indices.map { $0.substituting { $0 == row ? next : nil } }
        // What is read under a condition only may lie outside.
        guard zip(moved, array.shape).allSatisfy({ (0..<$1).contains($0.range) }) else { continue }
        let element = Element(array, moved)
        var fetch = result[last] ?? RowFetch(along: along)
        if !fetch.elements.contains(element) { fetch.elements.append(element) }
        result[last] = fetch
      }
    }
    return result
  }

  private init(along: Variable) { self.along = along }
}

extension Stage {
  // The variable of the innermost loop of a pass over a row; nil if the stage is no such pass.
  fileprivate var along: Variable? {
    switch self {
    case .row(let variables, _, _, _, _): variables.last
    case .reduce(let reduction): LaneReduction.along(reduction)
    case .bind, .store, .hold: nil
    }
  }

  fileprivate func passes(over array: Buffer) -> Bool { along != nil && !places(in: array).isEmpty }

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
