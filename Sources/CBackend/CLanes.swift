internal import LoopIR

/// Loops of which compilers are told that they may run several passes at once.
///
///     #pragma omp simd
///     for (int i = 0; i < 512; i++) {
///       m[i] = 0.9f * m[i] + 0.1f * g[i];
///       w[i] -= rate * m[i] * scale[i];
///     }
///
/// Inside of a parallel loop compilers forget what `restrict` says, and would have to compare the
/// places of all arrays before a loop: with more than a few they rather take one number at a time.
/// Loops of a few passes they write out first, and then find no vectors in what they have written.
/// No pass of these loops reads what another one writes, and each number is computed as before.
extension Loop {
  /// True iff the loop goes along memory and is so short that compilers would write it out, or, as
  /// a part of a loop that threads share, goes along too many arrays to compare, other than those
  /// of `own`.
  func isLanes(isShared: Bool, own: (Buffer) -> Bool) -> Bool {
    guard step == 1, let elements = LaneElements(self, own) else { return false }
    if elements.computes, let first = first.asConstant, let end = end.asConstant,
      shortLoops.contains(end - first)
    {
      return true
    }
    guard isShared else { return false }
    let written = elements.stores.keys.filter { !own($0) }.count
    let read = Set(elements.loads.map(\.buffer)).filter { buffer in
      elements.stores[buffer] == nil && !own(buffer) && !buffer.shape.isEmpty
    }
    return written * read.count + written * (written - 1) / 2 > mostComparisons
  }
}

private let mostComparisons = 2

// How often a loop runs that compilers write out, if that is often enough for a vector.
private let shortLoops = 3...16

/// What one pass of a loop reads and writes.
private struct LaneElements {
  private(set) var stores: [Buffer: [Index]] = [:]
  private(set) var loads: [Element] = []
  /// True iff it does more than to copy.
  private(set) var computes = false

  /// Returns nil if passes depend on each other, if they do not go to the neighbours of what the
  /// last one read and wrote, other than in arrays of the kernel's own, which are in cache, or if
  /// they do what no vector can.
  init?(_ loop: Loop, _ own: (Buffer) -> Bool) {
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
      case .loop, .whileLoop, .variable, .assign, .array, .fetch, .when, .tile: return nil
      }
    }
    for load in loads {
      isSimple = isSimple && load.buffer.type.isWide
      if let stored = stores[load.buffer] {
        isSimple = isSimple && stored == load.indices
      } else if !own(load.buffer) {
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
        isSimple = isSimple && function.isForVectors
        // Integers have no division for vectors.
        if function == .divide { isSimple = isSimple && operands[0].type.isFloat }
      case .literal, .local: break
      case .index(let index, let type): isSimple = isSimple && type == .i32 && index.isPlain
      case .cast, .within, .reduce: isSimple = false
      }
    }
  }

  // True iff the next pass is at the next element.
  private func moves(_ indices: [Index], _ variable: Variable) -> Bool {
    indices.last?.coefficient(of: variable) == 1
      && !indices.dropLast().contains { $0.uses(variable) }
  }
}

extension ElementType {
  // True iff a number of the type is computed as it is stored.
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

extension ScalarFunction {
  // True iff the function is written without calls of the C library, loops and branches.
  fileprivate var isForVectors: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .negate, .absolute, .minimum, .maximum, .sqrt,
      .rsqrt, .relu, .exp, .sigmoid, .tanh, .erf, .equal, .notEqual, .less, .lessEqual, .greater,
      .greaterEqual, .and, .or, .not, .select, .isNaN:
      true
    default: false
    }
  }
}
