import CBackend
import Foundation
import LoopIR
import TestSupport

/// The emitted C of a program, compiled with a main that calls its functions by name.
///
/// It reads numbers and prints numbers, so that nothing else of the runtime is needed.
struct CompiledProgram {
  private let folder: URL

  /// Emits and compiles `program` in `folder`; an error holds what the compiler said.
  init(_ program: LoopProgram, in folder: URL, with toolchain: Toolchain) throws {
    self.folder = folder
    for (name, text) in try emitC(program, templates: templates()) {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    let model = cModelName(program.name)
    try Self.driver.replacing("MODEL", with: model)
      .write(to: folder.appending(path: "driver.c"), atomically: true, encoding: .utf8)
    let runtime = folder.appending(path: "runtime")
    if !FileManager.default.fileExists(atPath: runtime.path) {
      try FileManager.default.copyItem(
        at: repository.appending(path: "Runtime").resolvingSymlinksInPath(), to: runtime)
    }
    let command = try toolchain.with("-Werror").command
    let (status, output) = try runProgram(
      command[0],
      command.dropFirst()
        + ["driver.c", "\(model).c", "runtime/math/tile.c", "-o", "driver", "-lm"],
      in: folder)
    if status != 0 { throw GoldenMismatch(description: output) }
  }

  /// Runs a function on arrays of numbers and returns its outputs.
  func run(_ function: String, _ inputs: [[Double]]) throws -> [[Double]] {
    try run([function], inputs, threads: nil)
  }

  /// Runs functions one after the other, each on the next of the arrays, and returns the outputs of
  /// all of them.
  func run(_ functions: [String], _ inputs: [[Double]], threads: Int?) throws -> [[Double]] {
    let text = inputs.flatMap { $0 }.map { "\($0)" }.joined(separator: "\n")
    let settings = threads.map { ["OMP_NUM_THREADS=\($0)"] } ?? []
    let words = settings + ["./driver"] + functions
    let (status, output) = try runProgram(
      words[0], Array(words.dropFirst()), in: folder, input: text + "\n")
    if status != 0 { throw GoldenMismatch(description: "status \(status): \(output)") }
    return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
      $0.split(separator: " ").compactMap { Double($0) }
    }
  }

  private static let driver = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    #include "MODEL.h"
    #include "runtime/runtime.h"

    void rt_probe(const char *name, const void *data, rt_dtype dtype, size_t count) {
      fprintf(stderr, "%s %p %d %zu\\n", name, data, (int)dtype, count);
    }

    static size_t count(const rt_tensor *t) {
      size_t n = 1;
      for (int i = 0; i < t->rank; i++) n *= (size_t)t->shape[i];
      return n;
    }

    #define EACH(X) X(F32, float) X(F64, double) X(I8, int8_t) X(U8, uint8_t) X(I16, int16_t) \\
      X(I32, int32_t) X(I64, int64_t) X(U32, uint32_t) X(U64, uint64_t) X(BOOL, bool)

    static void put(rt_dtype type, void *data, size_t i, double x) {
      switch (type) {
    #define X(T, C) case RT_##T: ((C *)data)[i] = (C)x; break;
        EACH(X)
    #undef X
        case RT_F16: ((uint16_t *)data)[i] = rt_f32_to_f16((float)x); break;
        case RT_BF16: ((uint16_t *)data)[i] = rt_f32_to_bf16((float)x); break;
      }
    }

    static double get(rt_dtype type, const void *data, size_t i) {
      switch (type) {
    #define X(T, C) case RT_##T: return (double)((const C *)data)[i];
        EACH(X)
    #undef X
        case RT_F16: return (double)rt_f16_to_f32(((const uint16_t *)data)[i]);
        case RT_BF16: return (double)rt_bf16_to_f32(((const uint16_t *)data)[i]);
      }
      return 0;
    }

    int main(int argc, char **argv) {
      const rt_model *model = &MODEL_model;
      void *memory = aligned_alloc(64, (model->bytes + 63) / 64 * 64);
      memset(memory, 0, model->bytes);
      void *m = model->make(memory);
      for (int k = 1; k < argc; k++) {
        const rt_function *function = NULL;
        for (int f = 0; f < model->function_count; f++)
          if (strcmp(model->functions[f].name, argv[k]) == 0) function = &model->functions[f];
        if (!function) return 2;
        void *in[64], *out[64];
        for (int i = 0; i < function->input_count; i++) {
          size_t n = count(&function->inputs[i]);
          in[i] = calloc(n, 8);
          for (size_t k = 0; k < n; k++) {
            double x;
            if (scanf("%lf", &x) != 1) return 3;
            put(function->inputs[i].dtype, in[i], k, x);
          }
        }
        for (int i = 0; i < function->output_count; i++)
          out[i] = calloc(count(&function->outputs[i]), 8);
        if (function->run(m, (const void *const *)in, out) != 0) return 4;
        for (int i = 0; i < function->output_count; i++) {
          size_t n = count(&function->outputs[i]);
          for (size_t k = 0; k < n; k++)
            printf("%.17g ", get(function->outputs[i].dtype, out[i], k));
          printf("\\n");
        }
        for (int i = 0; i < function->input_count; i++) free(in[i]);
        for (int i = 0; i < function->output_count; i++) free(out[i]);
      }
      free(memory);
      return argc < 2 ? 2 : 0;
    }

    """
}
