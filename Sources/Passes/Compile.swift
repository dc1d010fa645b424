package import GraphIR
package import LoopIR

/// The options of a run of the compiler.
package struct CompileOptions {
  /// Computes in `f64` instead of `f32`.
  package var doublePrecision = false
  /// The most bytes that the program may need, states included.
  package var maxBytes: Int?
  /// How kernels will be lowered, which decides their scratch memory.
  package var lowering = LoweringOptions()
  /// Returns the problems of a program after a pass; nil skips the check.
  package var verify: ((GraphProgram) -> [String])? = GraphIR.verify
  /// Is told if a pass has made the program ill-formed; no other pass runs then.
  package var onIllFormed: (IllFormedProgram) -> Void = { $0.trap() }
  /// Called with the name of each pass and the program after it.
  package var afterPass: ((String, GraphProgram) -> Void)?
  /// The pass after which to stop.
  package var stopAfter: String?
  /// Runs only what is needed, with a kernel for each operation.
  package var separates = false

  package init() {}
}

/// The passes from a model to kernels, in order.
package let pipeline: [GraphPass] = pipeline(for: .portable)

/// The passes from a model to the kernels that suit a machine, in order.
package func pipeline(for machine: Machine) -> [GraphPass] {
  [
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
    .moveRepeats,
    .foldConstants,
    .simplify,
    .cropResults,
    .splitResidues,
    .foldScales,
    .moveScales(for: machine),
    .orderAxes(for: machine),
    .splitReductions(for: machine),
    .eliminateDeadCode,
    .fuse(for: machine),
  ]
}

// The passes to kernels of single operations.
private let separatePipeline: [GraphPass] = [
  .dissolveKernels, .differentiate, .resolveMarks, .pruneRegions, .eliminateDeadCode, .separate,
]

/// Returns the program as graphs of kernels.
package func optimize(_ program: GraphProgram, _ options: CompileOptions = CompileOptions())
  -> GraphProgram
{
  var program = program
  let first: [GraphPass] = options.doublePrecision ? [.doublePrecision] : []
  let last = options.maxBytes.map {
    GraphPass.rematerialize(within: $0, options.lowering)
  }
  let main = options.separates ? separatePipeline : pipeline(for: options.lowering.machine)
  let passes = first + main + [last].compactMap(\.self)
  for pass in passes {
    pass.run(&program)
    options.afterPass?(pass.name, program)
    if let problems = options.verify?(program), !problems.isEmpty {
      options.onIllFormed(
        IllFormedProgram(pass: pass.name, problems: problems, text: printProgram(program)))
      break
    }
    if pass.name == options.stopAfter { break }
  }
  return program
}

/// The loop passes before C is written, in order; the first one gets the loops just made.
package let loopPipeline: [LoopPass] = loopPipeline(LoweringOptions())

/// The loop passes for a machine and what users ask for, in order.
package func loopPipeline(_ options: LoweringOptions) -> [LoopPass] {
  let machine = options.machine
  return [
    LoopPass("lower", "turn kernels into loops") { _ in }, .hoistSteps, .prepareStates,
    .narrowWeights(to: options.weights.type), .shareKernels, .planMemory,
    .parallelize(for: machine), .splitLoops(for: machine), .keepPairsRolled,
    .vectorize(for: machine),
  ]
}

/// Returns the loops of a program of kernels after all loop passes.
///
/// - Parameters:
///   - afterPass: called with the name of each pass and the program after it.
///   - verify: returns the problems of a program after a pass, given the last one that had none;
///     nil skips the check.
///   - onIllFormed: is told if a pass has made the program ill-formed; no other pass runs then.
///   - stopAfter: the pass after which to stop.
///   - passes: the passes to run; if none are given, those for the machine.
///   - options: how kernels become loops.
///   - report: called with the schedule of each kernel.
package func lower(
  _ program: GraphProgram, afterPass: (String, LoopProgram) -> Void = { _, _ in },
  verify: ((LoopProgram, LoopProgram?) -> [String])? = complaints(about:madeFrom:),
  onIllFormed: (IllFormedProgram) -> Void = { $0.trap() },
  stopAfter: String? = nil, passes: [LoopPass]? = nil,
  options: LoweringOptions = LoweringOptions(),
  onSchedule report: ((KernelSchedule) -> Void)? = nil
) -> LoopProgram {
  var loops = lowerToLoops(program, KernelPlans(options), onSchedule: report)
  var good: LoopProgram?
  for pass in passes ?? loopPipeline(options) {
    pass.run(&loops)
    afterPass(pass.name, loops)
    if let problems = verify?(loops, good), !problems.isEmpty {
      onIllFormed(
        IllFormedProgram(pass: pass.name, problems: problems, text: LoopPrinter.print(loops)))
      break
    }
    good = loops
    if pass.name == stopAfter { break }
  }
  return loops
}
