internal import Foundation
internal import TestSupport

/// A net built as users build it: `gcomp model.swift`, then `make` in the folder that it wrote.
package enum UserBuild {
  /// Returns the library of a net; `gcomp` lies beside this program.
  package static func library(
    of net: RandomNet, in folder: String, _ compiler: Compiler
  ) throws -> TrialLibrary.Build {
    let place = URL(filePath: folder)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let model = place.appending(path: "model.swift")
    try net.source.write(to: model, atomically: false, encoding: .utf8)
    let (status, said) = try runProgram(
      gcompExecutable.path, [model.path, "--emit", "c", "-o", place.appending(path: "out").path])
    guard status == 0 else { return TrialLibrary.Build(library: nil, messages: said) }
    let name = net.name
    let openMP = compiler.hasOpenMP ? "1" : "0"
    let script = """
      make -s CC=\(compiler.name) OPENMP=\(openMP) CFLAGS=-fPIC lib &&
      \(compiler.name) -shared \(compiler.hasOpenMP ? "-fopenmp" : "") -Wl,--whole-archive \
        lib\(name).a -Wl,--no-whole-archive -lm -o model.so
      """
    let folder = place.appending(path: "out/\(name)")
    let (result, output) = try runProgram("sh", ["-c", script], in: folder)
    let library = folder.appending(path: "model.so").path
    return TrialLibrary.Build(library: result == 0 ? library : nil, messages: output)
  }
}
