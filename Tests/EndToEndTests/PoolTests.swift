import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import Testing

/// Pools of images that are smaller than a window, which ceil mode allows, as in PyTorch.
@Suite struct PoolTests {
  @Test func ceilModeReachesOverASmallImage() throws {
    let program = try traced {
      Model("ceil").infer(Input("x", [1, 1, 2, 6])) { x in
        [
          "mean": AvgPool2D(3, stride: 3, ceilMode: true)(x),
          "largest": MaxPool2D(3, stride: 3, ceilMode: true)(x),
          "padded": AvgPool2D(3, stride: 3, padding: 1, ceilMode: true)(x),
        ]
      }
    }
    let loops = lower(optimize(program))
    let infer = try #require(loops.functions.first { $0.name == "infer" })
    #expect(infer.outputs.map(\.shape) == [[1, 1, 1, 2], [1, 1, 1, 2], [1, 1, 1, 3]])
    var states: [[Double]] = []
    let x = (0..<12).map { Double($0) }
    let found = LoopInterpreter.run(infer, of: loops, states: &states, inputs: [x])
    #expect(found[0] == [4, 7])
    #expect(found[1] == [8, 11])
  }

  @Test func aWindowIsAtMostAStrideLarger() {
    let session = Session(modelFile: "", nested: true)
    Session.$replacement.withValue(session) {
      Model("small").infer(Input("x", [1, 1, 2, 6])) { x in
        ["y": AvgPool2D(5, stride: 3, ceilMode: true)(x)]
      }
      #expect(!session.report().diagnostics.isEmpty)
    }
  }
}
