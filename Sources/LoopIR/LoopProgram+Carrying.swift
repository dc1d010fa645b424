internal import Support

extension LoopProgram {
  /// The numbers of the kernels that may read what they wrote in an earlier pass of a loop: a call of
  /// theirs in a loop has several parts of one array, and writes one of them.
  package var carryingKernels: Set<Int> {
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
