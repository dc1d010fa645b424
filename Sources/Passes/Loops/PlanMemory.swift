internal import LoopIR

extension LoopPass {
  /// Computes the live range of each temporary, and gives it a place in the arena.
  ///
  ///     a: offset 0, b: offset 0
  ///     step 0 writes a; step 1 reads a, writes b; step 2 reads b
  /// ->
  ///     a: offset 0, lives 0-1; b: offset 64, lives 1-2
  package static let planMemory = LoopPass(
    "plan-memory", "give each temporary a place in the arena"
  ) { program in
    for i in program.functions.indices {
      let lives = lives(in: program.functions[i], of: program)
      let arena = plan(&program.functions[i], lives)
      program.arenaBytes = max(program.arenaBytes, arena.bytes)
      program.arenaLowerBound = max(program.arenaLowerBound, arena.lowerBound)
    }
  }
}

private func plan(_ function: inout LoopFunction, _ lives: [ClosedRange<Int>]) -> Arena {
  let arrays = function.temporaries.map(\.array)
  let arena = Arena(zip(arrays, lives).map { MemoryRequest(bytes: $0.bytes, life: $1) })
  function.temporaries = arrays.indices.map {
    Temporary(arrays[$0], offset: arena.offsets[$0], life: lives[$0])
  }
  return arena
}
