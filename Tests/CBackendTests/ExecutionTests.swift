import CBackend
import Foundation
import LoopIR
import Synchronization
import TestSupport
import Testing

/// Emitted C, compiled and compared with the interpreter of loops.
@Suite struct ExecutionTests {
  @Test(arguments: Toolchain.varied)
  func kernelsByHand(_ toolchain: Toolchain) throws { try compare(Kernels.all, with: toolchain) }

  @Test(arguments: [Toolchain.gcc, .clangPortable])
  func castsBetweenAllTypes(_ toolchain: Toolchain) throws {
    try compare(ElementType.allCases.map { Kernels.casts(from: $0) }, with: toolchain)
  }

  @Test(arguments: [Toolchain.gcc, .clangPortable])
  func functionsOfAllTypes(_ toolchain: Toolchain) throws {
    let numbers = ElementType.allCases.filter { $0 != .bool }
    try compare(
      ElementType.allCases.map { Kernels.functions(of: $0) }
        + numbers.map { Kernels.arithmetic(of: $0) },
      with: toolchain)
  }

  /// Tiles of all heights and widths; `-mavx2` and the like choose the size of blocks.
  @Test(arguments: Toolchain.varied + Toolchain.quick)
  func tiles(_ toolchain: Toolchain) throws {
    try compare(Kernels.tiles, with: toolchain)
  }

  @Test func tilesWithSanitizers() throws {
    try compare(Kernels.tiles, with: .sanitized)
  }

  /// The same under the sanitizers of addresses and undefined behaviour.
  @Test func kernelsByHandWithSanitizers() throws {
    try compare(Kernels.all, with: .sanitized)
  }

  /// What `Runtime/math/winograd.h` computes is what the loops say.
  @Test(arguments: Toolchain.varied + [.sanitized])
  func transforms(_ toolchain: Toolchain) throws {
    try compare(Kernels.transforms, with: toolchain)
  }

  /// Loops and branches among steps.
  @Test(arguments: Toolchain.varied + [.sanitized])
  func stepsByHand(_ toolchain: Toolchain) throws { try compare(.walks, with: toolchain) }

  private func compare(_ kernels: [Kernel], with toolchain: Toolchain) throws {
    try compare(.running(kernels, name: "kernels"), with: toolchain)
  }

  /// What functions return, by the interpreter; it takes longer than compiling, so that all
  /// toolchains use the same results.
  private static let results = Mutex<[LoopProgram: [[[Double]]]]>([:])

  private static func results(of program: LoopProgram) -> [[[Double]]] {
    results.withLock { known in
      if let result = known[program] { return result }
      let result = program.functions.map { function in
        let inputs = function.inputs.enumerated().map { (n, array) in samples(array, n) }
        var states = program.states.map { [Double](repeating: 0, count: $0.array.count) }
        return LoopInterpreter.run(function, of: program, states: &states, inputs: inputs)
      }
      known[program] = result
      return result
    }
  }

  private func compare(_ program: LoopProgram, with toolchain: Toolchain) throws {
    #expect(complaints(about: program) == [])
    let results = Self.results(of: program)
    try withTemporaryFolder { (folder) in
      let compiled = try CompiledProgram(program, in: folder, with: toolchain)
      for (function, expected) in zip(program.functions, results) {
        let inputs = function.inputs.enumerated().map { (n, array) in samples(array, n) }
        let found = try compiled.run(function.name, inputs)
        #expect(found.count == expected.count)
        for (n, array) in function.outputs.enumerated() {
          let difference = firstDifference(expected[n], found[n], array.type)
          #expect(difference == nil, "\(function.name), \(array.name): \(difference ?? "")")
        }
      }
    }
  }
}

/// Numbers that suit the type, and the sums and quotients of each other.
func samples(_ array: ArrayDeclaration, _ seed: Int) -> [Double] {
  (0..<array.count).map { (i) -> Double in
    let n = Double((i * 7 + seed * 3 + 1) % 10)
    switch array.type {
    case .f32, .f64: return Double(Float(n * 0.37 - (seed == 0 ? 0.9 : 0.25)))
    case .f16, .bf16: return n * 0.25 + 0.25
    case .bool: return n < 5 ? 1 : 0
    case .i8, .i16, .i32, .i64: return array.name == "b" ? n + 1 : n
    case .u8, .u32, .u64: return n + 1
    }
  }
}

// A few units in the last place for floats, nothing for integers.
private func firstDifference(
  _ expected: [Double], _ found: [Double], _ type: ElementType
) -> String? {
  guard expected.count == found.count else { return "\(found.count) elements" }
  let tolerance =
    switch type {
    case .f64: 1e-14
    case .f16: 2e-3
    case .bf16: 1e-2
    case .f32: 2e-6
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: 0.0
    }
  for (i, (a, b)) in zip(expected, found).enumerated() {
    if a == b || (a.isNaN && b.isNaN) { continue }
    if !((a - b).magnitude <= tolerance * max(1, a.magnitude)) {
      return "element \(i) is \(b), not \(a)"
    }
  }
  return nil
}
