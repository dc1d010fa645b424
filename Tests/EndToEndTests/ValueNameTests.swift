import GraphIR
import LoopIR
import Passes
import RandomModels
import TestSupport
import Testing

/// Pointers bear the names of the values that they hold, axes those of the values' axes.
@Suite struct ValueNameTests {
  @Test(arguments: Workshop.examples) func examplesCallValuesByTheirNames(_ name: String) throws {
    let program = try example(name)
    #expect(nameComplaints(program) == [])
    #expect(axisComplaints(program) == [])
  }

  @Test(arguments: 0..<24) func netsCallValuesByTheirNames(_ seed: Int) throws {
    let loops = lower(optimize(try RandomNet(seed: seed).program))
    #expect(nameComplaints(loops) == [])
    #expect(axisComplaints(loops) == [])
  }

  /// One name for all values of an array is a lie that is found.
  @Test func theNameOfAnotherValueIsFound() throws {
    let found = nameComplaints(try example("digits").withoutValueNames)
    #expect(found.contains { $0.contains("passes 'dense_9', then 'dense_9', as 'd_silu_10'") })
  }

  /// So are axes that are named by their places.
  @Test func theNameOfAnotherAxisIsFound() throws {
    let old = try example("digits").renamingAxes(
      of: "sigmoid_silu_2", ["y": "c", "x": "y", "c": "x"])
    #expect(axisComplaints(old).contains { $0.contains("of 'conv2d_0' in 'sigmoid_silu_2'") })
  }

  private func example(_ name: String) throws -> LoopProgram {
    let text = try Workshop.output([Workshop.model(name), "--emit", "graph"])
    return lower(optimize(try parseProgram(text)))
  }
}
