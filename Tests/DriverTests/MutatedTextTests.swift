import Foundation
import TestSupport
import Testing

/// Programs as text that are damaged: each is refused with a message, or becomes C that compiles.
///
/// The texts are those of the examples and of the goldens of all passes.
/// `GCOMP_LONG=1` tries 2,000 of them, and a few are tried always.
@Suite struct MutatedTextTests {
  @Test func damageIsRefusedOrCompiles() throws {
    let texts = try Self.texts()
    #expect(texts.count > 150)
    let count = TestEnvironment.isLong ? 2_000 : 40
    try Workspace.with { workspace in
      var compiled: [String] = []
      var failures: [String] = []
      for seed in 0..<count {
        var random = RandomSource(seed: UInt64(seed))
        guard let text = texts.randomElement(using: &random) else { continue }
        var mutation = TextMutation(seed: UInt64(seed))
        let name = "m\(seed)"
        try workspace.write(Array(mutation.mutated(text).utf8), to: name + ".gir")
        let (status, output) = try Self.gcomp(name, in: workspace)
        if (status != 0 && status != 1) || output.contains("internal error") {
          failures.append("mutant \(seed): status \(status)\n\(output.suffix(2_000))")
        } else if status == 0 {
          compiled += Self.sources(of: name, in: workspace)
        }
      }
      // Some are harmless: damage that is always refused would say nothing about the passes.
      #expect(compiled.count >= count / 20)
      failures += try Self.complaints(compiled)
      #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
      if TestEnvironment.isLong {
        print("\(count) mutants: \(compiled.count) became C, \(failures.count) failed")
      }
    }
  }

  // Programs of the goldens; an example of a pass has no head.
  private static func texts() throws -> [String] {
    let folder = repository.appending(path: "Tests/Golden")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let chosen = names.filter { $0.hasSuffix(".gir") }
    return try chosen.map { name in
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let input = text.components(separatedBy: "// expect\n")[0]
      return input.contains("\nprogram ") || input.hasPrefix("program ")
        ? input : "program \"m\" from \"m.swift\"\n" + input
    }
  }

  // Memory and time are limited: what is too large or takes too long fails.
  private static func gcomp(
    _ name: String, in workspace: Workspace
  ) throws -> (status: Int32, output: String) {
    let command = "ulimit -v 8000000; exec timeout 60 \"$0\" \(name).gir --emit c -o \(name)"
    return try runProgram("sh", ["-c", command, gcompExecutable.path], in: workspace.folder)
  }

  private static func sources(of name: String, in workspace: Workspace) -> [String] {
    let folder = workspace.folder.appending(path: name).path
    let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".c") && !$0.contains("runtime/") }.sorted()
      .map { "\(name)/\($0)" }
      .map { workspace.folder.appending(path: $0).path }
  }

  // What a C compiler says of the files, in groups for speed.
  private static func complaints(_ files: [String]) throws -> [String] {
    var found: [String] = []
    for start in stride(from: 0, to: files.count, by: 50) {
      let group = Array(files[start..<min(start + 50, files.count)])
      let (status, output) = try runProgram(
        "gcc",
        ["-std=c11", "-fopenmp", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion"]
          + ["-Werror"] + group)
      if status != 0 { found.append(output) }
    }
    return found
  }
}
