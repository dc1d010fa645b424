package import GraphIR
internal import GraphKit
internal import LoopIR
internal import Passes
internal import Support

/// A program, and calls of its functions with what the interpreter says about them.
package struct TrialProgram: Sendable {
  package var program: GraphProgram
  package var trials: [Trial]

  /// A program of kernels, each of which is a function.
  package init(_ kernels: [RandomKernel], name: String) throws {
    program = try traced { declareKernels(kernels, name: name) }
    let reference = program.differentiated
    trials = []
    for kernel in kernels {
      guard let function = reference.functions.first(where: { $0.name == kernel.name }) else {
        continue
      }
      let states = kernel.states
      let types = Dictionary(uniqueKeysWithValues: states.map { ($0.name, $0.numbers) })
      var values = reference.states.values.map {
        types[$0.name] ?? Numbers($0.type, Array(repeating: 0, count: $0.type.shape.count))
      }
      let expected = interpret(function, states: &values, inputs: kernel.inputs)
      trials.append(
        Trial(
          seed: kernel.seed, model: name, function: kernel.name, before: states,
          inputs: kernel.inputs, reads: [], expected: expected))
    }
  }

  init(program: GraphProgram, trials: [Trial]) {
    self.program = program
    self.trials = trials
  }
}

extension GraphProgram {
  /// The program with its gradients written out, as the interpreter wants it.
  var differentiated: GraphProgram {
    var program = self
    GraphPass.differentiate.run(&program)
    return program
  }
}
