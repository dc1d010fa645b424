import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// A pass that makes a program ill-formed is named, and no other one runs.
@Suite struct IllFormedTests {
  private var program: GraphProgram {
    let builder = GraphBuilder()
    let (x, w) = (
      builder.input(0, TensorType(.f32, [4, 8])), builder.input(1, TensorType(.f32, [8, 8]))
    )
    return GraphProgram([tanh(x.linear(w)).linear(w)])
  }

  /// Behind each pass over loops, before memory is planned and afterwards.
  @Test(arguments: loopPipeline.map(\.name))
  func passOverLoopsIsNamed(_ name: String) {
    let breaking = LoopPass("break", "read what is not there") { program in
      program.functions[0].steps = [.copy(from: .temporary(99), to: .output(0))]
    }
    var found: [IllFormedProgram] = []
    var ran: [String] = []
    _ = lower(
      optimize(program), afterPass: { name, _ in ran.append(name) },
      onIllFormed: { found.append($0) },
      passes: loopPipeline.flatMap { $0.name == name ? [$0, breaking] : [$0] })
    #expect(found.map(\.pass) == ["break"])
    #expect(found.map(\.problems) == [["step 1 of 'f': an operand does not exist"]])
    #expect(found.first?.text.contains("copy temporary 99 to output 0") == true)
    let message = found.first?.description ?? ""
    #expect(message.hasPrefix("the program is ill-formed after pass 'break':"))
    #expect(ran.last == "break")
  }

  @Test func passOverGraphsIsNamed() {
    var options = CompileOptions()
    options.verify = { program in
      program.functions[0].graph.nodes.values.contains { $0.op is KernelOp } ? ["a kernel"] : []
    }
    var found: [String] = []
    options.onIllFormed = { found.append($0.pass) }
    _ = optimize(program, options)
    #expect(found == ["fuse"])
  }
}
