import CBackend
import Foundation
import LoopIR
import TestSupport
import Testing

/// The emitted folder as `make` takes it, with the runtime and both programs.
@Suite struct BuildTests {
  @Test(arguments: [["CC=gcc"], ["CC=/usr/bin/clang", "OPENMP=0", "TARGET=portable"]])
  func makeBuildsEverything(_ arguments: [String]) throws {
    var program = LoopProgram.tiny
    program.functions[1].steps.removeAll { if case .probe = $0 { true } else { false } }
    try withTemporaryFolder { (folder) in
      for (name, text) in try emitC(program, templates: templates()) {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
      let runtime = repository.appending(path: "Runtime").resolvingSymlinksInPath()
      try FileManager.default.copyItem(at: runtime, to: folder.appending(path: "runtime"))
      let (status, output) = try runProgram(
        "make", ["-j2", "CFLAGS=-Werror"] + arguments, in: folder)
      #expect(status == 0, "\(output.suffix(2000))")
      let help = try runProgram("./tiny-infer", ["--help"], in: folder)
      #expect(help.status == 0)
      _ = try runProgram("make", ["clean"], in: folder)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.count == 7, "\(left)")
    }
  }

  /// A compiler without OpenMP is named, with what to do.
  @Test func missingOpenMPIsExplained() throws {
    try withTemporaryFolder { (folder) in
      let files = try emitC(.tiny, templates: templates())
      try #require(files["Makefile"]).write(
        to: folder.appending(path: "Makefile"), atomically: true, encoding: .utf8)
      let (status, output) = try runProgram("make", ["CC=false"], in: folder)
      #expect(status == 2)
      #expect(output.contains("'false' does not compile OpenMP"))
      #expect(output.contains("OPENMP=0"))
    }
  }
}
