internal import Support

extension LoopProgram {
  /// The numbers of the kernels that compilers must not write out where they are called, as they
  /// would take what holds for one call for what surrounds it, or the other way round.
  ///
  /// clang 13 to 16 do so with kernels that read what they wrote in an earlier iteration, gcc 12
  /// with kernels that write where the data say, both as to arrays that are apart; and gcc 12 with
  /// sums inside a loop along memory, of whose arrays it then believes that each vector begins
  /// where vectors of its size may, and crashes.
  package var separateKernels: Set<Int> {
    let others = kernels.ids.filter { id in
      let body = kernels[id].body
      return body.writeWhereDataSay || body.reduceInsideLoops
    }
    return carryingKernels.union(others.map(\.index))
  }

  // The kernels that may read what they wrote in an earlier iteration of a loop: a call of theirs
  // in a loop has several parts of one array, and writes one of them.
  private var carryingKernels: Set<Int> {
    var result: Set<Int> = []
    for function in functions {
      for step in function.steps.insideLoops {
        guard case .call(let kernel, let operands) = step else { continue }
        let parameters = kernels[kernel].parameters
        let carries = zip(parameters, operands).enumerated().contains { i, written in
          written.0.access != .read
            && operands.enumerated().contains { $0 != i && $1.base == written.1.base }
        }
        if carries { result.insert(kernel.index) }
      }
    }
    return result
  }
}

extension [Statement] {
  // True iff each iteration of some loop along memory adds up, or joins otherwise, in one variable.
  fileprivate var reduceInsideLoops: Bool {
    var found = false
    forEachStatement { statement in
      guard case .loop(let outer) = statement, outer.kind != .serial,
        outer.body.contains(where: { if case .variable = $0 { true } else { false } })
      else { return }
      for case .loop(let inner) in outer.body where inner.kind == .serial {
        [.loop(inner)].forEachExpression { part in
          guard case .load(_, let indices) = part, let last = indices.last else { return }
          found = found || last.variables.contains(outer.variable)
        }
      }
    }
    return found
  }

  // True iff an element is stored at a position that was read or computed.
  fileprivate var writeWhereDataSay: Bool {
    var found = false
    forEachStatement { statement in
      if case .store(_, let indices, _) = statement {
        for index in indices { index.forEachValue { _ in found = true } }
      }
    }
    return found
  }
}

extension [Step] {
  // The steps that run several times.
  fileprivate var insideLoops: [Step] {
    flatMap { (step) -> [Step] in
      switch step {
      case .call, .fill, .copy, .probe: []
      case .loop(_, let body): body.flattened
      case .whileLoop(let condition, _, let body): condition.flattened + body.flattened
      case .branch(_, let then, let otherwise): then.insideLoops + otherwise.insideLoops
      }
    }
  }
}
