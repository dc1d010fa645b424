import Foundation
import TestSupport
import Testing

/// A few steps of `digits` under the compilers' own checks.
@Suite struct SanitizerTests {
  @Test func thereIsNoUndefinedBehaviour() throws {
    try withTemporaryFolder { folder in
      try build(.sanitized, in: folder)
      let (status, output) = try runProgram(
        "./checked", ["--steps", "4", "--threads", "2", "--data", Example.images], in: folder)
      #expect(status == 0)
      #expect(!output.contains("ERROR") && !output.contains("runtime error"), "\(output)")
      #expect(output.contains("weights runs/digits-1/weights/last.safetensors"))
    }
  }

  /// Archer tells ThreadSanitizer what OpenMP orders. That it sees races is shown by one.
  @Test(.enabled(if: hasArcher, "setarch, clang's ThreadSanitizer or libarcher is missing"))
  func thereIsNoRace() throws {
    try withTemporaryFolder { folder in
      try Self.race.write(
        to: folder.appending(path: "race.c"), atomically: true, encoding: .utf8)
      let command = try Toolchain.raceWatching.command
      let built = try runProgram(
        command[0], command.dropFirst() + ["race.c", "-o", "race"], in: folder)
      #expect(built.status == 0, "\(built.output)")
      let planted = try watched(["./race"], in: folder)
      #expect(planted.status == 66)
      #expect(planted.output.contains("WARNING: ThreadSanitizer: data race"))

      try build(.raceWatching, in: folder)
      let (status, output) = try watched(
        ["./checked", "--steps", "4", "--threads", "4", "--data", Example.images], in: folder)
      #expect(status == 0)
      #expect(output.contains("Archer detected OpenMP application with TSan"))
      #expect(!output.contains("WARNING: ThreadSanitizer"), "\(output)")
    }
  }

  // Without randomised addresses, for which ThreadSanitizer has no room.
  static func watched(_ command: [String]) -> [String] {
    [
      "OMP_NUM_THREADS=4", "TSAN_OPTIONS=ignore_noninstrumented_modules=1 exitcode=66",
      "ARCHER_OPTIONS=verbose=1", "setarch", "-R",
    ] + command
  }

  private func watched(
    _ command: [String], in folder: URL
  ) throws -> (status: Int32, output: String) {
    try runProgram("env", Self.watched(command), in: folder)
  }

  private func build(_ toolchain: Toolchain, in folder: URL) throws {
    try Workshop.digits.get().copySources(to: folder)
    try buildTrainProgram(toolchain, as: "checked", in: folder)
  }

  static let hasArcher =
    exists("setarch")
    && ["libarcher.so", "clang/*/lib/*/libclang_rt.tsan*.a"].allSatisfy { library in
      exists("/usr/lib/llvm-*/lib/\(library)", as: "ls")
    }

  private static let race = """
    #include <stdio.h>

    int main(void) {
      int sum = 0;
    #pragma omp parallel for
      for (int i = 0; i < 1000; i++) sum += i;
      return printf("%d\\n", sum) < 0;
    }

    """
}
