import Foundation
import TestSupport
import Testing

/// The folder that gcomp writes needs nothing of gcomp.
@Suite struct FolderTests {
  /// A copy builds elsewhere, without a warning, and trains.
  @Test(arguments: Toolchain.all) func aCopyBuilds(_ toolchain: Toolchain) throws {
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

  /// Two models, called in turn, do not disturb each other.
  @Test func twoModelsLinkIntoOneProgram() throws {
    let (first, second) = (try Workshop.xor.get(), try Workshop.perceptron.get())
    try withTemporaryFolder { folder in
      try Self.twoModels.write(
        to: folder.appending(path: "main.c"), atomically: true, encoding: .utf8)
      let (xor, perceptron) = (first.folder.path, second.folder.path)
      let command = try Toolchain.gcc.with("-Werror").command
      let (status, output) = try runProgram(
        command[0],
        command.dropFirst() + [
          "-I\(xor)", "-I\(perceptron)", "main.c", "\(xor)/libxor.a",
          "\(perceptron)/libperceptron.a", "-lm", "-o", "both",
        ], in: folder)
      #expect(status == 0, "\(output)")
      let run = try runProgram("./both", [], in: folder)
      #expect(run.status == 0)
      #expect(run.output == "learned\n")
    }
  }

  private func train(_ example: Example, at copy: URL, in folder: URL) throws {
    let arguments = ["--steps", "25", "--seed", "1", "--log", "log.csv", "--data", Example.images]
    try example.run("train", arguments, in: folder, at: copy)
    let losses = try columns(of: folder.appending(path: "log.csv"))["loss"] ?? []
    #expect(losses.count == 25)
    #expect((losses.last ?? 9) < 0.6 * (losses.first ?? 0))
  }

  private static let twoModels = """
    #include <stdio.h>

    #include "perceptron.h"
    #include "xor.h"

    int main(void) {
      uint64_t seed = 0;
      float loss = 1, accuracy = 0, mistakes, and_, or_, xor_;
      xor_t *a = xor_create();
      perceptron_t *b = perceptron_create();
      if (a == NULL || b == NULL) return 1;
      if (xor_init(a, &seed) != 0 || perceptron_init(b, &seed) != 0) return 2;
      for (int step = 0; step < 1000; step++) {
        if (xor_train_step(a, &loss, &accuracy) != 0) return 3;
        if (perceptron_train_step(b, &mistakes, &and_, &or_, &xor_) != 0) return 4;
      }
      if (loss < 0.01f && accuracy == 1 && and_ == 1 && or_ == 1) printf("learned\\n");
      xor_destroy(a);
      perceptron_destroy(b);
      return 0;
    }

    """
}

/// True iff a program is on the path.
func exists(_ name: String) -> Bool { exists(name, as: "command -v") }

/// True iff a command of the shell says that `name` exists.
func exists(_ name: String, as command: String) -> Bool {
  (try? runProgram("sh", ["-c", "\(command) \(name)"]))?.status == 0
}
