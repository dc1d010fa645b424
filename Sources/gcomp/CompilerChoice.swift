internal import Foundation
internal import Support

/// Chooses the C compiler for a model: one that passes the trial kernels.
///
/// Each compiler that gcomp meets has to run the trial kernels first (`Runtime/trial`), with the
/// flags that the model will be built with. One that fails is tried again with less optimisation,
/// after all others.
struct CompilerChoice {
  let cache: Cache
  let console: Console
  let target: Arguments.Target
  /// True iff compiling should take little time, whatever the programs then take.
  var isQuick = false
  /// The folder with `templates/` and `Runtime/`.
  let home: URL
  /// Where the model will be built; nil if the result will be checked anyway.
  let output: OutputFolder?

  /// Returns the compiler that is asked for, or the best of those that are there, with flags.
  func compiler(_ chosen: String?) throws -> CCompiler {
    let variable = ProcessInfo.processInfo.environment["CC"].flatMap { $0.isEmpty ? nil : $0 }
    let compiler: CCompiler
    if let command = chosen ?? variable {
      compiler = try named(command, origin: chosen == nil ? "CC" : "--cc")
    } else {
      compiler = try found()
    }
    compiler.announce(console)
    return compiler
  }

  // The flags that are tried, best first.
  private var levels: [String] { (isQuick ? [CCompiler.quick] : []) + CCompiler.optimizations }

  private func named(_ command: String, origin: String) throws -> CCompiler {
    guard let compiler = try CCompiler.probed(CCompiler.absolute(command), cache) else {
      let problem = CCompiler.exists(command) ? "cannot build a program that runs" : "is not found"
      throw Failure(
        "the C compiler '\(command)' from \(origin) \(problem)", hints: [CCompiler.installHint])
    }
    return try firstRight(of: [compiler], levels)
  }

  // The first compiler that passes the trial, with the best flags that it passes with.
  private func found() throws -> CCompiler {
    let candidates = CCompiler.candidates(isQuick: isQuick)
    var serial: [CCompiler] = []
    var parallel: [CCompiler] = []
    for command in candidates {
      guard let path = Subprocess.find(command),
        let compiler = try CCompiler.probed(path, cache)
      else { continue }
      guard compiler.hasOpenMP else {
        serial.append(compiler)
        continue
      }
      let first = compiler.with(levels[0])
      if try isRight(first) { return first }
      parallel.append(compiler)
    }
    let compilers = parallel.isEmpty ? serial : parallel
    guard !compilers.isEmpty else {
      let names = candidates.joined(separator: ", ")
      throw Failure(
        "no C compiler works; tried \(names)", hints: [CCompiler.installHint])
    }
    return try firstRight(of: compilers, Array(levels.dropFirst(parallel.isEmpty ? 0 : 1)))
  }

  // The first of some compilers that passes the trial; notes the failures of others.
  private func firstRight(
    of compilers: [CCompiler], _ optimizations: [String]
  ) throws -> CCompiler {
    for optimization in optimizations {
      for compiler in compilers where try isRight(compiler.with(optimization)) {
        return compiler.with(optimization)
      }
    }
    let names = compilers.map { "'\($0.command)'" }.joined(separator: " and ")
    throw Failure(
      "\(names) gave wrong results in all trials, even with \(CCompiler.optimizations.last ?? "")",
      hints: ["choose another compiler with --cc"])
  }
}

// Trials.
extension CompilerChoice {
  // True iff the trial kernels are right; they run once for a compiler, its flags and a machine.
  private func isRight(_ compiler: CCompiler) throws -> Bool {
    guard let output else { return true }
    guard let key = key(compiler, output) else { return false }
    let entry = try cache.entry("trials", key) { folder in
      let result = try output.check(compiler, target, objects(compiler))
      try Files.write(result, to: folder.appending(path: "result"))
      let answer = result.isEmpty ? "right" : "wrong"
      console.note("trial kernels with \(compiler.command) \(compiler.optimization): \(answer)")
    }
    let result = try Files.read(entry.appending(path: "result"))
    if result.isEmpty { return true }
    console.show([
      Diagnostic(
        .warning, "'\(compiler.command)' with \(compiler.optimization) gives wrong results",
        notes: Self.complaints(result).prefix(3).map { Diagnostic(.note, $0) })
    ])
    return false
  }

  /// The objects of the runtime as a compiler makes them; nil where its flags are not all ours, as
  /// these may name files.
  func objects(_ compiler: CCompiler) -> RuntimeObjects? {
    let flags = ProcessInfo.processInfo.environment["CFLAGS"] ?? ""
    guard flags.isEmpty, let output, let key = key(compiler, output) else { return nil }
    return RuntimeObjects(cache: cache, key: key)
  }

  // A compiler with the flags for a folder, on this machine, and the files of the runtime.
  private func key(_ compiler: CCompiler, _ output: OutputFolder) -> Fingerprint? {
    guard var key = compiler.identity else { return nil }
    for text in output.variables(compiler, target) + Self.machine + sources { key.add(text) }
    return key
  }

  // The output of the trial, without that of make and the flags.
  private static func complaints(_ result: String) -> [String] {
    result.split(separator: "\n").filter { !$0.hasPrefix("make") }.map { line in
      guard line.hasPrefix("wrong with "), let end = line.firstRange(of: ": ") else {
        return String(line)
      }
      return String(line[end.upperBound...])
    }
  }

  // The files that decide kernels and flags.
  private var sources: [String] { Self.sources(in: home) }

  /// Identifies the files of the runtime, and what compiles them.
  static func sources(in home: URL) -> [String] {
    let runtime = home.appending(path: "Runtime")
    let files =
      [home.appending(path: "templates/Makefile")]
      + OutputFolder.runtimeFiles(runtime).map { runtime.appending(path: $0) }
    return files.map { Files.identity($0) ?? "" }
  }

  /// The processor and its features.
  static var machine: [String] {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let processor = text?.components(separatedBy: "\n\n").first ?? ""
    let names = ["vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU part"]
    return processor.split(separator: "\n").map(String.init).filter { line in
      names.contains { line.hasPrefix($0) }
    }
  }
}
