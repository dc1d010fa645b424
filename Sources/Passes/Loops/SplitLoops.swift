internal import LoopIR
internal import Support

extension LoopPass {
  /// Splits loops where a condition on their variable begins or ceases to hold, so that there is no
  /// choice per element:
  ///
  ///     for y < 10 {
  ///       for x < 12 { p[y, x] = 0 <= y - 1 < 8 && 0 <= x - 1 < 10 ? a[y - 1, x - 1] : 0 }
  ///     }
  /// ->
  ///     for y < 10 {
  ///       when 0 <= y - 1 < 8 {
  ///         for x < 1 { p[y, x] = 0 }
  ///         for x < 10 { p[y, x + 1] = a[y - 1, x] }
  ///         for x < 1 { p[y, x + 11] = 0 }
  ///       } else {
  ///         for x < 12 { p[y, x] = 0 }
  ///       }
  ///     }
  ///
  /// A loop is split if it is the innermost one, or if the loops inside it are so short that
  /// compilers unroll them completely; in others the parts become branches of the body, so that
  /// threads still share one loop. Compilers vectorise such loops more easily, and gcc 12
  /// miscompiles, for machines with AVX2, several conditions around one element, and a condition
  /// around unrolled elements. In the parts, elements are read before they are chosen by data: gcc
  /// 11 and 12 mix up those of several short loops.
  package static let splitLoops = splitLoops(for: .portable)

  /// The pass for a machine, which shares the parts of a shared loop where that pays.
  package static func splitLoops(for machine: Machine) -> LoopPass {
    LoopPass("split-loops", "split loops at conditions on positions") { program in
      for id in program.kernels.ids {
        let body = program.kernels[id].body
        let parts = split(body, machine).withoutUnreadNames
        var number = program.kernels[id].freeLocal
        program.kernels[id].body = parts == body ? body : parts.readingBeforeChoosing(&number)
      }
    }
  }
}

extension Kernel {
  // A number that no local has.
  fileprivate var freeLocal: Int {
    var result = 0
    body.forEachStatement { statement in
      switch statement {
      case .constant(let local, _), .variable(let local, _): result = max(result, local.id + 1)
      case .tile(let tile): result = max(result, tile.sum.id + 1)
      case .loop, .whileLoop, .assign, .array, .store, .when, .transform, .fetch: break
      }
    }
    return result
  }
}

// With more parts the text would grow too much.
private let mostParts = 16
private let mostStatements = 256

private func split(_ body: [Statement], _ machine: Machine) -> [Statement] {
  body.flatMap { split($0, machine) }
}

private func split(_ statement: Statement, _ machine: Machine) -> [Statement] {
  switch statement {
  case .loop(let loop): return split(loop, machine)
  case .whileLoop(let condition, let body):
    return [.whileLoop(condition, split(body, machine))]
  case .when(let condition, let then, let otherwise):
    return [
      .when(condition, then: split(then, machine), otherwise: split(otherwise, machine))
    ]
  case .constant, .variable, .assign, .array, .store, .fetch, .tile, .transform: return [statement]
  }
}

private func split(_ loop: Loop, _ machine: Machine) -> [Statement] {
  guard !loop.body.containLongLoops(machine) else {
    return [.loop(choosing(inside: loop, [], machine))]
  }
  let parts = Parts(of: loop, in: loop.body)
  guard parts.all.count > 1 else {
    let isInnermost = !loop.body.containLoops
    return [.loop(isInnermost ? loop : choosing(inside: loop, [], machine))]
  }
  return parts.all.map { part in
    let variable = Variable(
      id: loop.variable.id, name: loop.variable.name, extent: part.range.count)
    let position = Index(variable) + part.range.lowerBound
    let move: (Variable) -> Index? = { $0 == loop.variable ? position : nil }
    let body = part.body.map { statement in
      statement.mapped({ $0.substituting(move) }, { $0.substituting(move) })
    }.deciding()
    let sharing = machine.sharing
    let isLong = part.range.count * body.count >= sharing.leastStatements / sharing.parts
    let kind = loop.kind == .parallel && !isLong ? .independent : loop.kind
    return .loop(Loop(variable, kind: kind, split(body, machine)))
  }
}

// The loop with branches in its body that depend on its variable and on those of `outer`, which are
// collapsed with it.
private func choosing(
  inside loop: Loop, _ outer: [Loop], _ machine: Machine
) -> Loop {
  var result = loop
  if loop.kind == .parallel, loop.body.count == 1, case .loop(let inner) = loop.body[0],
    inner.kind == .parallel, inner.body.containLongLoops(machine)
  {
    result.body = [.loop(choosing(inside: inner, outer + [loop], machine))]
  } else {
    result.body = choosing(loop.body, by: outer[...] + [loop], machine)
  }
  return result
}

private func choosing(
  _ body: [Statement], by loops: ArraySlice<Loop>, _ machine: Machine
) -> [Statement] {
  guard let loop = loops.first else { return split(body, machine) }
  let (front, chosen, behind) = body.dividedAroundConditions(on: loop.variable)
  guard !chosen.isEmpty else { return choosing(body, by: loops.dropFirst(), machine) }
  func inside(_ range: Range<Int>) -> Expression { .within(Index(loop.variable), range) }
  // Further conditions on the same loop are split inside the parts.
  func when(_ condition: Expression, _ then: [Statement], _ otherwise: [Statement]) -> [Statement] {
    [.when(condition, then: then, otherwise: otherwise)]
  }
  let parts = Parts(of: loop, in: chosen).all
  let choice: [Statement]
  if parts.count > 1 {
    let bodies = parts.map { choosing($0.body, by: loops, machine) }
    if parts.count == 3, bodies[0] == bodies[2] {
      choice = when(inside(parts[1].range), bodies[1], bodies[0])
    } else {
      choice = zip(parts, bodies).dropLast().reversed().reduce(bodies[parts.count - 1]) {
        when(inside(0..<$1.0.range.upperBound), $1.1, $0)
      }
    }
  } else if let condition = chosen.conditions(byTurnsOf: loop.variable).first,
    2 * chosen.size <= mostStatements
  {
    func decided(_ truth: Bool) -> [Statement] {
      choosing(chosen.deciding { $0 == condition ? truth : nil }, by: loops, machine)
    }
    choice = when(condition, decided(true), decided(false))
  } else {
    choice = choosing(chosen, by: loops.dropFirst(), machine)
  }
  let rest = loops.dropFirst()
  return choosing(front, by: rest, machine) + choice + choosing(behind, by: rest, machine)
}

/// The parts of a loop in which each condition on its variable alone is decided.
private struct Parts {
  private(set) var all: [(range: Range<Int>, body: [Statement])] = []

  /// - Parameter body: the statements to split, all or some of the loop's.
  init(of loop: Loop, in body: [Statement]) {
    let whole = (loop.first.asConstant ?? 0)..<(loop.end.asConstant ?? loop.variable.extent)
    all = [(whole, body)]
    guard loop.step == 1, loop.first.asConstant != nil, loop.end.asConstant != nil,
      !whole.isEmpty
    else { return }
    let conditions = body.conditions(on: loop.variable)
    let cuts = Set(conditions.values.flatMap { [$0.lowerBound, $0.upperBound] })
      .filter { whole.lowerBound < $0 && $0 < whole.upperBound }.sorted()
    guard cuts.count < mostParts, (cuts.count + 1) * body.size <= mostStatements else { return }
    let bounds = [whole.lowerBound] + cuts + [whole.upperBound]
    all = []
    for (from, to) in zip(bounds, bounds.dropFirst()) {
      let decided = body.deciding { condition in
        conditions[condition].map { $0.contains(from) }
      }
      if let last = all.last, last.body == decided {
        all[all.count - 1].range = last.range.lowerBound..<to
      } else {
        all.append((from..<to, decided))
      }
    }
  }
}

extension [Statement] {
  fileprivate var containLoops: Bool {
    contains { statement in
      switch statement {
      case .loop, .whileLoop, .tile, .transform: true
      case .when(_, let then, let otherwise): then.containLoops || otherwise.containLoops
      case .constant, .variable, .assign, .array, .store, .fetch: false
      }
    }
  }

  // True iff they contain a loop that compilers do not unroll completely.
  fileprivate func containLongLoops(_ machine: Machine) -> Bool {
    contains { statement in
      switch statement {
      case .loop(let loop):
        loop.variable.extent > machine.vectors.writtenOut.upperBound
          || loop.body.containLongLoops(machine)
      case .whileLoop, .tile, .transform: true
      case .when(_, let then, let otherwise):
        then.containLongLoops(machine) || otherwise.containLongLoops(machine)
      case .constant, .variable, .assign, .array, .store, .fetch: false
      }
    }
  }

  // The number of statements at every depth.
  fileprivate var size: Int {
    var result = 0
    forEachStatement { _ in result += 1 }
    return result
  }

  // The conditions that depend on a variable alone, and where it makes each of them hold.
  fileprivate func conditions(on variable: Variable) -> [Expression: Range<Int>] {
    var result: [Expression: Range<Int>] = [:]
    forEachExpression { part in
      if case .within(let index, let range) = part, let own = index.values(of: variable, in: range)
      {
        result[part] = own
      }
    }
    return result
  }

  // The conditions that hold periodically, such as for each second value of a variable.
  fileprivate func conditions(byTurnsOf variable: Variable) -> [Expression] {
    var result: [Expression] = []
    forEachExpression { part in
      guard case .within(let index, let range) = part, index.variables == [variable],
        index.values(of: variable, in: range) == nil, !result.contains(part)
      else { return }
      var isKnown = true
      index.forEachValue { _ in isKnown = false }
      if isKnown { result.append(part) }
    }
    return result
  }

  // The statements before those with conditions on a variable, these, and the ones after them that
  // use no name declared in them.
  fileprivate func dividedAroundConditions(on variable: Variable) -> (
    front: [Statement], chosen: [Statement], behind: [Statement]
  ) {
    let own = indices.filter { at in
      let statement = [self[at]]
      return !statement.conditions(on: variable).isEmpty
        || !statement.conditions(byTurnsOf: variable).isEmpty
    }
    guard let first = own.first, let last = own.last else { return (self, [], []) }
    let makesNames = self[first...last].contains { statement in
      switch statement {
      case .constant, .variable, .array: true
      case .loop, .whileLoop, .assign, .store, .fetch, .when, .tile, .transform: false
      }
    }
    let end = makesNames ? count : last + 1
    return (Array(self[..<first]), Array(self[first..<end]), Array(self[end...]))
  }
}

extension Index {
  // The values of a variable for which the index lies in a range, if it depends on nothing else and
  // moves with it.
  fileprivate func values(of variable: Variable, in range: Range<Int>) -> Range<Int>? {
    guard terms.count == 1, !range.isEmpty else { return nil }
    let factor = terms[0].coefficient
    switch terms[0].atom {
    case .variable(variable):
      // The least and the largest value; the ceiling is computed as a negated floor.
      let (low, high) = (range.lowerBound - constant, range.upperBound - 1 - constant)
      let (first, last) =
        factor > 0
        ? (-(-low).flooredQuotient(factor), high.flooredQuotient(factor))
        : (-high.flooredQuotient(-factor), (-low).flooredQuotient(-factor))
      return first..<max(first, last + 1)
    case .quotient(let inner, let divisor) where factor == 1:
      let (low, high) = (range.lowerBound - constant, range.upperBound - constant)
      return inner.values(of: variable, in: (low * divisor)..<(high * divisor))
    case .variable, .quotient, .remainder, .value: return nil
    }
  }
}
