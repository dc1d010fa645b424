package import GraphIR
package import LoopIR

/// What a run of the compiler does beside compiling.
package struct CompileOptions {
  /// Computes in `f64` instead of `f32`.
  package var doublePrecision = false
  /// The most bytes that the program may need, states included.
  package var maxBytes: Int?
  /// How convolutions will be lowered, which decides what they need for themselves.
  package var winograd = Winograd.two
  /// Checks the program after each pass and returns what is wrong with it.
  package var verify: ((GraphProgram) -> [String])?
  /// Is told the name of each pass and the program after it.
  package var afterPass: ((String, GraphProgram) -> Void)?
  /// The pass after which to stop.
  package var stopAfter: String?

  package init() {}
}

/// The passes from a model to kernels, in order.
package let pipeline: [GraphPass] = [
  .dissolveKernels,
  .differentiate,
  .joinScans,
  .resolveMarks,
  .splitInit,
  .pruneRegions,
  .foldConstants,
  .simplify,
  .eliminateCommonSubexpressions,
  .hoistProducts,
  .foldConstants,
  .simplify,
  .cropResults,
  .foldScales,
  .orderAxes,
  .splitReductions,
  .eliminateDeadCode,
  .fuse,
]

/// Returns the program as graphs of kernels.
package func optimize(_ program: GraphProgram, _ options: CompileOptions = CompileOptions())
  -> GraphProgram
{
  var program = program
  let first: [GraphPass] = options.doublePrecision ? [.doublePrecision] : []
  let last = options.maxBytes.map {
    GraphPass.rematerialize(within: $0, winograd: options.winograd)
  }
  let passes = first + pipeline + [last].compactMap(\.self)
  for pass in passes {
    pass.run(&program)
    if let problems = options.verify?(program), !problems.isEmpty {
      preconditionFailure(
        "the program is ill-formed after pass '\(pass.name)':\n"
          + problems.joined(separator: "\n"))
    }
    options.afterPass?(pass.name, program)
    if pass.name == options.stopAfter { break }
  }
  return program
}

/// Whether convolutions with filters of 3x3 are computed with fewer products, which makes them faster
/// and a little less exact.
package enum Winograd: String, CaseIterable, Sendable {
  case off
  /// 2x2 results at a time, where that pays.
  case two = "2"
  /// 2x2 or 4x4 results at a time, where that pays.
  case four = "4"
}

/// The passes from loops to what is written as C, in order; the first finds the loops made.
package let loopPipeline: [LoopPass] = [
  LoopPass("lower", "turn kernels into loops") { _ in }, .hoistSteps, .prepareStates,
  .shareKernels, .planMemory, .parallelize, .splitLoops,
]

/// Returns the loops of a program of kernels, ready to be written as C.
///
/// - Parameters:
///   - afterPass: is told the name of each pass and the program after it.
///   - stopAfter: the pass after which to stop.
///   - passes: the passes to run.
///   - winograd: whether convolutions may be transformed.
package func lower(
  _ program: GraphProgram, afterPass: (String, LoopProgram) -> Void = { _, _ in },
  stopAfter: String? = nil, passes: [LoopPass] = loopPipeline, winograd: Winograd = .two
) -> LoopProgram {
  var loops = lowerToLoops(program, winograd: winograd)
  for pass in passes {
    pass.run(&loops)
    afterPass(pass.name, loops)
    if pass.name == stopAfter { break }
  }
  return loops
}
