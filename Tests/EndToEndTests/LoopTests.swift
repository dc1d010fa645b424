import CBackend
import Foundation
import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import TestSupport
import Testing

/// What holds of loops beside the numbers that they compute.
@Suite struct LoopTests {
  /// A loop stays a loop, forward and backward: more steps are other numbers in the same text, but
  /// for lines that are broken elsewhere and kernels around the loop that threads share.
  @Test(arguments: [nil, 5]) func theTextDoesNotGrowWithTheSteps(_ checkpoint: Int?) throws {
    let short = try text(steps: 10, checkpoint)
    let long = try text(steps: 1000, checkpoint)
    #expect(short.count > 100)
    #expect(withoutNumbers(short) == withoutNumbers(long))
    #expect(abs(short.count - long.count) < 10)
  }

  /// In a wide net the products around the loop may be looped in tiles for many steps.
  @Test func theTextOfAWideNetHardlyDependsOnTheSteps() throws {
    let short = try text(steps: 10, size: 64, nil)
    let long = try text(steps: 1000, size: 64, nil)
    #expect(Double(long.count) < 1.1 * Double(short.count), "\(short.count) \(long.count)")
  }

  /// Random numbers differ from step to step, from loop to loop and from call to call, and are the
  /// same for the same seed.
  @Test(arguments: Toolchain.libraries)
  func stepsHaveTheirOwnRandomNumbers(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    func run() throws -> [[Double]] {
      let model = try library.model("noise", toolchain)
      _ = try model.call("init", [[7]])
      return try (0..<2).map { _ in
        let found = try model.call("noise")
        return (found["once"] ?? []) + (found["nested"] ?? []) + (found["while"] ?? [])
      }
    }
    let calls = try run()
    let all = calls.flatMap { $0 }
    #expect(all.count == 2 * (8 * 4 + 3 * 4 * 4 + 4))
    #expect(Set(all).count == all.count)
    #expect(try run() == calls)
  }

  /// A loop may multiply by a parameter for each step, large enough to be packed before the loop.
  @Test func matricesOfEachStepMayBeParameters() throws {
    struct Chain: Module {
      let weights = Parameter([3, 50, 50], initialiser: .uniform(-0.1...0.1))
    }
    let program = try traced {
      let chain = Chain()
      Model("chain", chain).infer(Input("x", [64, 50])) { x in
        let last = scan([x], over: [chain.weights.value]) { step in
          ([step.carries[0].matmul(step.slices[0])], [])
        }
        return ["y": last.carries[0]]
      }
    }
    let loops = lower(optimize(program))
    #expect(complaints(about: loops) == [])
  }

  /// The branches of a condition may use values of several graphs around them, each with its own
  /// numbers.
  @Test func branchesUseValuesOfAllLoopsAround() throws {
    let program = try traced {
      Model("nested").infer(Input("a", [2]), Input("x", [3, 4, 2])) { a, x in
        let rows = scan([], over: [x]) { outer in
          let sum = scan([a], over: [outer.slices[0]]) { inner in
            let next = cond(
              inner.index .< outer.index, then: { inner.slices[0] * a + inner.carries[0] },
              else: { inner.carries[0] + outer.slices[0].sum(axes: [0]) })
            return ([next], [])
          }
          return ([], [sum.carries[0]])
        }
        return ["y": rows.outputs[0]]
      }
    }
    let x = (0..<24).map { Double($0) }
    var expected: [Double] = []
    for i in 0..<3 {
      for c in 0..<2 {
        let a = Double(c + 2)
        let column = (0..<4).map { x[8 * i + 2 * $0 + c] }
        let total = column.reduce(0, +)
        expected.append((0..<4).reduce(a) { $1 < i ? $0 + column[$1] * a : $0 + total })
      }
    }
    let loops = lower(optimize(program))
    let infer = try #require(loops.functions.first { $0.name == "infer" })
    var states: [[Double]] = []
    let found = LoopInterpreter.run(infer, of: loops, states: &states, inputs: [[2, 3], x])
    #expect(found == [expected])
  }

  /// Declares the model of `stepsHaveTheirOwnRandomNumbers`.
  static func declareNoise() {
    let model = Model("noise")
    model.function("noise") {
      let once = scan([], steps: 8) { _ in ([], [randomUniform([4])]) }.outputs[0]
      let nested = scan([], steps: 3) { _ in
        ([], scan([], steps: 4) { _ in ([], [randomUniform([4])]) }.outputs)
      }.outputs[0]
      let last = whileLoop([zeros([4]), Tensor(0, .i32)], while: { $0[1] .< 3 }) {
        [$0[0] + randomUniform([4]), $0[1] + 1]
      }[0]
      return ["once": once, "nested": nested, "while": last]
    }
  }

  // The C of a recurrent net and its gradient.
  private func text(steps: Int, size: Int = 3, _ checkpoint: Int?) throws -> [Substring] {
    let program = try traced {
      let (w, b) = (Parameter([size, size]), Parameter([size]))
      let model = Model("net", ["w": w, "b": b])
      model.function("slope", Input("h", [4, size]), Input("x", [steps, 4, size])) { h, x in
        let y = scan(h, over: x, checkpoint: checkpoint) { h, x in
          let next = tanh(x + h.matmul(w.value) + b.value)
          return (next, next)
        }.outputs
        let slopes = gradient(of: (y * y).sum(), by: [w.value, b.value, x])
        return ["w": slopes[0], "b": slopes[1], "x": slopes[2]]
      }
    }
    let files = try emitC(lower(optimize(program)), templates: try ProgramLibrary.templates())
    return (files["net.c"] ?? "").split(separator: "\n")
  }

  // The text as it is for any number, for any number of threads and without line breaks.
  private func withoutNumbers(_ lines: [Substring]) -> String {
    lines.filter { !$0.hasPrefix("#pragma omp") }.joined().replacing(/[0-9]+/, with: "0")
      .filter { !" /{}".contains($0) }
  }
}
