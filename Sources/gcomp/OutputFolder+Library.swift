internal import Foundation
internal import Support

extension OutputFolder {
  /// Builds a shared library of the model with the flags of users, or without optimisation.
  ///
  /// - Parameters:
  ///   - other: a folder of the same model whose objects of the runtime will do.
  ///   - objects: those that the cache keeps for such libraries.
  func makeLibrary(
    _ compiler: CCompiler, _ target: Arguments.Target, isOptimised: Bool,
    runtimeOf other: OutputFolder? = nil, objects: RuntimeObjects? = nil
  ) throws {
    let environment = ProcessInfo.processInfo.environment
    var variables = [
      "CC=\(compiler.command)", "OPENMP=\(compiler.hasOpenMP ? 1 : 0)", "TARGET=\(target)",
      "OPTIMIZE=\(compiler.optimization)", "CFLAGS=\(environment["CFLAGS"] ?? "")", "VISIBILITY=",
      "PROCESSORS=baseline",
    ]
    let openMP = compiler.hasOpenMP ? ["-fopenmp"] : []
    if !isOptimised {
      var flags = ["-std=c11", "-O0", "-fPIC", "-ffp-contract=off", "-w"]
      flags += openMP
      if target == .native { flags.append("-march=native") }
      variables.append("FLAGS=" + flags.joined(separator: " "))
    }
    let goal = other == nil ? "lib" : "\(name).o"
    objects?.restore(to: folder)
    try make([goal] + variables)
    objects?.keep(from: folder)
    var words = compiler.command.split(separator: " ").map(String.init)
    guard let program = Subprocess.find(words.removeFirst()) else {
      throw Failure("the C compiler '\(compiler.command)' is not found")
    }
    words += openMP + ["-shared", "-Wl,-Bsymbolic", "-o", library.path]
    words.append(folder.appending(path: "\(name).o").path)
    let runtime = (other ?? self).folder.appending(path: "runtime")
    for source in Self.runtimeFiles(runtime)
    where source.hasSuffix(".c") && !source.hasPrefix("trial/") {
      words.append(runtime.appending(path: source.dropLast(2) + ".o").path)
    }
    words += (environment["LDFLAGS"] ?? "").split(separator: " ").map(String.init)
    words.append("-lm")
    let result = try Subprocess.run(program, words)
    guard result.succeeded else {
      throw Failure(words: result.output, [.error("cannot link a library of '\(name)'")])
    }
  }

  /// The shared library that `makeLibrary` builds.
  var library: URL { folder.appending(path: "lib\(name).so") }
}
