internal import LoopIR
internal import Support

extension LoopPass {
  /// Shares the outermost independent loops of each kernel between threads, if there is enough
  /// work.
  ///
  ///     for y < 64 independent { ... }
  /// ->
  ///     for y < 64 parallel { ... }
  ///
  /// Only independent loops are shared, and each iteration writes its own elements in its own
  /// order, so the number of threads changes no bit.
  package static let parallelize = parallelize(for: .portable)

  /// The pass for a machine.
  package static func parallelize(for machine: Machine) -> LoopPass {
    LoopPass("parallelize", "share loops between threads, where there is enough work") { program in
      for id in program.kernels.ids {
        let kernel = program.kernels[id]
        let work = kernel.body.reduce(0) { $0 + count($1) }
        guard work >= machine.sharing.leastStatements else { continue }
        // Setup before a long loop may take much less time.
        program.kernels[id].body = share(kernel.body, machine.sharing)
      }
    }
  }
}

// Shares the expensive loops of a kernel, or of each iteration of loops that must run in order.
private func share(_ body: [Statement], _ sharing: Machine.Sharing) -> [Statement] {
  body.map { statement in
    guard count(statement) * sharing.parts >= sharing.leastStatements else { return statement }
    if case .loop(var loop) = statement, loop.kind == .serial,
      loop.body.reduce(0, { $0 + count($1) }) >= sharing.leastStatements
    {
      loop.body = share(loop.body, sharing)
      return .loop(loop)
    }
    return share(statement, sharing)
  }
}

// The outermost perfectly nested independent loops, until there are enough iterations; `passes`
// counts those of enclosing loops. The innermost loop is shared alone or not at all: collapsed with
// outer ones, compilers would not vectorise it.
private func share(
  _ statement: Statement, _ sharing: Machine.Sharing, passes: Int = 1
) -> Statement {
  if case .tile(var tile) = statement {
    if tile.kind == .independent { tile.kind = .parallel }
    return .tile(tile)
  }
  guard case .loop(var loop) = statement else { return statement }
  guard loop.kind == .independent else { return statement }
  let all = passes * loop.variable.extent
  guard all < sharing.enoughIterations, loop.body.count == 1 else {
    loop.kind = .parallel
    return .loop(loop)
  }
  if case .loop(let inner) = loop.body[0], inner.isInnermost {
    if passes == 1, inner.variable.extent >= sharing.leastInnermost {
      loop.body = [share(.loop(inner), sharing)]
    } else {
      loop.kind = .parallel
    }
    return .loop(loop)
  }
  loop.kind = .parallel
  loop.body = [share(loop.body[0], sharing, passes: all)]
  return .loop(loop)
}

extension Loop {
  // True iff there is no loop inside.
  fileprivate var isInnermost: Bool {
    body.allSatisfy { statement in
      switch statement {
      case .loop, .whileLoop, .tile, .transform, .when: false
      case .constant, .variable, .assign, .array, .store, .fetch: true
      }
    }
  }
}

// How often innermost statements run.
private func count(_ statement: Statement) -> Int {
  switch statement {
  case .loop(let loop):
    let first = loop.first.asConstant ?? 0
    let end = loop.end.asConstant ?? loop.variable.extent
    return max(0, end - first) / loop.step * loop.body.reduce(0) { $0 + count($1) }
  case .whileLoop(_, let body): return body.reduce(0) { $0 + count($1) }
  case .when(_, let then, let otherwise):
    return max(then.reduce(0) { $0 + count($1) }, otherwise.reduce(0) { $0 + count($1) })
  case .tile(let tile):
    let results = (tile.rows + [tile.column]).reduce(1) { $0 * $1.extent }
    let products = tile.joined.reduce(1) { $0 * $1.extent } / Tile.width
    return results * (products + tile.body.reduce(0) { $0 + count($1) })
  case .transform(let transform):
    return transform.lane.extent * transform.matrix.rows.count * transform.matrix.rows.count
  case .array, .constant, .variable, .fetch: return 0
  case .assign, .store: return 1
  }
}
