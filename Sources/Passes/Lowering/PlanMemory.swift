internal import LoopIR

extension LoopPass {
  /// Finds out between which steps each temporary is alive, and gives it a place in the arena.
  ///
  ///     a: offset 0, b: offset 0
  ///     step 0 writes a; step 1 reads a, writes b; step 2 reads b
  /// ->
  ///     a: offset 0, lives 0-1; b: offset 64, lives 1-2
  package static let planMemory = LoopPass(
    "plan-memory", "give each temporary a place in the arena"
  ) { program in
    for i in program.functions.indices {
      let arena = plan(&program.functions[i])
      program.arenaBytes = max(program.arenaBytes, arena.bytes)
      program.arenaLowerBound = max(program.arenaLowerBound, arena.lowerBound)
    }
  }
}

private func plan(_ function: inout LoopFunction) -> Arena {
  let arrays = function.temporaries.map(\.array)
  var first = [Int](repeating: .max, count: arrays.count)
  var last = [Int](repeating: 0, count: arrays.count)
  for (number, step) in function.steps.enumerated() {
    let operands: [Operand] =
      switch step {
      case .call(_, let operands): operands
      case .copy(let from, let to): [from, to]
      case .probe(_, let operand): [operand]
      }
    for case .temporary(let i) in operands {
      first[i] = min(first[i], number)
      last[i] = max(last[i], number)
    }
  }
  let arena = Arena(
    arrays.indices.map { MemoryRequest(bytes: arrays[$0].bytes, life: first[$0]...last[$0]) })
  function.temporaries = arrays.indices.map {
    Temporary(arrays[$0], offset: arena.offsets[$0], life: first[$0]...last[$0])
  }
  return arena
}
