import CBackend
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
      _ = try CompiledProgram(program, in: folder)
    }
  }
}

extension Declarations {
  fileprivate static func many(_ names: [String], _ d: inout Declarations) -> [Variable] {
    names.map { d.variable($0, 2) }
  }
}
