internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Runs kernels again where their results are needed late, instead of keeping those, until the
  /// program fits into a number of bytes, states included.
  ///
  ///     %1 = kernel %0 { exp }
  ///     %2 = kernel %1 { a }             %1 is alive while this needs much memory
  ///     %3 = kernel %1, %2 { b }
  /// ->
  ///     %1 = kernel %0 { exp }
  ///     %2 = kernel %1 { a }
  ///     %3 = kernel %0 { exp }
  ///     %4 = kernel %3, %2 { b }
  ///
  /// The sequence of plans is the same for every limit, and each needs less than the one before;
  /// the first that fits is taken, or the last one. The same kernel runs again, so results keep
  /// their bits. No CSE may run after this pass.
  package static func rematerialize(
    within maxBytes: Int, _ options: LoweringOptions = LoweringOptions()
  ) -> GraphPass {
    GraphPass("rematerialize", "recompute values that take too much memory") { program in
      var plans = RematerializationPlans(program, KernelPlans(options))
      while plans.best.bytes > maxBytes, plans.advance() {}
      program = plans.best.program
    }
  }
}

/// Programs that compute the same in less and less memory.
private struct RematerializationPlans {
  // The number of plans if the last one needed no memory.
  private static let count = 64

  /// The smallest plan so far, and its size.
  private(set) var best: (program: GraphProgram, bytes: Int)

  private var program: GraphProgram
  /// The arena of each function; the last one may be that of the preparation.
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

  /// Finds a plan that is smaller than the best; false if there is none.
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
      // Replaces the estimate by a real plan.
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
  for pass in loopPipeline(kernels.options) {
    pass.run(&loops)
    if pass.name == LoopPass.planMemory.name { break }
  }
  return loops
}

extension LoopFunction {
  /// The bytes of the arena that the function uses.
  fileprivate var arenaBytes: Int { temporaries.map { $0.offset + $0.array.bytes }.max() ?? 0 }
}
