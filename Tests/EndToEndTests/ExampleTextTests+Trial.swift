import Foundation
import GraphIR
import LoopIR
import Passes
import Support
import TestSupport
import Testing

/// The trial kernels, by which gcomp and `make check` find C compilers that compute wrongly.
extension ExampleTextTests {
  /// `trial.c` is what gcomp emits now, and `numbers.h` what the interpreter computes.
  @Test func trialKernelsAreWhatIsEmittedNow() throws {
    let model = repository.appending(path: "Runtime/trial/model.swift").path
    _ = try Workshop.output([model, "--emit", "c", "-o", "trial"])
    let folder = try Workshop.folder.get().appending(path: "trial/trial")
    for name in ["trial.c", "trial.h"] {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      // They lie below the runtime, in the folder of each model.
      try checkText("Runtime/trial/\(name)", text.replacing("\"runtime/", with: "\"../"))
    }
    var program = try parseProgram(Workshop.output([model, "--emit", "graph"]))
    GraphPass.differentiate.run(&program)
    let results = program.functions.filter { $0.kind == .user }
      .flatMap { Self.expectations($0, program) }
    #expect(results.allSatisfy { $0.bound.isFinite }, "\(results.filter { !$0.bound.isFinite })")
    try checkText("Runtime/trial/numbers.h", Self.header(results))
  }

  /// What one output must be.
  private struct Expectation: CustomStringConvertible {
    let function: String, output: String
    let bound: Double
    let numbers: [String]

    var description: String { "\(function).\(output)" }
    var array: String { "\(function)_\(output)" }
  }

  private static func expectations(
    _ function: GraphFunction, _ program: GraphProgram
  ) -> [Expectation] {
    var states = program.states.values.enumerated().map { filled($1.type, $0) }
    let types = function.graph.inputs.map { function.graph[$0].types[0] }
    let inputs = types.enumerated().map { filled($1, $0) }
    let outputs = interpret(function, states: &states, inputs: inputs)
    let names = function.results.compactMap { if case .output(let name) = $0 { name } else { nil } }
    return zip(names, outputs).map { name, numbers in
      let isNarrow = numbers.type.element != .f64 && numbers.type.element.isFloat
      return Expectation(
        function: function.name, output: name, bound: 2 * (numbers.bounds.max() ?? 0),
        numbers: numbers.values.map {
          isNarrow ? "\(Float($0))" : numbers.type.element.isFloat ? "\($0)" : "\(Int($0))"
        })
    }
  }

  // The same numbers as in `check.c`.
  private static func filled(_ type: TensorType, _ number: Int) -> Numbers {
    let count = type.dims.reduce(1, *)
    return Numbers(
      type,
      (0..<count).map { i in
        let n = Double((i * 37 + number * 17 + 11) % 61)
        return type.element.isFloat ? (n - 30) / 16 : n
      })
  }

  private static func header(_ results: [Expectation]) -> String {
    var text = """
      // numbers.h - what the functions of trial.c must give, computed by the interpreter of gcomp
      // from the definitions of the operations. Do not edit.

      """
    for result in results {
      text += "\nstatic const double \(result.array)[] = {\n"
      var line = ""
      for number in result.numbers {
        if line.count + number.count > 94 {
          text += " \(line)\n"
          line = ""
        }
        line += " \(number),"
      }
      text += " \(line)\n};\n"
    }
    text += "\nstatic const expectation expected[] = {\n"
    for result in results {
      let bound = String(format: "%.1e", result.bound)
      text += "  {\"\(result.function)\", \"\(result.output)\", \(bound), "
      text += "\(result.numbers.count), \(result.array)},\n"
    }
    return text + "};\n"
  }
}
