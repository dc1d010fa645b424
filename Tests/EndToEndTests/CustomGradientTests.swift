import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import TestSupport
import Testing

/// Gradients that a model states itself, computed.
@Suite struct CustomGradientTests {
  private static let numbers = [-2.0, -0.25, 0.5, 3.0]

  // The gradient of the sum of what `function` makes of the numbers.
  private func gradients(_ function: @escaping (Tensor) -> Tensor) throws -> [[Double]] {
    let program = try traced {
      let model = Model("own")
      model.infer(Input("x", [4])) { x in
        let y = function(x)
        return ["y": y, "gradient": gradient(of: (y * range(4, .f32)).sum(), by: x)]
      }
    }
    let loops = lower(optimize(program, CompileOptions()))
    guard let infer = loops.functions.first(where: { $0.name == "infer" }) else { return [] }
    var states: [[Double]] = []
    return LoopInterpreter.run(infer, of: loops, states: &states, inputs: [Self.numbers])
  }

  @Test func straightThroughPassesTheSeed() throws {
    #expect(try gradients { straightThrough($0, sign) } == [[-1, -1, 1, 1], [0, 1, 2, 3]])
  }

  @Test func reversedGradients() throws {
    #expect(try gradients { reverseGradient($0, weight: 2) } == [Self.numbers, [0, -2, -4, -6]])
  }

  @Test func clippedStraightThrough() throws {
    let found = try gradients { x in
      customGradient(x, forward: { sign($0) }) { input, _, seed in
        select(abs(input) .<= 1, seed, seed * 0)
      }
    }
    #expect(found == [[-1, -1, 1, 1], [0, 1, 2, 0]])
  }

  /// What the function and its gradient use from outside gets no gradient by it.
  @Test func capturedValues() throws {
    let found = try gradients { x in
      let scale = x * 10
      return customGradient(x, forward: { $0 + scale }) { _, output, seed in seed * output + scale }
    }
    let expected = Self.numbers.enumerated().map { Double($0) * 11 * $1 + 10 * $1 }
    #expect(found == [Self.numbers.map { $0 * 11 }, expected])
  }

  /// In a loop as elsewhere.
  @Test func insideAScan() throws {
    let found = try gradients { x in
      scan([x], steps: 3) { ([straightThrough($0.carries[0] * 2, round)], []) }.carries[0]
    }
    #expect(found[1] == [0, 8, 16, 24])
  }
}
