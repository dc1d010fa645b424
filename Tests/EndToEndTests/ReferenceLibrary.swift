import CBackend
import Foundation
import GraphIR
import GraphKit
import Passes
import RandomModels
import TestSupport
import Testing

/// The cases of `Tests/Reference`, compiled in `f64`.
///
/// All cases of a group are functions or states of one program, and all programs are one library:
/// each C compiler runs once for hundreds of cases.
struct ReferenceLibrary: Sendable {
  /// The library of the whole run.
  static let shared = Result { try ReferenceLibrary() }

  let layers: LayerCases
  let norms: NormCases
  let functions: FunctionCases
  let losses: LossCases
  let optimizers: OptimizerCases
  let schedules: ScheduleCases
  let initialisers: InitialiserCases
  let matrices: VectorCases
  let distributions: VectorCases
  let random = RandomCases()
  let indexing: IndexingCases
  let modules: ModuleCases
  let control: ModuleCases
  let functional: ModuleCases
  /// All programs, in `f32`.
  let programs: [GraphProgram]
  private let files: [Toolchain: URL]

  private init() throws {
    layers = try LayerCases()
    norms = try NormCases()
    functions = try FunctionCases()
    losses = try LossCases()
    optimizers = try OptimizerCases()
    schedules = try ScheduleCases()
    initialisers = try InitialiserCases()
    matrices = try VectorCases("linalg", matrixResults)
    distributions = try VectorCases("distributions", distributionResults)
    indexing = try IndexingCases()
    modules = try ModuleCases("modules", ModuleRow.modules)
    control = try ModuleCases("control", ModuleRow.control)
    functional = try ModuleCases("functional", ModuleRow.functional)
    programs = [
      try traced(layers.declare), try traced(norms.declare), try traced(functions.declare),
      try traced(losses.declare), try traced(optimizers.declare),
      try traced(schedules.declare), try traced(initialisers.declare),
      try traced(matrices.declare), try traced(distributions.declare), try traced(random.declare),
      try traced(indexing.declare), try traced(modules.declare), try traced(control.declare),
      try traced(functional.declare), try traced(LoopTests.declareNoise),
    ]
    files = try ProgramLibrary(programs.map(\.widened)).compiled(Toolchain.libraries)
  }

  /// A new instance of one of the programs, as one of `Toolchain.libraries` has compiled it.
  func model(_ name: String, _ toolchain: Toolchain) throws -> LoadedModel {
    try LoadedModel(name, in: #require(files[toolchain]))
  }
}
