import GraphIR
import LoopIR
import Passes
import Support
import Testing

/// A kernel's result that nothing reads is scratch to it, so that no check compares its contents.
@Suite struct UnreadResultTests {
  private func accesses(returning results: String) throws -> [KernelParameter.Access] {
    let text = """
      program "p" from "p.swift"

      function f {
        %a = input {0} : f32[3, 5, 5] "a"
        %e = symmetricEigen %a : f32[3, 5], f32[3, 5, 5], f32[3, 5, 5]
        return \(results)
      }
      """
    let loops = try Compiled(parseProgram(text)).loops
    return loops.kernels.values.flatMap { $0.parameters.map(\.access) }
  }

  @Test func workspaceIsScratch() throws {
    #expect(
      try accesses(returning: "\"w\" %e, \"v\" %e.1") == [.read, .write, .write, .scratch])
  }

  @Test func aResultOfTheFunctionIsNot() throws {
    #expect(
      try accesses(returning: "\"w\" %e, \"v\" %e.1, \"t\" %e.2")
        == [.read, .write, .write, .write])
  }
}
