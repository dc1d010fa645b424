import CBackend
import Foundation
import GraphIR
import Passes
import RandomModels
import TestSupport
import Testing

/// Every function that is compared with PyTorch, under the compilers' own checks: with ordinary
/// numbers, and with infinities, what is no number, and integers that are no position anywhere.
@Suite struct SanitizedFunctionTests {
  @Test func functionsHaveNoUndefinedBehaviour() throws {
    let programs = try SanitizedPrograms(
      sharingFrom: Machine.portable.sharing.leastStatements, .sanitized)
    let (status, output) = try programs.run(["./every"])
    #expect(status == 0, "\(output.suffix(4000))")
    #expect(programs.ran(output))
  }

  /// All loops that may be shared are, however small. Every third program, or all of them in the
  /// long form of tests.
  @Test(
    .enabled(
      if: SanitizerTests.hasArcher, "setarch, clang's ThreadSanitizer or libarcher is missing"))
  func functionsHaveNoRace() throws {
    let programs = try SanitizedPrograms(
      sharingFrom: 1, .raceWatching, every: TestEnvironment.isLong ? 1 : 3)
    let (status, output) = try programs.run(SanitizerTests.watched(["./every"]))
    #expect(status == 0, "\(output.suffix(4000))")
    #expect(output.contains("Archer detected OpenMP application with TSan"))
    #expect(!output.contains("WARNING: ThreadSanitizer"), "\(output.suffix(4000))")
    #expect(programs.ran(output))
  }
}

/// The programs of `ReferenceLibrary`, in a program that calls all their functions.
private struct SanitizedPrograms {
  private let folder: URL
  private let functionCount: Int

  /// - Parameters:
  ///   - work: the work from which on loops are shared.
  ///   - step: 1 takes all programs, 3 every third.
  init(sharingFrom work: Int, _ toolchain: Toolchain, every step: Int = 1) throws {
    let folder = try temporaryFolder("sanitized")
    let all = try ReferenceLibrary.shared.get().programs
    let programs = stride(from: 0, to: all.count, by: step).map { all[$0] }
    functionCount = programs.reduce(0) { $0 + $1.functions.count }
    let templates = try ProgramLibrary.templates()
    let results = parallelMap(programs.count, chunk: 1) { i in
      Result {
        var machine = Machine.portable
        machine.sharing.leastStatements = work
        let passes = loopPipeline(LoweringOptions(machine: machine))
        let files = try emitC(
          lower(optimize(programs[i]), passes: passes), templates: templates)
        for (name, text) in files where name == "\(programs[i].name).c" || name.hasSuffix(".h") {
          try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
      }
    }
    for result in results { try result.get() }
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "runtime"),
      withDestinationURL: repository.appending(path: "Runtime").resolvingSymlinksInPath())
    let names = programs.map(\.name)
    let main = Self.main(names)
    try main.write(to: folder.appending(path: "every.c"), atomically: true, encoding: .utf8)
    let sources = (["every"] + names).map { "\($0).c" }
    let runtime = ["arena", "describe", "probe"].map { "runtime/model/\($0).c" }
    let command = try toolchain.command.joined(separator: " ")
    let script = """
      printf '%s\\n' \((sources + runtime).joined(separator: " ")) | xargs -P 2 -I FILE sh -c \
        '\(command) -c FILE -o $(basename FILE .c).o' && \(command) *.o -o every -lm
      """
    let (status, output) = try runProgram("sh", ["-c", script], in: folder)
    if status != 0 { throw GoldenMismatch(description: String(output.suffix(4000))) }
    self.folder = folder
  }

  func run(_ command: [String]) throws -> (status: Int32, output: String) {
    try runProgram("env", command, in: folder)
  }

  // True iff each function ran at least once.
  func ran(_ output: String) -> Bool {
    let line = output.split(separator: "\n").last { $0.hasSuffix(" functions ran") } ?? ""
    return Int(line.prefix { $0.isNumber }) ?? 0 >= functionCount && functionCount > 100
  }

  // Inputs and outputs are blocks of their own, so that each step over an end is seen. Loops that
  // end by themselves get ordinary numbers only: with others they need not end.
  private static func main(_ names: [String]) -> String {
    """
    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    #include "runtime/model/support.h"

    \(names.map { "extern const rt_model \($0)_model;" }.joined(separator: "\n"))

    static double ordinary(size_t i) { return (double)(i * 37 % 19 + 1) / 8; }

    static double odd(size_t i) {
      const double values[] = {0.0, -0.0, NAN, INFINITY, -INFINITY, -1e30, 3.0, -2.5, 1e-40, 7e9};
      return values[i * 7 % 10];
    }

    static double whole(size_t i, int is_odd) {
      const double values[] = {-1.0, 0.0, 100000.0, -100000.0, 2147483647.0};
      return is_odd ? values[i % 5] : (double)(i % 3 + 1);
    }

    static int is_float(rt_dtype type) { return type <= RT_BF16; }

    static int run(const rt_function *f, void *model, int is_odd) {
      // It ends by a tolerance that only f64 reaches.
      if (strcmp(f->name, "newton") == 0) return 0;
      void *inputs[64], *outputs[64];
      for (int k = 0; k < f->input_count; k++) {
        const rt_tensor *t = &f->inputs[k];
        inputs[k] = malloc(rt_tensor_bytes(t));
        for (size_t i = 0; i < rt_tensor_elements(t); i++) {
          double value = is_float(t->dtype) ? is_odd ? odd(i) : ordinary(i) : whole(i, is_odd);
          if (t->dtype == RT_BOOL) value = (double)(i % 2);
          if (!is_float(t->dtype) && rt_dtype_size(t->dtype) < 4) value = (double)(i % 3);
          if ((t->dtype == RT_U32 || t->dtype == RT_U64) && value < 0) value = 4e9;
          rt_scalar_set(t->dtype, (char *)inputs[k] + i * rt_dtype_size(t->dtype), value);
        }
      }
      for (int k = 0; k < f->output_count; k++) {
        outputs[k] = malloc(rt_tensor_bytes(&f->outputs[k]));
      }
      int status = f->run(model, (const void *const *)inputs, outputs);
      for (int k = 0; k < f->input_count; k++) free(inputs[k]);
      for (int k = 0; k < f->output_count; k++) free(outputs[k]);
      return status;
    }

    int main(void) {
      const rt_model *models[] = {\(names.map { "&\($0)_model" }.joined(separator: ", "))};
      int count = 0;
      for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        void *model = rt_model_create(models[m]);
        int mayHang = strcmp(models[m]->name, "control") == 0;
        for (int is_odd = 0; is_odd < (mayHang ? 1 : 2); is_odd++)
          for (int f = 0; f < models[m]->function_count; f++, count++)
            if (run(&models[m]->functions[f], model, is_odd) != 0) return 1;
        rt_model_destroy(model);
      }
      printf("%d functions ran\\n", count);
      return 0;
    }

    """
  }
}
