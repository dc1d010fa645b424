internal import CBackend
internal import Foundation
internal import LoopIR
internal import Support

/// Compiles a model for checks: as users get it, with its kernels shown, and without optimisation.
struct VerifyBuild {
  /// Shared libraries of one model.
  struct Libraries {
    /// With the C and the flags of users.
    let plain: URL
    /// With the flags of users, showing its kernels.
    let traced: URL
    /// Without optimisation, with kernels that can be called.
    let unoptimised: URL
  }

  let compiler: CCompiler
  let target: Arguments.Target
  let cache: Cache
  /// The folder with runtime and templates.
  let home: URL

  private typealias Kind = (folder: String, trace: CTrace?)

  /// Returns the libraries of a program, from the cache if nothing changed.
  func libraries(_ loops: LoopProgram, _ pipeline: Pipeline) throws -> Libraries {
    let built = try build(
      loops, pipeline, [("plain", nil), ("traced", .calls), ("unoptimised", .kernels)])
    return Libraries(plain: built[0], traced: built[1], unoptimised: built[2])
  }

  /// Returns the library of a program that shows its kernels, from the cache if nothing changed.
  func traced(_ loops: LoopProgram, _ pipeline: Pipeline) throws -> URL {
    try build(loops, pipeline, [("traced", .calls)])[0]
  }

  // Builds a library of each kind; the objects of the runtime are those of the first.
  private func build(
    _ loops: LoopProgram, _ pipeline: Pipeline, _ kinds: [Kind]
  ) throws -> [URL] {
    let name = cModelName(loops.name)
    let templates = home.appending(path: "templates")
    var files: [[String: String]] = []
    var key = Fingerprint(compiler.command)
    key.add(
      Subprocess.find(String(compiler.command.prefix { $0 != " " })).flatMap {
        Files.identity(URL(filePath: $0).resolvingSymlinksInPath())
      } ?? "")
    let environment = ProcessInfo.processInfo.environment
    for word in ["\(target)"] + ["CFLAGS", "LDFLAGS"].map({ environment[$0] ?? "" }) {
      key.add(word)
    }
    for kind in kinds {
      // Nothing is read from the data of a training.
      var loops = loops
      for i in loops.phases.indices { loops.phases[i].sets = [] }
      let own = try pipeline.emitted(
        loops, templates: templates, model: home, folder: home, trace: kind.trace)
      for (name, text) in own.sorted(by: { $0.key < $1.key }) {
        key.add(name)
        key.add(text)
      }
      files.append(own)
    }
    let runtime = home.appending(path: "Runtime")
    for name in OutputFolder.runtimeFiles(runtime) {
      key.add(Files.identity(runtime.appending(path: name)) ?? "")
    }
    let entry = try cache.entry("verify", key) { folder in
      let outputs = kinds.map {
        OutputFolder(folder: folder.appending(path: $0.folder), name: name)
      }
      for (output, files) in zip(outputs, files) { try output.write(files, runtime: runtime) }
      try outputs[0].makeLibrary(compiler, target, isOptimised: true, objects: objects)
      for n in 1..<kinds.count {
        try outputs[n].makeLibrary(
          compiler, target, isOptimised: kinds[n].trace != .kernels, runtimeOf: outputs[0])
      }
    }
    return kinds.map {
      OutputFolder(folder: entry.appending(path: $0.folder), name: name).library
    }
  }

  // The objects of the runtime, whose names others see in these libraries; nil where flags are not
  // all ours, as these may name files.
  private var objects: RuntimeObjects? {
    let flags = ProcessInfo.processInfo.environment["CFLAGS"] ?? ""
    guard flags.isEmpty, var key = compiler.identity else { return nil }
    let variables = ["visible", "\(compiler.hasOpenMP)", "\(target)", compiler.optimization]
    for text in variables + CompilerChoice.machine + CompilerChoice.sources(in: home) {
      key.add(text)
    }
    return RuntimeObjects(cache: cache, key: key)
  }
}
