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

  // Holds the compiler and the flags of the last build, below `stale` if files changed since then.
  private var stamp: URL { folder.appending(path: ".built") }
  private static let stale = "stale\n"

  /// Writes the files of the model and the runtime, as far as they changed.
  func write(_ files: [String: String], runtime: URL) throws {
    try Files.makeFolder(folder)
    try Files.locked(folder) {
      var contents = files
      for name in Files.names(in: runtime) where name.hasSuffix(".c") || name.hasSuffix(".h") {
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

  /// Builds the programs unless they are there already.
  func build(_ compiler: CCompiler, _ target: Arguments.Target) throws {
    let environment = ProcessInfo.processInfo.environment
    let variables = [
      "CC=\(compiler.command)", "OPENMP=\(compiler.hasOpenMP ? 1 : 0)", "TARGET=\(target)",
    ]
    let flags = ["CFLAGS", "LDFLAGS"].map { "\($0)=\(environment[$0] ?? "")" }
    let text = (variables + flags).joined(separator: "\n") + "\n"
    try Files.locked(folder) {
      let known = try? Files.read(stamp)
      if known == text, programs.allSatisfy({ Files.isFile(folder.appending(path: $0)) }) { return }
      // Objects of other flags do not fit.
      if known != text, known != Self.stale + text { try make(["clean"]) }
      try Files.write(Self.stale + text, to: stamp)
      try make(["-j\(ProcessInfo.processInfo.activeProcessorCount)"] + variables)
      try Files.write(text, to: stamp)
    }
  }

  func make(_ arguments: [String]) throws {
    guard let program = Subprocess.find("make") else {
      throw Failure(
        "'make' is not on the PATH; the C is in '\(folder.relativePath)'",
        hints: ["on Debian: apt-get install make"])
    }
    // Flags of a make that calls us are not meant for this one.
    let result = try Subprocess.run(
      program, ["-C", folder.path] + arguments,
      environment: ["MAKEFLAGS": "", "MAKELEVEL": "0", "MFLAGS": ""])
    guard result.succeeded else {
      throw Failure(
        words: result.output,
        [.error("'make' failed in '\(folder.relativePath)'", hints: ["gcomp wrote the C there"])])
    }
  }

  // Files of an earlier gcomp or an earlier model would be compiled as well.
  private func removeStale(_ contents: [String: String]) throws -> Bool {
    var stale: [String] = []
    for name in Files.names(in: folder.appending(path: "runtime"))
    where (name.hasSuffix(".c") || name.hasSuffix(".h")) && contents["runtime/" + name] == nil {
      stale += [name, name.dropLast(2) + ".o", name.dropLast(2) + ".d"].map { "runtime/" + $0 }
    }
    let train = "\(name)_train.c"
    if contents[train] == nil, Files.isFile(folder.appending(path: train)) {
      stale += [train, "\(name)_train.o", "\(name)_train.d", "\(name)-train"]
    }
    for name in stale { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
    return !stale.isEmpty
  }
}
