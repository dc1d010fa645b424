import Foundation
import CBackend
import LoopIR
import TestSupport
import Testing

/// The files of `templates/`.
func templates() throws -> [String: String] {
  let folder = repository.appending(path: "templates")
  var result: [String: String] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
    result[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }
  return result
}

/// What is emitted, compared with files that were read by a person.
@Suite struct GoldenTests {
  @Test func everyPartOfAModel() throws {
    let files = try emitC(.tiny, templates: templates())
    for name in ["tiny.h", "tiny.c", "tiny_processors.c", "Makefile", "tiny.pc.in"] {
      try checkGolden(name, in: "c", #require(files[name]))
    }
    #expect(
      files.keys.sorted() == [
        "Makefile", "tiny.c", "tiny.h", "tiny.pc.in", "tiny_infer.c", "tiny_library.c",
        "tiny_processors.c", "tiny_train.c",
      ])
  }

  @Test func kernelsByHand() throws {
    let files = try emitC(.running(Kernels.all, name: "kernels"), templates: templates())
    try checkGolden("kernels.c", in: "c", #require(files["kernels.c"]))
  }

  @Test func loopsAndBranchesOfSteps() throws {
    let files = try emitC(.walks, templates: templates())
    try checkGolden("walks.c", in: "c", #require(files["walks.c"]))
  }

  /// The same program with its steps timed: a table, and a macro around each call.
  @Test func stepsAreTimed() throws {
    let files = try emitC(.walks, templates: templates(), isProfiled: true)
    try checkGolden("walks_profiled.c", in: "c", #require(files["walks.c"]))
  }

  /// What the integers of an input may be stands in a table of its own.
  @Test func rangesAreATable() throws {
    let program = LoopProgram.walks
    let function = try #require(program.functions.first { !$0.inputs.isEmpty })
    let input = function.inputs[0].name
    let range = IntegerRange(count: 10, others: [-100, 99])
    let files = try emitC(
      program, templates: templates(), ranges: [function.name: [input: range]])
    let text = try #require(files["walks.c"])
    let row = "{\"\(function.name)\", \"\(input)\", 10, 2, (const int64_t[]){-100, 99}}"
    #expect(text.contains("static const rt_range ranges[] = {\n  \(row),\n};\n"), "\(text)")
    #expect(
      text.contains("  .range_count = 1,\n  .ranges = ranges,\n  .bytes = sizeof(walks_t),\n"))
  }

  @Test(arguments: [false, true])
  func noLineIsTooLong(isProfiled: Bool) throws {
    let programs = [LoopProgram.tiny, .walks, .running(Kernels.all, name: "kernels")]
    for program in programs {
      let files = try emitC(program, templates: templates(), isProfiled: isProfiled)
      for (name, text) in files where name.hasSuffix(".c") {
        for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(name): \(line)") }
      }
    }
  }
}
