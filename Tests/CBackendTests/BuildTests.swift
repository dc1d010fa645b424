import CBackend
import Foundation
import LoopIR
import TestSupport
import Testing

/// The emitted folder as `make` takes it, with the runtime and both programs.
@Suite struct BuildTests {
  @Test(arguments: [["CC=gcc"], ["CC=/usr/bin/clang", "OPENMP=0", "TARGET=portable"]])
  func makeBuildsEverything(_ arguments: [String]) throws {
    try withTemporaryFolder { (folder) in
      try build(arguments, in: folder)
      let help = try runProgram("./tiny-infer", ["--help"], in: folder)
      #expect(help.status == 0)
      #expect(!help.output.contains("--profile-trace"))
      _ = try runProgram("make", ["clean"], in: folder)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.count == 7, "\(left)")
    }
  }

  /// A profiled program says how long its kernels took, in a table and in a trace.
  @Test(arguments: [["CC=gcc"], ["CC=/usr/bin/clang", "OPENMP=0", "TARGET=portable"]])
  func profilesAreWritten(_ arguments: [String]) throws {
    try withTemporaryFolder { (folder) in
      try build(arguments, in: folder, isProfiled: true)
      let (status, output) = try runProgram("./tiny-infer", ["--bench", "3"], in: folder)
      #expect(status == 0, "\(output)")
      let row = try #require(output.split(separator: "\n").first { $0.hasPrefix("linear_relu ") })
      #expect(row.split(separator: " ")[1] == "3")
      #expect(row.hasSuffix("mlp.swift:12"))
      for name in ["kernel ", "outside of kernels ", "total ", "peak, measured now "] {
        #expect(output.contains("\n" + name), "\(output)")
      }
      let calls = try calls(in: folder.appending(path: "profile.json"))
      #expect(calls.count == 3)
      let details = try #require(calls.first?["args"] as? [String: Any])
      #expect(details["flops"] as? Int == 260)
      #expect(details["bytes"] as? Int == 316)
      #expect(details["lines"] as? String == "mlp.swift:12")
      let train = try runProgram("./tiny-train", ["--help"], in: folder)
      #expect(train.output.contains("--profile-trace FILE"))
    }
  }

  private func build(
    _ arguments: [String], in folder: URL, isProfiled: Bool = false
  ) throws {
    var program = LoopProgram.tiny
    program.functions[1].steps.removeAll { if case .probe = $0 { true } else { false } }
    let files = try emitC(program, templates: templates(), isProfiled: isProfiled)
    for (name, text) in files {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let runtime = repository.appending(path: "Runtime").resolvingSymlinksInPath()
    try FileManager.default.copyItem(at: runtime, to: folder.appending(path: "runtime"))
    let (status, output) = try runProgram(
      "make", ["-j2", "CFLAGS=-Werror"] + arguments, in: folder)
    #expect(status == 0, "\(output.suffix(2000))")
  }

  // The calls of kernels in a trace.
  private func calls(in trace: URL) throws -> [[String: Any]] {
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: trace)) as? [String: Any]
    let events = try #require(root?["traceEvents"] as? [[String: Any]])
    return events.filter { $0["ph"] as? String == "X" }
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
