internal import CBackend
internal import Foundation
package import GraphIR
internal import Passes
internal import TestSupport

/// The C of a program in a folder, and the libraries that compilers make of it.
package struct TrialLibrary: Sendable {
  /// The folder that holds the C.
  package let folder: String
  private let name: String

  /// What a compiler made of the C.
  package struct Build: Sendable {
    /// The library; nil if there is none.
    package let library: String?
    /// What the compiler said.
    package let messages: String
  }

  /// Writes the C of a program to a folder.
  package init(_ program: GraphProgram, in folder: String) throws {
    let files = try emitC(
      lower(optimize(program)), templates: try ProgramLibrary.templates())
    let manager = FileManager.default
    try? manager.removeItem(atPath: folder)
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in files where name.hasSuffix(".h") || name == "\(program.name).c" {
      try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }
    try? manager.createSymbolicLink(
      atPath: "\(folder)/runtime", withDestinationPath: RuntimeCopy.shared.get().path)
    self.folder = folder
    name = program.name
  }

  /// Compiles the C with the little of the runtime that it needs.
  package func compiled(_ configuration: Configuration) throws -> Build {
    let library = "\(folder)/\(configuration.fileName).so"
    let (status, output) = try runProgram(
      "timeout",
      ["600"] + (try command(configuration)) + [
        "-fPIC", "-shared", try RuntimeCopy.library(configuration), "-lm", "-o", library,
      ],
      in: URL(filePath: folder))
    return Build(library: status == 0 ? library : nil, messages: output)
  }

  /// The compiler with its flags and the file, to be run in the folder.
  package func command(_ configuration: Configuration) throws -> [String] {
    try configuration.toolchain.command + ["-I.", "\(name).c"]
  }

  /// Makes the calls in a process of its own, which is this program again, and returns what they
  /// gave; nil for those that crashed or did not end.
  package static func run(
    _ trials: [Trial], library: String, threads: Int, program: String
  ) throws -> [[[Double]]?] {
    let (calls, results) = ("\(library).calls", "\(library).results")
    try TrialFile.write(trials, to: calls)
    var found: [[[Double]]?] = []
    while found.count < trials.count {
      try? FileManager.default.removeItem(atPath: results)
      _ = try runProgram(
        "env",
        [
          "OMP_NUM_THREADS=\(threads)", "OMP_WAIT_POLICY=passive", "timeout", "60", program,
          "--run", library, calls, results, "\(found.count)",
        ])
      found += TrialFile.results(results)
      // The next one is what ended the process.
      if found.count < trials.count { found.append(nil) }
    }
    return found
  }
}
