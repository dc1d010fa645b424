import CBackend
import Foundation
import GraphIR
import GraphKit
import Passes
import TestSupport
import Testing

/// The cases of `Tests/Reference` that GraphKit can express, compiled in `f64`.
///
/// All cases of a group are functions or states of one program, and all programs are one library:
/// the C compiler runs once for hundreds of cases.
struct ReferenceLibrary: Sendable {
  /// The library of the whole run.
  static let shared = Result { try ReferenceLibrary() }

  let layers: LayerCases
  let norms: NormCases
  let losses: LossCases
  let optimizers: OptimizerCases
  let schedules: ScheduleCases
  let initialisers: InitialiserCases
  private let file: URL

  private init() throws {
    layers = try LayerCases()
    norms = try NormCases()
    losses = try LossCases()
    optimizers = try OptimizerCases()
    schedules = try ScheduleCases()
    initialisers = try InitialiserCases()
    let programs = [
      try traced(layers.declare), try traced(norms.declare), try traced(losses.declare),
      try traced(optimizers.declare), try traced(schedules.declare),
      try traced(initialisers.declare),
    ]
    let folder = try temporaryFolder("reference")
    let templates = try templates()
    for program in programs {
      var options = CompileOptions()
      options.doublePrecision = true
      options.verify = verify
      let files = try emitC(lower(optimize(program, options)), templates: templates)
      for (name, text) in files where name == "\(program.name).c" || name == "\(program.name).h" {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
    }
    file = try compile(programs.map { "\($0.name).c" }, in: folder)
  }

  /// A new instance of one of the programs.
  func model(_ name: String) throws -> LoadedModel { try LoadedModel(name, in: file) }
}

/// Returns the program that `declare` makes, which is one model without mistakes.
func traced(_ declare: () -> Void) throws -> GraphProgram {
  let session = Session(modelFile: "", nested: true)
  return try Session.$replacement.withValue(session) {
    declare()
    let report = session.report()
    guard let program = report.programs.first, report.diagnosticsText.isEmpty else {
      throw GoldenMismatch(description: report.diagnosticsText)
    }
    return program
  }
}

/// Returns the files of `templates/`, by name.
private func templates() throws -> [String: String] {
  let folder = repository.appending(path: "templates")
  var texts: [String: String] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
    texts[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }
  return texts
}

// Compiles the sources, two at a time, and the little of the runtime that they need.
private func compile(_ sources: [String], in folder: URL) throws -> URL {
  let script = """
    ln -s "$0" runtime
    for file in \(sources.joined(separator: " ")) runtime/arena.c runtime/describe.c runtime/probe.c
    do echo $file
    done | xargs -P 2 -I FILE sh -c \
      'gcc -std=c11 -O2 -ffp-contract=fast -fno-math-errno -fPIC -Wno-unknown-pragmas -I. \
        -c FILE -o $(basename FILE .c).o' &&
    gcc -shared *.o -o libreference.so -lm
    """
  let runtime = repository.appending(path: "Runtime").path
  let (status, output) = try runProgram("sh", ["-c", script, runtime], in: folder)
  if status != 0 { throw GoldenMismatch(description: output) }
  return folder.appending(path: "libreference.so")
}
