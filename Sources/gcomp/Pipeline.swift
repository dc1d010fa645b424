internal import CBackend
internal import Foundation
internal import GraphIR
internal import LoopIR
internal import Passes
internal import Support

/// The stages of the compiler for one program: the only file that knows all of them.
struct Pipeline {
  let arguments: Arguments
  let console: Console
  let clock: Stopwatch

  /// Returns the program after all passes, or after the one to stop at.
  func optimised(_ program: GraphProgram) -> GraphProgram {
    var options = CompileOptions()
    options.doublePrecision = arguments.precision == .f64
    options.maxBytes = arguments.maxBytes
    options.lowering = arguments.lowering
    options.stopAfter = arguments.stopAfter
    options.verify = { program in clock.paused { verify(program) } }
    options.onIllFormed = { fail($0) }
    options.afterPass = { name, program in
      clock.lap(name)
      clock.paused {
        guard arguments.dumpAfter.contains(name) else { return }
        console.result("// after '\(name)'\n\(printProgram(program))\n")
      }
    }
    return optimize(program, options)
  }

  /// Returns the text of the loops after a pass; nil for a pass over graphs.
  func loops(of program: GraphProgram, after last: String) -> String? {
    guard loopPipeline.contains(where: { $0.name == last }) else { return nil }
    return LoopPrinter.print(
      lower(program, onIllFormed: { fail($0) }, stopAfter: last, options: arguments.lowering))
  }

  /// Returns a program as graphs with gradients, which the interpreter can run.
  func meaning(of program: GraphProgram) -> GraphProgram {
    var options = CompileOptions()
    options.doublePrecision = arguments.precision == .f64
    options.stopAfter = GraphPass.resolveMarks.name
    options.onIllFormed = { fail($0) }
    return optimize(program, options)
  }

  /// Returns the loops of a program in which each operation is a kernel of its own, with its place
  /// in the model.
  func separated(_ program: GraphProgram) -> LoopProgram {
    var options = CompileOptions()
    options.doublePrecision = arguments.precision == .f64
    options.separates = true
    options.onIllFormed = { fail($0) }
    var lowering = arguments.lowering
    lowering.winograd = .off
    lowering.mergesKernels = false
    options.lowering = lowering
    let passes = loopPipeline(lowering).filter {
      $0.name != LoopPass.shareKernels.name
    }
    return lower(
      optimize(program, options), onIllFormed: { fail($0) }, passes: passes, options: lowering)
  }

  /// Returns the allowed values of integer inputs, by function and input.
  func ranges(of program: GraphProgram) -> [String: [String: IntegerRange]] {
    inputRanges(of: program)
  }

  /// Returns the loops of a program of kernels, which need no more memory than is allowed.
  func lowered(_ program: GraphProgram) throws -> LoopProgram {
    let loops = lower(
      program,
      afterPass: { name, loops in
        clock.lap(name)
        clock.paused {
          guard arguments.dumpAfter.contains(name) else { return }
          console.result("// after '\(name)'\n\(LoopPrinter.print(loops))\n")
        }
      }, verify: { loops, good in clock.paused { complaints(about: loops, madeFrom: good) } },
      onIllFormed: { fail($0) }, options: arguments.lowering,
      onSchedule: arguments.dumpsSchedules ? { console.result($0.line + "\n") } : nil)
    if let most = arguments.maxBytes, loops.memoryBytes > most {
      throw Failure(
        "'\(program.name)' needs at least \(loops.memoryBytes.grouped) bytes, even if values "
          + "are recomputed; '--max-bytes' allows \(most.grouped)")
    }
    warnOfWideWeights(loops)
    return loops
  }

  // Says so if '--weights' has no effect.
  private func warnOfWideWeights(_ loops: LoopProgram) {
    let weights = arguments.lowering.weights
    let isUsed = loops.states.contains { $0.role == .derived && $0.array.type == weights.type }
    if weights == .f32 || isUsed { return }
    console.show([
      Diagnostic(
        .warning, "'--weights \(weights)' has no effect on '\(loops.name)'",
        notes: [
          Diagnostic(
            .note, "it stores matrices of 1,024 numbers or more, in single, that a function reads")
        ])
    ])
  }

  /// Returns the files of a program in C; paths in them are relative to `folder`. The graphs that
  /// the loops come from say which integers inputs may hold.
  func emitted(
    _ loops: LoopProgram, of program: GraphProgram? = nil, templates: URL, model: URL,
    folder: URL, trace: CTrace? = nil
  ) throws -> [String: String] {
    var texts: [String: String] = [:]
    for name in Files.names(in: templates) {
      texts[name] = try Files.read(templates.appending(path: name))
    }
    var loops = loops
    for phase in loops.phases.indices {
      for set in loops.phases[phase].sets.indices {
        let path = loops.phases[phase].sets[set].path
        if path.hasPrefix("/") { continue }
        let target = model.deletingLastPathComponent().appending(path: path)
        loops.phases[phase].sets[set].path = Files.relativePath(of: target, from: folder)
      }
    }
    do {
      let files = try emitC(
        loops, templates: texts, ranges: program.map { inputRanges(of: $0) } ?? [:],
        isProfiled: arguments.isProfiled, trace: trace)
      clock.lap("emit-c")
      return files
    } catch {
      throw Failure.bug("\(error)")
    }
  }

  // Ends the run after a bug in gcomp, with the program that shows it.
  private func fail(_ found: IllFormedProgram) -> Never {
    console.message(found.text)
    console.show([
      .error(
        "internal error: the program is ill-formed after pass '\(found.pass)'; "
          + "this is a bug in gcomp",
        hints: found.problems)
    ])
    exit(1)
  }
}
