import Foundation
import TestSupport
import Testing

/// What gcomp says about memory is what the programs do.
@Suite struct MemoryTests {
  /// A model is one block of exactly the bytes that were announced; its functions allocate nothing.
  @Test(arguments: Workshop.examples)
  func aModelIsOneBlock(_ name: String) throws {
    let example = try example(name)
    let summary = try Workshop.output(["summary", Workshop.model(name)])
    let announced = summary.split(separator: "\n").last { $0.hasPrefix("memory: ") } ?? ""
    let numbers = announced.replacing(",", with: "").split(separator: " ").compactMap { Int($0) }
    try #require(numbers.count == 3, "\(announced)")
    #expect(numbers[1] * 100 <= numbers[2] * 105)
    try withTemporaryFolder { folder in
      try Self.steps.replacing("MODEL", with: name)
        .write(to: folder.appending(path: "main.c"), atomically: true, encoding: .utf8)
      try link(["main.c"], example, in: folder)
      let (status, output) = try runProgram("./counted", [], in: folder)
      #expect(status == 0, "\(output)")
      // The state is rounded up, so that the arena begins at a boundary.
      let state = (numbers[0] + 63) / 64 * 64
      let announced = state + numbers[1]
      let lines = output.split(separator: "\n").map(String.init)
      #expect(lines.first == "\(announced) bytes in 1 block, then 0 blocks")
      // What the system counts: whole pages, of this and of what the C library needs besides.
      let grown = try #require(lines.last.flatMap { Int($0.prefix { $0.isNumber }) })
      #expect(grown * 1024 <= announced + (1 << 20), "\(output)")
      if announced > 1 << 20 { #expect(grown * 1024 >= announced * 9 / 10, "\(output)") }
    }
  }

  /// The train program allocates as much for 5 steps as for 20.
  @Test func theTrainProgramAllocatesOnlyAtFirst() throws {
    let example = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      try Self.report.write(
        to: folder.appending(path: "report.c"), atomically: true, encoding: .utf8)
      try link(["report.c", "\(example.folder.path)/digits_train.o"], example, in: folder)
      let counts = try [5, 20].map { steps in
        let (_, output) = try runProgram(
          "./counted", ["--steps", "\(steps)", "--data", Example.images], in: folder)
        return output.split(separator: "\n").last { $0.hasSuffix(" blocks") }
      }
      #expect(counts[0] != nil && counts[0] == counts[1], "\(counts)")
    }
  }

  private func example(_ name: String) throws -> Example {
    switch name {
    case "digits": try Workshop.digits.get()
    case "xor": try Workshop.xor.get()
    default: try Workshop.perceptron.get()
    }
  }

  // Links sources with the library of an example, with all allocations going through ours.
  private func link(_ sources: [String], _ example: Example, in folder: URL) throws {
    try Self.counter.write(
      to: folder.appending(path: "counter.h"), atomically: true, encoding: .utf8)
    let wraps = ["malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign"]
      .map { "-Wl,--wrap=\($0)" }
    let library = "\(example.folder.path)/lib\(example.name).a"
    let command = try Toolchain.gcc.with("-Werror", "-I\(example.folder.path)").command
    let (status, output) = try runProgram(
      command[0], command.dropFirst() + wraps + sources + [library, "-lm", "-o", "counted"],
      in: folder)
    if status != 0 { throw GoldenMismatch(description: output) }
  }

  private static let counter = """
    #include <stddef.h>
    #include <stdio.h>

    static long blocks;
    static size_t bytes;

    void *__real_malloc(size_t n);
    void *__real_calloc(size_t n, size_t size);
    void *__real_realloc(void *block, size_t n);
    void *__real_aligned_alloc(size_t alignment, size_t n);
    int __real_posix_memalign(void **block, size_t alignment, size_t n);

    void *__wrap_malloc(size_t n) { return blocks++, __real_malloc(n); }
    void *__wrap_calloc(size_t n, size_t size) {
      return blocks++, bytes += n * size, __real_calloc(n, size);
    }
    void *__wrap_realloc(void *block, size_t n) { return blocks++, __real_realloc(block, n); }
    void *__wrap_aligned_alloc(size_t alignment, size_t n) {
      return blocks++, __real_aligned_alloc(alignment, n);
    }
    int __wrap_posix_memalign(void **block, size_t alignment, size_t n) {
      return blocks++, __real_posix_memalign(block, alignment, n);
    }

    """

  private static let report = """
    #include "counter.h"

    __attribute__((destructor)) static void report(void) {
      fprintf(stderr, "\\n%ld blocks\\n", blocks);
    }

    """

  private static let steps = """
    #include "MODEL.h"
    #include "counter.h"
    #include "runtime/runtime.h"

    // Room for the inputs and outputs of any function, all 0.
    static unsigned char room[32][1 << 20];

    static int call(void *m, const char *name) {
      const rt_function *function = rt_find_function(&MODEL_model, name);
      const void *in[16];
      void *out[16];
      if (function == NULL) return 0;
      for (int i = 0; i < function->input_count; i++) in[i] = room[i];
      for (int i = 0; i < function->output_count; i++) out[i] = room[16 + i];
      return function->run(m, in, out);
    }

    // The most memory that the process has had, in KB.
    static long peak(void) {
      char line[256];
      long kb = 0;
      FILE *file = fopen("/proc/self/status", "r");
      while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "VmHWM: %ld", &kb);
      }
      if (file != NULL) fclose(file);
      return kb;
    }

    int main(void) {
      long before = peak();
      void *m = rt_model_create(&MODEL_model);
      if (m == NULL || MODEL_model.bytes != MODEL_bytes()) return 1;
      // More than the model has only what its alignment takes.
      size_t more = bytes - MODEL_model.bytes;
      if (bytes < MODEL_model.bytes || more > (bytes < 16 << 20 ? 128 : 4 << 20)) return 5;
      long created = blocks;
      if (call(m, "init") != 0) return 2;
      for (int step = 0; step < 10; step++) {
        if (call(m, "train_step") != 0) return 3;
      }
      if (call(m, "eval_step") != 0 || call(m, "infer") != 0) return 4;
      printf("%zu bytes in %ld block, then %ld blocks\\n", MODEL_model.bytes, created,
             blocks - created);
      printf("%ld KB more\\n", peak() - before);
      rt_model_destroy(m);
      return 0;
    }

    """
}
