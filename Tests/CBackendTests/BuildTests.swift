import CBackend
import Foundation
import LoopIR
import TestSupport
import Testing

/// The emitted folder as `make` takes it, with the runtime and both programs.
@Suite struct BuildTests {
  @Test(arguments: [Toolchain.gcc, .clangPortable])
  func makeBuildsEverything(_ toolchain: Toolchain) throws {
    try withTemporaryFolder { (folder) in
      try build(toolchain, in: folder)
      let help = try runProgram("./tiny-infer", ["--help"], in: folder)
      #expect(help.status == 0)
      #expect(!help.output.contains("--profile-trace"))
      _ = try runProgram("make", ["clean"], in: folder)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.count == 9, "\(left)")
    }
  }

  /// The trial kernels are right, also as compiled for each kind of processor, and one that is not
  /// is named.
  @Test(arguments: [("gcc", "native", 1), ("/usr/bin/clang", "portable", 3)])
  func checkFindsACompilerThatIsWrong(_ compiler: String, _ target: String, kinds: Int) throws {
    try withTemporaryFolder { (folder) in
      try write(in: folder)
      let variables = ["CC=\(compiler)", "TARGET=\(target)"]
      let right = try runProgram("make", ["-j2", "check"] + variables, in: folder)
      #expect(right.status == 0, "\(right.output)")
      let answers = right.output.split(separator: "\n").suffix(kinds)
      #expect(
        answers.allSatisfy {
          $0.contains(/^all \d+ results of the trial kernels are right with .*-O3/)
            || $0.contains(/^the trial kernels for avx(2|512) were not tried/)
        }, "\(answers)")
      // As if it computed another hyperbolic tangent.
      let trial = folder.appending(path: "runtime/trial/trial.c")
      let text = try String(contentsOf: trial, encoding: .utf8)
      try text.replacing("rt_tanh(", with: "0.999f * rt_tanh(")
        .write(to: trial, atomically: true, encoding: .utf8)
      let wrong = try runProgram("make", ["check", "OPTIMIZE=-O0"] + variables, in: folder)
      #expect(wrong.status == 2)
      #expect(wrong.output.contains(#/wrong with .* -O0 .*: 'map.squashed', element 0 is /#))
      #expect(!wrong.output.contains("'reduce."))
    }
  }

  /// What is installed is found by pkg-config's names, and links.
  @Test func installedFilesAreComplete() throws {
    try withTemporaryFolder { (folder) in
      try write(in: folder)
      let stage = folder.appending(path: "stage")
      let arguments = ["-j2", "install", "CC=gcc", "PREFIX=\(stage.path)", "OPTIMIZE=-O0"]
      let (status, output) = try runProgram("make", arguments, in: folder)
      #expect(status == 0, "\(output)")
      let description = try String(
        contentsOf: stage.appending(path: "lib/pkgconfig/tiny.pc"), encoding: .utf8)
      #expect(description.contains("prefix=\(stage.path)\n"))
      #expect(description.hasSuffix("Libs: -L${libdir} -ltiny -lm -fopenmp\n"))
      let main = "#include <tiny.h>\nint main(void) { return tiny_create() == 0; }\n"
      let built = try runProgram(
        "gcc",
        [
          "-x", "c", "-", "-I\(stage.path)/include/tiny", "-L\(stage.path)/lib", "-ltiny", "-lm",
          "-fopenmp", "-o", "main",
        ], in: folder, input: main)
      #expect(built.status == 0, "\(built.output)")
    }
  }

  /// An archive that a full disk cut off is made anew.
  @Test func whatIsBrokenIsBuiltAgain() throws {
    try withTemporaryFolder { (folder) in
      try write(in: folder)
      // An archiver that writes half of its file and fails, as long as there is a file `full`.
      let script = """
        #!/bin/sh
        if [ -e full ]; then echo half >"$2"; exit 1; fi
        exec ar "$@"
        """
      let tool = folder.appending(path: "half-ar")
      try script.write(to: tool, atomically: true, encoding: .utf8)
      _ = try runProgram("chmod", ["+x", tool.path])
      _ = try runProgram("touch", ["full"], in: folder)
      let arguments = ["-j2", "CC=gcc", "AR=./half-ar", "OPTIMIZE=-O0"]
      #expect(try runProgram("make", arguments, in: folder).status == 2)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "libtiny.a").path))
      _ = try runProgram("rm", ["full"], in: folder)
      #expect(try runProgram("make", arguments, in: folder).status == 0)
    }
  }

  /// A profiled program says how long its kernels took, in a table and in a trace.
  @Test(arguments: [Toolchain.gcc, .clangPortable])
  func profilesAreWritten(_ toolchain: Toolchain) throws {
    try withTemporaryFolder { (folder) in
      try build(toolchain, in: folder, isProfiled: true)
      let (status, output) = try runProgram("./tiny-infer", ["--bench", "3"], in: folder)
      #expect(status == 0, "\(output)")
      let row = try #require(output.split(separator: "\n").first { $0.hasPrefix("linear_relu ") })
      #expect(row.split(separator: " ")[1] == "3")
      #expect(row.hasSuffix("mlp.swift:12"))
      for name in ["kernel ", "outside kernels ", "total ", "peak, measured now "] {
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
    _ toolchain: Toolchain, in folder: URL, isProfiled: Bool = false
  ) throws {
    try write(in: folder, isProfiled: isProfiled)
    let (status, output) = try runProgram(
      "make", ["-j2"] + toolchain.makeArguments, in: folder)
    #expect(status == 0, "\(output.suffix(2000))")
  }

  private func write(in folder: URL, isProfiled: Bool = false) throws {
    var program = LoopProgram.tiny
    program.functions[1].steps.removeAll { if case .probe = $0 { true } else { false } }
    let files = try emitC(program, templates: templates(), isProfiled: isProfiled)
    for (name, text) in files {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let runtime = repository.appending(path: "Runtime").resolvingSymlinksInPath()
    try FileManager.default.copyItem(at: runtime, to: folder.appending(path: "runtime"))
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
