internal import LoopIR
internal import Support

extension LoopPass {
  /// Marks the loops that need `omp simd` to be vectorised:
  ///
  ///     for i < 512 {
  ///       m[i] = 0.9 * m[i] + 0.1 * g[i]
  ///       w[i] = w[i] - rate * m[i] * scale[i]
  ///     }
  /// ->
  ///     for i < 512 simd { ... }
  ///
  /// Inside a parallel loop compilers lose `restrict` and would have to compare the addresses of
  /// all arrays before the loop; with more than a few they do not vectorise. They unroll short
  /// loops first and then fail to vectorise the result. No iteration of the marked loops reads what
  /// another one writes, so results keep their bits. Marks
  /// that a schedule made stay.
  package static let vectorize = vectorize(for: .portable)

  /// The pass for a machine.
  package static func vectorize(for machine: Machine) -> LoopPass {
    LoopPass("vectorize", "mark loops to be vectorised") { program in
      for id in program.kernels.ids {
        let kernel = program.kernels[id]
        let marks = VectorMarks(
          parameters: Set(kernel.parameters.map(\.buffer.id)), vectors: machine.vectors)
        program.kernels[id].body = marks.marked(kernel.body, isInParallel: false)
      }
    }
  }
}

// Which loops of a kernel are marked.
private struct VectorMarks {
  /// The arrays of the kernel's parameters.
  let parameters: Set<Int>
  let vectors: Machine.Vectors

  func marked(_ body: [Statement], isInParallel: Bool) -> [Statement] {
    body.map { marked($0, isInParallel: isInParallel) }
  }

  private func marked(_ statement: Statement, isInParallel: Bool) -> Statement {
    switch statement {
    case .loop(var loop):
      // A loop of one iteration does not count, and a parallel loop directly inside another one is
      // collapsed with it.
      let isOne = loop.isWhole && loop.variable.extent == 1
      if !isOne, !loop.isSimd, !loop.isRolled {
        loop.isSimd = gains(loop, isInParallel != (loop.kind == .parallel))
      }
      loop.body = marked(
        loop.body, isInParallel: isInParallel || !isOne && loop.kind == .parallel)
      return .loop(loop)
    case .tile(var tile):
      let isInParallel = isInParallel || tile.kind == .parallel
      tile.body = marked(tile.body, isInParallel: isInParallel)
      let walk = TileWalk(tile)
      tile.blocks.isSimd = gains(walk.innermost(walk.sums), isInParallel)
      return .tile(tile)
    case .whileLoop(let condition, let body):
      return .whileLoop(condition, marked(body, isInParallel: isInParallel))
    case .when(let condition, let then, let otherwise):
      return .when(
        condition, then: marked(then, isInParallel: isInParallel),
        otherwise: marked(otherwise, isInParallel: isInParallel))
    case .constant, .variable, .assign, .array, .store, .transform, .fetch: return statement
    }
  }

  // True iff the loop goes along memory and is so short that compilers would unroll it, or is
  // inside a parallel loop and accesses too many arrays to compare.
  private func gains(_ loop: Loop, _ isShared: Bool) -> Bool {
    guard loop.step == 1, let elements = VectorElements(loop, parameters) else { return false }
    if elements.computes, let first = loop.first.asConstant, let end = loop.end.asConstant,
      vectors.writtenOut.contains(end - first)
    {
      return true
    }
    guard isShared else { return false }
    let written = elements.stores.keys.filter { parameters.contains($0.id) }.count
    let read = Set(elements.loads.map(\.buffer)).filter { buffer in
      elements.stores[buffer] == nil && parameters.contains(buffer.id) && !buffer.shape.isEmpty
    }
    return written * read.count + written * (written - 1) / 2 > vectors.mostComparisons
  }
}

/// What one iteration of a loop reads and writes.
private struct VectorElements {
  private(set) var stores: [Buffer: [Index]] = [:]
  private(set) var loads: [Element] = []
  /// True iff it does more than copy.
  private(set) var computes = false

  /// Returns nil if iterations depend on each other, if accesses are not contiguous, other than in
  /// local arrays, which are in cache, or if an operation has no vector form.
  init?(_ loop: Loop, _ parameters: Set<Int>) {
    var isSimple = true
    for statement in loop.body {
      switch statement {
      case .constant(_, let value): note(value, &isSimple)
      case .store(let buffer, let indices, let value):
        isSimple =
          isSimple && stores[buffer] == nil && buffer.type.isWide
          && moves(indices, loop.variable)
        stores[buffer] = indices
        note(value, &isSimple)
      case .loop, .whileLoop, .variable, .assign, .array, .fetch, .when, .tile, .transform:
        return nil
      }
    }
    for load in loads {
      isSimple = isSimple && load.buffer.type.isWide
      if let stored = stores[load.buffer] {
        isSimple = isSimple && stored == load.indices
      } else if parameters.contains(load.buffer.id) {
        isSimple =
          isSimple
          && (!load.indices.contains { $0.uses(loop.variable) }
            || moves(load.indices, loop.variable))
      }
    }
    guard isSimple, !stores.isEmpty else { return nil }
  }

  private mutating func note(_ value: Expression, _ isSimple: inout Bool) {
    value.forEach { part in
      switch part {
      case .load(let buffer, let indices): loads.append(Element(buffer, indices))
      case .apply(let function, let operands):
        computes = true
        isSimple = isSimple && function.isForVectors(operands[0].type)
      case .literal, .local: break
      case .index(let index, let type): isSimple = isSimple && type == .i32 && index.isPlain
      case .cast, .within, .reduce: isSimple = false
      }
    }
  }

  // True iff the next iteration is at the next element.
  private func moves(_ indices: [Index], _ variable: Variable) -> Bool {
    indices.last?.coefficient(of: variable) == 1
      && !indices.dropLast().contains { $0.uses(variable) }
  }
}

extension ElementType {
  // True iff the type is computed in as it is stored.
  fileprivate var isWide: Bool { self == .f32 || self == .f64 || self == .i32 }
}

extension Index {
  // True iff the position is known from the variables of loops.
  fileprivate var isPlain: Bool {
    var isPlain = true
    forEachValue { _ in isPlain = false }
    return isPlain
  }
}
