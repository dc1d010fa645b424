internal import Foundation
internal import Support

/// The folder of one model: C, runtime, and the programs.
struct OutputFolder {
  let folder: URL
  /// The name of the model in C.
  let name: String

  /// The programs that the folder can build.
  var programs: [String] {
    ["train", "infer"].filter { Files.isFile(folder.appending(path: "\(name)_\($0).c")) }
      .map { "\(name)-\($0)" }
  }

  // Records the compiler and flags of the last build, after `stale` if files changed since then.
  private var stamp: URL { folder.appending(path: ".built") }
  private static let stale = "stale\n"

  /// Writes those files of the model and the runtime that changed.
  func write(_ files: [String: String], runtime: URL) throws {
    try Files.makeFolder(folder)
    try Files.locked(folder) {
      var contents = files
      for name in Self.runtimeFiles(runtime) {
        contents["runtime/" + name] = try Files.read(runtime.appending(path: name))
      }
      var changed = try removeStale(contents)
      for (name, text) in contents.sorted(by: { $0.key < $1.key }) {
        if try Files.write(text, to: folder.appending(path: name)) { changed = true }
      }
      guard changed, let known = try? Files.read(stamp), !known.hasPrefix(Self.stale) else {
        return
      }
      try Files.write(Self.stale + known, to: stamp)
    }
  }

  /// Copies the C of the runtime from another folder, with its objects, so that they need not be
  /// compiled again; nothing if there is a build here already.
  func takeRuntime(of other: OutputFolder) throws {
    guard !Files.isFile(stamp), let known = try? Files.read(other.stamp) else { return }
    let (from, to) = (other.folder.appending(path: "runtime"), folder.appending(path: "runtime"))
    let sources = Self.runtimeFiles(from)
    // Objects last, as make compares times.
    let objects = sources.filter { $0.hasSuffix(".c") }.map { String($0.dropLast(2)) + ".o" }
    for name in sources + objects where Files.isFile(from.appending(path: name)) {
      let target = to.appending(path: name)
      try Files.makeFolder(target.deletingLastPathComponent())
      try Data(contentsOf: from.appending(path: name)).write(to: target)
    }
    try Files.write(known.hasPrefix(Self.stale) ? known : Self.stale + known, to: stamp)
  }

  /// The C of the runtime and of the trial kernels, as paths below `runtime`.
  static func runtimeFiles(_ runtime: URL) -> [String] {
    ([""] + rooms.map { "\($0)/" } + ["trial/"]).flatMap { folder in
      Files.names(in: runtime.appending(path: folder)).filter(isC).map { folder + $0 }
    }
  }

  /// The folders of the runtime that a model is linked with.
  static let rooms = ["math", "model", "files", "data", "program"]

  private static func isC(_ name: String) -> Bool { name.hasSuffix(".c") || name.hasSuffix(".h") }

  /// The compiler and flags of make.
  func variables(_ compiler: CCompiler, _ target: Arguments.Target) -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let isQuick = compiler.optimization == CCompiler.quick
    return [
      "CC=\(compiler.command)", "OPENMP=\(compiler.hasOpenMP ? 1 : 0)",
      isQuick ? "QUICK=1" : "OPTIMIZE=\(compiler.optimization)", "TARGET=\(target)",
    ] + ["CFLAGS", "LDFLAGS"].map { "\($0)=\(environment[$0] ?? "")" }
  }

  /// Builds the programs unless they are there already.
  func build(
    _ compiler: CCompiler, _ target: Arguments.Target, _ objects: RuntimeObjects?
  ) throws {
    let variables = variables(compiler, target)
    let text = Self.stampText(variables)
    try Files.locked(folder) {
      let known = try? Files.read(stamp)
      if known == text, programs.allSatisfy({ Files.isFile(folder.appending(path: $0)) }) { return }
      try prepare(text)
      objects?.restore(to: folder)
      try make(variables)
      objects?.keep(from: folder)
      try Files.write(text, to: stamp)
    }
  }

  /// Builds and runs the trial kernels, and returns what is wrong; nothing if they are right.
  func check(
    _ compiler: CCompiler, _ target: Arguments.Target, _ objects: RuntimeObjects?
  ) throws -> String {
    let variables = variables(compiler, target)
    return try Files.locked(folder) {
      try prepare(Self.stampText(variables))
      try make(["trials"] + variables)
      objects?.keep(from: folder)
      let result = try runMake(["-s", "check"] + variables)
      return result.succeeded ? "" : result.output
    }
  }

  private static func stampText(_ variables: [String]) -> String {
    variables.joined(separator: "\n") + "\n"
  }

  // Objects built with other flags cannot be reused.
  private func prepare(_ text: String) throws {
    let known = try? Files.read(stamp)
    if known != text, known != Self.stale + text { try make(["clean"]) }
    try Files.write(Self.stale + text, to: stamp)
  }

  /// Runs make, which must succeed.
  func make(_ arguments: [String]) throws {
    let result = try runMake(arguments)
    guard result.succeeded else {
      throw Failure(
        words: result.output,
        [.error("'make' failed in '\(folder.relativePath)'", hints: ["gcomp wrote the C there"])])
    }
  }

  // Runs make with as many jobs as there are processors.
  private func runMake(_ arguments: [String]) throws -> ProcessResult {
    guard let program = Subprocess.find("make") else {
      throw Failure(
        "'make' is not on the PATH; the C is in '\(folder.relativePath)'",
        hints: ["on Debian: apt-get install make"])
    }
    let jobs = "-j\(ProcessInfo.processInfo.activeProcessorCount)"
    // The flags of a make that runs gcomp are not meant for this one.
    return try Subprocess.run(
      program, ["-C", folder.path, jobs] + arguments,
      environment: ["MAKEFLAGS": "", "MAKELEVEL": "0", "MFLAGS": ""])
  }

  // Otherwise files of an earlier gcomp or model would be compiled as well.
  private func removeStale(_ contents: [String: String]) throws -> Bool {
    var stale: [String] = []
    for name in Self.runtimeFiles(folder.appending(path: "runtime"))
    where contents["runtime/" + name] == nil {
      stale += [name, name.dropLast(2) + ".o"].map { "runtime/" + $0 }
    }
    let train = "\(name)_train.c"
    if contents[train] == nil, Files.isFile(folder.appending(path: train)) {
      stale += [train, "\(name)_train.o", "\(name)-train"]
    }
    for name in stale { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
    return !stale.isEmpty
  }
}
