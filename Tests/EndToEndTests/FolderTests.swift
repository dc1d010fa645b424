import Foundation
import TestSupport
import Testing

/// The folder that gcomp writes needs nothing of gcomp.
@Suite struct FolderTests {
  /// A copy builds elsewhere, without a warning, and trains.
  @Test(arguments: Toolchain.varied) func aCopyBuilds(_ toolchain: Toolchain) throws {
    let example = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      let copy = folder.appending(path: "copy")
      try example.copySources(to: copy)
      try Workshop.make(toolchain, in: copy)
      try train(example, at: copy, in: folder)
      let (_, symbols) = try runProgram("nm", ["digits-train"], in: copy)
      #expect(symbols.contains("digits_train_step"))
      let hasThreads = !toolchain.settings.contains("OPENMP=0")
      #expect(symbols.contains(/(GOMP_parallel|__kmpc_fork_call)\b/) == hasThreads)
    }
  }

  @Test(arguments: Toolchain.Family.allCases)
  func theHeaderIsCPlusPlus(_ family: Toolchain.Family) throws {
    let example = try Workshop.digits.get()
    let text = "#include \"digits.h\"\nint main() { return digits_create() == nullptr; }\n"
    let (status, output) = try runProgram(
      family.plusPlus,
      [
        "-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror",
        "-fsyntax-only", "-I.", "-x", "c++", "-",
      ], in: example.folder, input: text)
    #expect(status == 0, "\(output)")
  }

  /// Two models in a program in C, and a shared library called from Python and Swift.
  @Test func theExamplesOfEmbeddingRun() throws {
    let folder = try Workshop.folder.get().appending(path: "examples/embedding")
    let build = folder.appending(path: "build")
    try FileManager.default.createDirectory(at: build, withIntermediateDirectories: true)
    for example in [try Workshop.digits.get(), try Workshop.xor.get()] {
      try FileManager.default.createSymbolicLink(
        at: build.appending(path: example.name), withDestinationURL: example.folder)
    }
    let kinds = ["c", "swift"] + (exists("python3") ? ["python"] : [])
    let compiler = try Toolchain.gcc.compiler
    let (status, output) = try runProgram("make", kinds + ["CC=\(compiler)"], in: folder)
    #expect(status == 0, "\(output)")
    #expect(output.matches(of: /the digit is a 3, with probability 0.9/).count == kinds.count)
    #expect(output.contains(/xor has learned to a loss of 0.00\d\d and an accuracy of 1.00/))
  }

  /// A shared library shows the names of the header alone, and the model needs no other object of
  /// the runtime.
  @Test func onlyTheNamesOfTheHeaderAreSeen() throws {
    let xor = try Workshop.xor.get()
    let (status, output) = try runProgram("make", ["shared"], in: xor.folder)
    #expect(status == 0, "\(output)")
    let shown = try runProgram("nm", ["-D", "--defined-only", "libxor.so"], in: xor.folder).output
    let names = shown.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    #expect(names.contains("xor_load"))
    #expect(names.allSatisfy { $0.hasPrefix("xor_") }, "\(shown)")
    let needed = try runProgram("nm", ["-u", "xor.o"], in: xor.folder).output
    #expect(!needed.contains(/\b(rt_|malloc|calloc|free|f?printf|fopen)/), "\(needed)")
  }

  /// Programs for any machine have kernels for three kinds of processors, which agree; they take
  /// the best that this one can run, or those that they are told to.
  @Test(arguments: Toolchain.libraries)
  func portableProgramsTakeTheBestKernels(_ toolchain: Toolchain) throws {
    let digits = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      try digits.copySources(to: folder)
      try Workshop.make(toolchain.with(settings: ["TARGET=portable"]), in: folder)
      func run(_ program: String, on kind: String, _ arguments: [String]) throws
        -> (status: Int32, output: String)
      {
        let words = ["GCOMP_PROCESSOR=\(kind)", "./digits-\(program)"] + arguments
        let (status, output) = try runProgram("env", words, in: folder)
        return (status, output)
      }
      var losses: [[Double]] = []
      var best = ""
      for kind in ["baseline", "avx2", "avx512"] {
        let arguments = ["--steps", "9", "--seed", "1", "--log", "log.csv", "--out", kind]
        let (status, output) = try run(
          "train", on: kind, arguments + ["--data", Example.images])
        if status != 0 {
          #expect(output.contains("GCOMP_PROCESSOR: expected what this processor can run"))
          continue
        }
        losses.append(try columns(of: folder.appending(path: "log.csv"))["loss"] ?? [])
        let times = try run("infer", on: kind, ["--bench", "2"]).output
        #expect(times.contains("\ninfer     \(kind) "), "\(times)")
        best = kind
      }
      #expect(losses[0].count == 9)
      for found in losses {
        #expect(zip(found, losses[0]).allSatisfy { abs($0 - $1) < 1e-4 }, "\(losses)")
      }
      let chosen = try runProgram("./digits-infer", ["--bench", "2"], in: folder).output
      #expect(chosen.contains("\ninfer     \(best) "), "\(chosen)")
      let (status, output) = try run("infer", on: "avx3", ["--bench", "2"])
      #expect(status == 2)
      #expect(
        output.contains("GCOMP_PROCESSOR: expected baseline, avx2 or avx512, found 'avx3'\n"))
    }
  }

  private func train(_ example: Example, at copy: URL, in folder: URL) throws {
    let arguments = ["--steps", "25", "--seed", "1", "--log", "log.csv", "--data", Example.images]
    try example.run("train", arguments, in: folder, at: copy)
    let losses = try columns(of: folder.appending(path: "log.csv"))["loss"] ?? []
    #expect(losses.count == 25)
    // The rate falls to 0 within these steps.
    #expect((losses.last ?? 9) < 0.65 * (losses.first ?? 0))
  }
}

/// True iff a program is on the path.
func exists(_ name: String) -> Bool { exists(name, as: "command -v") }

/// True iff a command of the shell says that `name` exists.
func exists(_ name: String, as command: String) -> Bool {
  (try? runProgram("sh", ["-c", "\(command) \(name)"]))?.status == 0
}
