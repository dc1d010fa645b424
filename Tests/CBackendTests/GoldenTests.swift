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
    for name in ["tiny.h", "tiny.c", "Makefile", "tiny.pc.in"] {
      try checkGolden(name, in: "c", #require(files[name]))
    }
    #expect(
      files.keys.sorted() == [
        "Makefile", "tiny.c", "tiny.h", "tiny.pc.in", "tiny_infer.c", "tiny_train.c",
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

  @Test func noLineIsTooLong() throws {
    let programs = [LoopProgram.tiny, .walks, .running(Kernels.all, name: "kernels")]
    for program in programs {
      for (name, text) in try emitC(program, templates: templates()) where name.hasSuffix(".c") {
        for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(name): \(line)") }
      }
    }
  }
}
