import CBackend
import Foundation
import LoopIR
import TestSupport
import Testing

@Suite struct NameTests {
  @Test(arguments: [
    ("features.0.weight", "features_0_weight"),
    ("weight_ih_l0", "weight_ih_l0"),
    ("0.weight", "net_0_weight"),
    ("_private", "net_private"),
    ("β1", "beta1"),
    ("größe", "groudfe"),
    ("層", "u5c64"),
    ("two words-and/more", "two_words_and_more"),
    ("", "unnamed"),
    // What C, its library and the runtime have taken.
    ("log", "log_"), ("expf", "expf_"), ("index", "index_"), ("main", "main_"), ("y0", "y0_"),
    ("j1", "j1_"), ("int", "int_"), ("class", "class_"), ("bool", "bool_"), ("memcpy", "memcpy_"),
    ("rt_exp", "rt_exp_"), ("INFINITY", "INFINITY_"), ("int32_t", "int32_t_"),
    // Names that only look taken.
    ("logits", "logits"), ("gamma", "gamma"), ("stride", "stride"), ("memory", "memory"),
    ("x_t", "x_t"),
  ])
  func identifier(_ name: String, _ expected: String) {
    #expect(cIdentifier(name) == expected)
  }

  /// Models may be called as parts of C are; their files compile as C and their headers as C++,
  /// behind all headers of a user's.
  @Test func modelsNamedLikePartsOfC() throws {
    let names = Self.names.split(whereSeparator: \.isWhitespace).map(String.init)
    #expect(names.count >= 60 && Set(names).count == names.count)
    try withTemporaryFolder { (folder) in
      try FileManager.default.copyItem(
        at: repository.appending(path: "Runtime").resolvingSymlinksInPath(),
        to: folder.appending(path: "runtime"))
      for name in names { try Self.write(name, to: folder) }
      let models = names.map(cModelName)
      let user = Self.headers + models.map { "#include \"\($0).h\"\n" }.joined()
      for file in ["user.c", "user.cpp"] {
        try user.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
      }
      let sources = models.flatMap { ["\($0).c", "\($0)_infer.c"] }.joined(separator: " ")
      let check = "-Wall -Wextra -Wpedantic -Werror -Wno-unknown-pragmas -fsyntax-only"
      for command in [
        "gcc -std=c11 \(check) \(sources)", "gcc -std=gnu11 \(check) user.c",
        "! command -v g++ || g++ -std=c++17 \(check) user.cpp",
      ] {
        let (status, output) = try runProgram("sh", ["-c", command], in: folder)
        #expect(status == 0, "\(output.prefix(2000))")
      }
    }
  }

  /// Neither make's own rules nor headers of C's meet the files of a model.
  @Test(arguments: ["Makefile", "time", "lib"])
  func modelsNamedLikeFilesAreBuilt(_ name: String) throws {
    try withTemporaryFolder { (folder) in
      try FileManager.default.copyItem(
        at: repository.appending(path: "Runtime").resolvingSymlinksInPath(),
        to: folder.appending(path: "runtime"))
      try Self.write(name, to: folder)
      let arguments = ["-j2", "CC=gcc", "OPTIMIZE=-O0", "CFLAGS=-Werror"]
      let (status, output) = try runProgram("make", arguments, in: folder)
      #expect(status == 0, "\(output.suffix(2000))")
      #expect(try runProgram("./\(cModelName(name))-infer", ["--help"], in: folder).status == 0)
    }
  }

  private static let names = """
    time math string float double size rt Makefile stdio stdlib errno features limits stdint stddef
    stdbool assert complex omp fcntl unistd int char void if else while for return static inline
    restrict class new delete template this namespace xor true false bool NULL EOF NAN main train
    infer model state runtime create destroy lib all check clean install clock timer exp log index
    memcpy printf malloc off ssize int8 uint64 ptrdiff wchar pthread thrd mtx sem tss RT rt_model
    Rt_tile RT_OK div pid key signal scalar tile profile a m s
    """

  private static func write(_ name: String, to folder: URL) throws {
    var program = LoopProgram.tiny
    program.name = name
    for (file, text) in try emitC(program, templates: templates()) {
      try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
    }
  }

  private static let headers =
    [
      "assert", "ctype", "errno", "fenv", "float", "inttypes", "limits", "locale", "math", "setjmp",
      "signal", "stdarg", "stddef", "stdint", "stdio", "stdlib", "string", "time", "wchar",
      "wctype",
      "fcntl", "pthread", "semaphore", "spawn", "sys/types", "sys/stat", "unistd",
    ].map { "#include <\($0).h>\n" }.joined()

  /// Each user name is one of C's or of the runtime's, or meets another one in the emitted file.
  @Test func collidingNames() throws {
    var d = Declarations()
    let names = ["m", "s", "a", "x", "x_", "x.", "log", "restrict", "create", "state"]
    let i = d.variable("x", 3)
    let buffers = names.map { d.buffer($0, [3, 3]) }
    let result = d.buffer("y", [3])
    let inner = Declarations.many(["y", "x", "int"], &d)
    let sum = buffers.dropFirst().reduce(buffers[0][i, i]) { $0 + $1[i, i] }
    let body = inner.reversed().reduce(Statement.store(result, [Index(i)], result[i] + sum)) {
      $1.loop($0)
    }
    let kernel = Kernel(
      name: "state",
      parameters: buffers.map { .init($0, .read) } + [.init(result, .readWrite)],
      definitions: [], body: [i.loop(body)], origins: [])
    try withTemporaryFolder { (folder) in
      let program = LoopProgram.running([kernel, kernel], name: "int")
      _ = try CompiledProgram(program, in: folder, with: .gcc)
    }
  }
}

extension Declarations {
  fileprivate static func many(_ names: [String], _ d: inout Declarations) -> [Variable] {
    names.map { d.variable($0, 2) }
  }
}
