import CBackend
import Foundation
import GraphIR
import LoopIR
import Passes
import TestSupport

/// Many programs as one shared library: the C compiler runs once for a program, two at a time.
enum ProgramLibrary {
  /// Compiles programs in `f64` and returns them in that type but before all other passes, and
  /// the library.
  static func compiled(
    _ programs: [GraphProgram], optimization: String
  ) throws -> (widened: [GraphProgram], library: URL) {
    let folder = try temporaryFolder("library")
    let templates = try templates()
    let results = parallelMap(programs.count, chunk: 1) { i in
      Result {
        var widened = programs[i]
        GraphPass.doublePrecision.run(&widened)
        try write(widened, to: folder, templates: templates)
        return widened
      }
    }
    let widened = try results.map { try $0.get() }
    let names = programs.map { "\($0.name).c" }
    return (widened, try compile(names, [optimization], in: folder))
  }

  /// Writes the C of a program, which is optimised and checked on the way.
  static func write(
    _ program: GraphProgram, to folder: URL, templates: [String: String]
  ) throws {
    var options = CompileOptions()
    options.verify = verify
    let files = try emitC(lower(optimize(program, options)), templates: templates)
    for (name, text) in files where name == "\(program.name).c" || name == "\(program.name).h" {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
  }

  /// Returns the files of `templates/`, by name.
  static func templates() throws -> [String: String] {
    let folder = repository.appending(path: "templates")
    var texts: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      texts[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    return texts
  }

  /// Compiles the sources, two at a time, and the little of the runtime that they need.
  static func compile(_ sources: [String], _ flags: [String], in folder: URL) throws -> URL {
    let runtime = ["runtime/arena.c", "runtime/describe.c", "runtime/probe.c"]
    let script = """
      ln -s "$0" runtime
      printf '%s\\n' \((sources + runtime).joined(separator: " ")) | xargs -P 2 -I FILE sh -c \
        'gcc -std=c11 \(flags.joined(separator: " ")) -ffp-contract=fast -fno-math-errno -fPIC \
          -Wno-unknown-pragmas -I. -c FILE -o $(basename FILE .c).o' &&
      gcc -shared *.o -o libprograms.so -lm
      """
    let place = repository.appending(path: "Runtime").path
    let (status, output) = try runProgram("sh", ["-c", script, place], in: folder)
    if status != 0 { throw GoldenMismatch(description: String(output.suffix(4000))) }
    return folder.appending(path: "libprograms.so")
  }
}

/// Returns what `transform` makes of the numbers below `count`, as many at a time as there are
/// processors.
func parallelMap<Result>(
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
