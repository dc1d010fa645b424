internal import CBackend
package import Foundation
package import GraphIR
internal import LoopIR
package import Passes
package import TestSupport

/// Many programs as one shared library: the C compiler runs once for a program, two at a time.
package struct ProgramLibrary: Sendable {
  private let folder: URL
  private let sources: [String]

  /// Writes the C of programs, which are optimised and checked on the way, to a new folder.
  package init(_ programs: [GraphProgram], loopPasses: [LoopPass] = loopPipeline) throws {
    try self.init(
      optimized: parallelMap(programs.count, chunk: 1) { optimize(programs[$0]) },
      loopPasses: loopPasses)
  }

  /// The same for programs of kernels.
  package init(optimized programs: [GraphProgram], loopPasses: [LoopPass] = loopPipeline) throws {
    let folder = try temporaryFolder("library")
    let templates = try Self.templates()
    let results = parallelMap(programs.count, chunk: 1) { i in
      Result { try Self.write(lower(programs[i], passes: loopPasses), to: folder, templates) }
    }
    for result in results { try result.get() }
    self.folder = folder
    sources = programs.map { "\($0.name).c" }
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "runtime"), withDestinationURL: RuntimeCopy.shared.get())
  }

  /// Compiles the C with several compilers and returns the library of each.
  package func compiled(_ toolchains: [Toolchain]) throws -> [Toolchain: URL] {
    try Dictionary(uniqueKeysWithValues: toolchains.map { ($0, try compiled($0)) })
  }

  /// Compiles the C, and the little of the runtime that it needs, and returns the library.
  ///
  /// - Parameter programs: the names of those to compile, if not all.
  package func compiled(_ toolchain: Toolchain, only programs: [String]? = nil) throws -> URL {
    let sources = programs.map { $0.map { "\($0).c" } } ?? sources
    let runtime = ["math/tile", "model/arena", "model/describe", "model/probe"].map {
      "runtime/\($0).c"
    }
    let name = "lib-" + toolchain.description.filter { $0.isLetter || $0.isNumber }
    let command = try toolchain.with("-fPIC", "-Werror").command.joined(separator: " ")
    let script = """
      mkdir \(name) &&
      printf '%s\\n' \((sources + runtime).joined(separator: " ")) | xargs -P 2 -I FILE sh -c \
        '\(command) -c FILE -o \(name)/$(basename FILE .c).o' &&
      \(command) -shared \(name)/*.o -o \(name).so -lm
      """
    let (status, output) = try runProgram("sh", ["-c", script], in: folder)
    if status != 0 { throw GoldenMismatch(description: String(output.suffix(20000))) }
    return folder.appending(path: "\(name).so")
  }

  private static func write(
    _ program: LoopProgram, to folder: URL, _ templates: [String: String]
  ) throws {
    let files = try emitC(program, templates: templates)
    for (name, text) in files where name == "\(program.name).c" || name == "\(program.name).h" {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
  }

  /// Returns the files of `templates/`, by name.
  package static func templates() throws -> [String: String] {
    let folder = repository.appending(path: "templates")
    var texts: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      texts[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    return texts
  }
}

extension GraphProgram {
  /// The program in `f64`.
  package var widened: GraphProgram {
    var program = self
    GraphPass.doublePrecision.run(&program)
    return program
  }
}

/// Returns what `transform` makes of the numbers below `count`, as many at a time as there are
/// processors.
package func parallelMap<Result>(
  _ count: Int, chunk: Int = 16, _ transform: @escaping @Sendable (Int) -> Result
) -> [Result] {
  nonisolated(unsafe) var results = [Result?](repeating: nil, count: count)
  let lock = NSLock()
  DispatchQueue.concurrentPerform(iterations: (count + chunk - 1) / chunk) { part in
    for i in (part * chunk)..<min(count, (part + 1) * chunk) {
      let result = transform(i)
      lock.withLock { results[i] = result }
    }
  }
  return results.compactMap(\.self)
}
