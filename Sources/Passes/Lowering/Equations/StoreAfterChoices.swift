internal import LoopIR

extension KernelStages {
  /// Returns the kernel with all choices of a position made before its first element is stored:
  ///
  ///     let a = x[n, i] < 0 ? 0 : x[n, i]
  ///     y[n, i] = a
  ///     dx[n, i] = a > 0 ? g[n, i] : 0
  /// ->
  ///     let a = x[n, i] < 0 ? 0 : x[n, i]
  ///     dx[n, i] = a > 0 ? g[n, i] : 0
  ///     y[n, i] = a
  ///
  /// gcc 11 and 12 derive the second condition from the first and make the store between them
  /// depend on it. If they then unroll a short inner loop and vectorise the outer one, for AVX2 or
  /// AVX-512, they choose wrong elements.
  func storingAfterChoices() -> KernelStages {
    var result: [Stage] = []
    var open: [Assignment] = []
    for stage in stages {
      if case .single(let assignment) = stage {
        open.append(assignment)
      } else {
        result += open.storingAfterChoices(elements).map { .single($0) } + [stage]
        open = []
      }
    }
    return replacing(result + open.storingAfterChoices(elements).map { .single($0) })
  }
}

extension [Assignment] {
  // The assignments of one position in another order, with names for values that are chosen and
  // stored before the last choice.
  fileprivate func storingAfterChoices(_ elements: KernelElements) -> [Assignment] {
    guard let last = lastIndex(where: { $0.value.chooses }),
      let first = firstIndex(where: { $0.isStore }), first < last
    else { return self }
    var before: [Assignment] = []
    var stores: [Assignment] = []
    for assignment in self[first..<last] {
      switch assignment {
      case .bind: before.append(assignment)
      case .store(let buffer, let indices, let value):
        // An element that is read again after it was stored keeps its place.
        if self[(first + 1)...last].contains(where: { $0.value.reads(buffer) }) { return self }
        switch value {
        case .local, .literal: stores.append(assignment)
        case .load, .apply, .cast, .index, .within, .reduce:
          let local = elements.local(buffer.name + "_here", buffer.type)
          before.append(.bind(local, value))
          stores.append(.store(buffer, indices, .local(local)))
        }
      }
    }
    return self[..<first] + before + [self[last]] + stores + self[(last + 1)...]
  }
}

extension Assignment {
  fileprivate var isStore: Bool {
    switch self {
    case .bind: false
    case .store: true
    }
  }
}

extension Expression {
  // True iff C writes the value with a choice, which compilers may make a branch.
  var chooses: Bool {
    var found = false
    forEach { part in
      switch part {
      case .within: found = true
      case .apply(let function, _): found = found || function.row.chooses
      case .literal, .local, .index, .load, .cast, .reduce: break
      }
    }
    return found
  }

  fileprivate func reads(_ buffer: Buffer) -> Bool { loads.contains { $0.buffer == buffer } }
}
