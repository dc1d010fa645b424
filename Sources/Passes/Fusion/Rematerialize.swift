internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Runs kernels again where their results are needed late, instead of keeping these, until the
  /// program needs no more than some bytes, states included.
  ///
  ///     %1 = kernel %0 { exp }
  ///     %2 = kernel %1 { a }             %1 is kept while this needs much memory
  ///     %3 = kernel %1, %2 { b }
  /// ->
  ///     %1 = kernel %0 { exp }
  ///     %2 = kernel %1 { a }
  ///     %3 = kernel %0 { exp }
  ///     %4 = kernel %3, %2 { b }
  ///
  /// The plans that it goes through are the same for every number of bytes, and each needs less
  /// than the one before; the first that is small enough is taken, or the last one. A kernel is run
  /// again as it is, by the same function, so results keep their bits. No pass that makes equal
  /// nodes one may follow.
  package static func rematerialize(
    within maxBytes: Int, _ options: LoweringOptions = LoweringOptions()
  ) -> GraphPass {
    GraphPass("rematerialize", "compute again what takes too much memory") { program in
      var plans = RematerializationPlans(program, KernelPlans(options))
      while plans.best.bytes > maxBytes, plans.advance() {}
      program = plans.best.program
    }
  }
}

/// Programs that compute the same in less and less memory.
private struct RematerializationPlans {
  // How many plans there would be if the last one needed nothing.
  private static let count = 64

  /// The plan that needs the least so far, and how much that is.
  private(set) var best: (program: GraphProgram, bytes: Int)

  private var program: GraphProgram
  /// The arena of each function; behind them there may be one that prepares states.
  private var arenas: [Int]
  private var sequences: [Int: StepSequence] = [:]
  private let step: Int
  private let kernels: KernelPlans

  init(_ program: GraphProgram, _ kernels: KernelPlans) {
    self.program = program
    self.kernels = kernels
    let loops = planned(program, kernels)
    best = (program, loops.memoryBytes)
    arenas = loops.functions.prefix(program.functions.count).map(\.arenaBytes)
    step = max(Arena.alignment, loops.arenaBytes / Self.count)
  }

  /// Goes on to a plan that needs less than the best; false if there is none.
  mutating func advance() -> Bool {
    while let largest = arenas.indices.max(by: { arenas[$0] < arenas[$1] }) {
      let function = program.functions[largest]
      var sequence =
        sequences[largest] ?? StepSequence(function.graph, homes: function.homes, kernels)
      let goal = sequence.peak - step
      var isNew = false
      while sequence.peak > goal, sequence.improve() { isNew = true }
      guard isNew else { return false }
      sequences[largest] = sequence
      program.functions[largest].graph = sequence.built
      // What was estimated so far is now planned.
      let loops = planned(program, kernels)
      arenas = loops.functions.prefix(arenas.count).map(\.arenaBytes)
      if loops.memoryBytes < best.bytes {
        best = (program, loops.memoryBytes)
        return true
      }
    }
    return false
  }
}

// The loops up to the plan of memory; kernels that an earlier plan has are there already.
private func planned(_ program: GraphProgram, _ kernels: KernelPlans) -> LoopProgram {
  var loops = lowerToLoops(program, kernels)
  for pass in loopPipeline(for: kernels.options.machine) {
    pass.run(&loops)
    if pass.name == LoopPass.planMemory.name { break }
  }
  return loops
}

extension LoopFunction {
  /// The bytes of the arena that the function uses.
  fileprivate var arenaBytes: Int { temporaries.map { $0.offset + $0.array.bytes }.max() ?? 0 }
}
