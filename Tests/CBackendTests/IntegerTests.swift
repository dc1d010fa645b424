import CBackend
import LoopIR
import TestSupport
import Testing

/// What C leaves undefined: emitted C must do what the interpreter does, and no sanitizer complain.
@Suite struct IntegerTests {
  private static let types: [ElementType] = [.i8, .u8, .i16, .i32, .i64, .u32, .u64]

  // Numbers of the type at which something overflows; of 64 bits, what a double holds exactly.
  private static func edges(_ type: ElementType) -> [Double] {
    let top: Double =
      switch type {
      case .i8: 127
      case .u8: 255
      case .i16: 32767
      case .i32: 2_147_483_647
      case .u32: 4_294_967_295
      case .i64, .u64, .f32, .f64, .f16, .bf16, .bool: 0x1p26
      }
    let positive: [Double] = [0, 1, 2, 3, 7, 8, 31, 32, 63, 64, 100, top - 1, top]
    return type.isSigned ? positive + [-1, -2, -3, -7, -32, -100, -top, -top - 1] : positive
  }

  private static let floats: [Double] = [
    0, -0.0, 0.5, -0.5, 1.5, -1.5, 127.9, 128, -128.9, -129, 255.9, 256, 32767.5, 32768, -32769,
    2_147_483_520, 2_147_483_648, -2_147_483_648, -2_147_483_904, 4_294_967_040, 4_294_967_296,
    0x1.fffffep62, 0x1p63, -0x1p63, -0x1.000002p63, 0x1.fffffep63, 0x1p64, 1e30, -1e30, .infinity,
    -.infinity, .nan,
  ]

  @Test(arguments: [Toolchain.gccPortable, .clang, .sanitized])
  func integersOfAllPairs(_ toolchain: Toolchain) throws {
    let kernels = Self.types.map { (type) -> (Kernel, [[Double]]) in
      let edges = Self.edges(type)
      let a = edges.flatMap { (a) in edges.map { _ in a } }
      let b = edges.flatMap { _ in edges }
      return (Kernels.functions(of: type, count: a.count), [a, b])
    }
    try compare(kernels, toolchain)
  }

  @Test(arguments: [Toolchain.gccPortable, .clang, .sanitized])
  func floatsToIntegers(_ toolchain: Toolchain) throws {
    let kernels = [ElementType.f32, .f64].map { (type) -> (Kernel, [[Double]]) in
      (Kernels.casts(from: type, count: Self.floats.count), [Self.floats.map(type.stored)])
    }
    try compare(kernels, toolchain)
  }

  private func compare(_ cases: [(kernel: Kernel, inputs: [[Double]])], _ toolchain: Toolchain)
    throws
  {
    try withTemporaryFolder { (folder) in
      let program = LoopProgram.running(cases.map(\.kernel), name: "integers")
      let compiled = try CompiledProgram(program, in: folder, with: toolchain)
      for (function, (_, inputs)) in zip(program.functions, cases) {
        var states: [[Double]] = []
        let expected = LoopInterpreter.run(function, of: program, states: &states, inputs: inputs)
        let found = try compiled.run(function.name, inputs)
        for (n, array) in function.outputs.enumerated() {
          for (i, (a, b)) in zip(expected[n], found[n]).enumerated()
          where a != b && !(a.isNaN && b.isNaN) {
            let operands = inputs.map { $0[i] }
            Issue.record("\(function.name), \(array.name) of \(operands) is \(b), not \(a)")
          }
        }
      }
    }
  }
}
