import CBackend
import Foundation
import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import Support
import TestSupport
import Testing

/// All samples of OpInfo that gcomp can express, compiled in `f64`.
///
/// A sample is a function; some dozens of functions are a program, and all programs of a compiler
/// are one library, so that it runs a few times for thousands of samples. Neighbours, which are of
/// one operation, go to gcc and clang in turn; with `GCOMP_LONG=1` all go to both.
struct OpInfoLibrary: Sendable {
  /// The library of the whole run.
  static let shared = Result { try OpInfoLibrary() }

  /// What became of a sample.
  enum State: Sendable {
    /// It is a function of the program of that number.
    case compiled(program: Int)
    /// There is no row for it, or the row says why it cannot be written down.
    case inexpressible(String)
    /// Its expression is wrong.
    case mistaken(String)
  }

  let samples: [OpInfoSample]
  let states: [State]
  /// The programs before the passes, for the interpreter.
  let programs: [GraphProgram]
  /// Who compiled each program.
  let toolchains: [[Toolchain]]
  private let files: [Toolchain: URL]

  private init() throws {
    let samples = try OpInfoFile.families().flatMap { try OpInfoFile($0).samples }
    self.samples = samples
    let built = parallelMap(samples.count) { OpInfoLibrary.built(samples[$0], "f\($0)") }
    var states: [State] = []
    var programs: [GraphProgram] = []
    var toolchains: [[Toolchain]] = []
    var open = [Int?](repeating: nil, count: Toolchain.users.count)
    for (i, result) in built.enumerated() {
      let turn = i % open.count
      switch result {
      case .success(let function):
        let program = open[turn] ?? programs.count
        if program == programs.count {
          programs.append(GraphProgram(name: "opinfo_\(program)", source: "opinfo"))
          toolchains.append(
            TestEnvironment.isLong ? Toolchain.users : [Toolchain.users[turn]])
        }
        programs[program].functions.append(function)
        states.append(.compiled(program: program))
        let isFull = programs[program].functions.count >= Self.functionsOfProgram
        open[turn] = isFull ? nil : program
      case .failure(let error):
        let reason = (error as? Inexpressible)?.reason
        states.append(reason.map { .inexpressible($0) } ?? .mistaken("\(error)"))
      }
    }
    self.states = states
    self.programs = programs.map(\.widened)
    self.toolchains = toolchains
    let library = try ProgramLibrary(self.programs)
    files = try Dictionary(
      uniqueKeysWithValues: Toolchain.users.map { toolchain in
        let own = programs.indices.filter { toolchains[$0].contains(toolchain) }
        return (toolchain, try library.compiled(toolchain, only: own.map { programs[$0].name }))
      })
  }

  private static let functionsOfProgram = 120

  /// A new instance of a program.
  func model(_ program: Int, _ toolchain: Toolchain) throws -> LoadedModel {
    try LoadedModel("opinfo_\(program)", in: #require(files[toolchain]))
  }

  // The function of one sample: its results, and the gradients of their weighted sum.
  private static func built(
    _ sample: OpInfoSample, _ name: String
  ) -> Result<GraphFunction, any Error> {
    guard let expression = OpInfoTable.all[sample.name] else {
      guard let reason = OpInfoTable.reason(sample.name) else {
        return .failure(GoldenMismatch(description: "no row, and no reason why"))
      }
      return .failure(Inexpressible(reason))
    }
    var problem: (any Error)?
    return Result {
      do {
        let program = try traced {
          let inputs = sample.inputs.enumerated().map { i, tensor in
            GraphKit.Input("x\(i)", Shape(tensor.dims), modelType(tensor.element))
          }
          Model("sample").function("f", inputs: inputs) { tensors in
            do {
              return try outputs(sample, tensors, expression)
            } catch {
              problem = error
              return [:]
            }
          }
        }
        guard let function = program.functions.first(where: { $0.name == "f" }) else {
          throw GoldenMismatch(description: "no function")
        }
        return GraphFunction(name: name, graph: function.graph, results: function.results)
      } catch {
        throw problem ?? error
      }
    }
  }

  private static func modelType(_ element: ElementType) -> ElementType {
    element == .f64 ? .f32 : element
  }

  private static func outputs(
    _ sample: OpInfoSample, _ tensors: [Tensor], _ expression: OpInfoExpression
  ) throws -> Outputs {
    let results = try expression(OpInfoCall(sample: sample, tensors: tensors))
    guard results.count == sample.outputs.count else {
      throw GoldenMismatch(
        description: "\(results.count) results instead of \(sample.outputs.count)")
    }
    var outputs: Outputs = [:]
    var terms: [Tensor] = []
    for (i, (result, expected)) in zip(results, sample.outputs).enumerated() {
      guard result.value == nil || result.shape.dims == expected.tensor.dims else {
        throw GoldenMismatch(
          description: "the shape is \(result.shape) instead of \(expected.tensor.dims)")
      }
      outputs.append("y\(i)", result)
      if expected.counts {
        let weights = Tensor(
          values: OpInfoSample.weights(i, result.shape.count), shape: result.shape)
        terms.append((result * weights).sum())
      }
    }
    guard let first = terms.first, !sample.gradients.isEmpty else { return outputs }
    let sources = sample.gradients.map { tensors[$0.input] }
    let loss = terms.dropFirst().reduce(first, +)
    for (i, gradient) in gradient(of: loss, by: sources, unused: .zero).enumerated() {
      outputs.append("g\(i)", gradient)
    }
    return outputs
  }
}
