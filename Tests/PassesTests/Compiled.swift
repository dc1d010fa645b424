// swift-format-ignore-file: NeverForceUnwrap

import GraphIR
import LoopIR
import Passes
import Support
import TestSupport

/// A program after all passes, ready to run on arrays of numbers.
struct Compiled {
  /// The program behind the passes.
  let kernels: GraphProgram
  let loops: LoopProgram

  /// Runs `passes`, checks the program after each of them, and lowers it.
  init(_ program: GraphProgram, _ passes: [GraphPass] = pipeline) throws {
    var program = program
    try Complaint.none(verify(program), "the program of the test")
    for pass in passes {
      pass.run(&program)
      try Complaint.none(verify(program), "after '\(pass.name)'")
    }
    kernels = program
    var illFormed: IllFormedProgram?
    loops = lower(program, onIllFormed: { illFormed = $0 })
    if let illFormed { throw Complaint(illFormed.description) }
    try Complaint.none(loops.functions.flatMap(memoryComplaints), "memory")
    // Until then a carry that no step changes has two names.
    if passes.contains(where: { $0.name == "prune-regions" }) {
      try Complaint.none(nameComplaints(loops, hasLoops: true), "names of values")
    }
  }

  /// Runs a function on the arrays of all states and returns its outputs.
  func run(_ number: Int = 0, states: inout [[Double]], inputs: [[Double]]) -> [[Double]] {
    LoopInterpreter.run(loops.functions[number], of: loops, states: &states, inputs: inputs)
  }

  func run(inputs: [[Double]]) -> [[Double]] {
    var states: [[Double]] = []
    return run(states: &states, inputs: inputs)
  }
}

/// Something that a test found wrong.
struct Complaint: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  static func none(_ found: [String], _ place: String) throws {
    if !found.isEmpty { throw Complaint("\(place):\n" + found.joined(separator: "\n")) }
  }
}

extension GraphProgram {
  /// A program of one function without state; outputs are called `0`, `1` and so on.
  init(_ outputs: [Tensor]) {
    self.init(name: "test", source: "test.swift")
    let builder = outputs[0].builder
    precondition(builder.log.entries.isEmpty, builder.log.entries.map(\.message).joined())
    builder.outputs = outputs.map { $0.value! }
    functions = [
      GraphFunction(
        name: "f", graph: builder.graph, results: outputs.indices.map { .output("\($0)") })
    ]
  }
}

extension GraphBuilder {
  /// An argument of the function.
  func input(_ position: Int, _ type: TensorType) -> Tensor {
    apply(Input(position, type))
  }

  /// The gradients of `loss` by each of `sources`.
  func gradient(of loss: Tensor, by sources: [Tensor]) -> [Tensor] {
    apply(Gradient(), [loss] + sources, results: sources.count)
  }
}

/// Returns what is wrong with the memory of a function: arrays that share bytes while both are
/// wanted, and steps that use an array outside its life or before it is written.
func memoryComplaints(_ function: LoopFunction) -> [String] {
  var found: [String] = []
  let temporaries = function.temporaries
  for (i, a) in temporaries.enumerated() {
    if a.offset % 64 != 0 { found.append("'\(a.array.name)' is not aligned") }
    for b in temporaries[(i + 1)...]
    where a.life.overlaps(b.life) && a.offset < b.offset + b.array.bytes
      && b.offset < a.offset + a.array.bytes
    {
      found.append("'\(a.array.name)' and '\(b.array.name)' share bytes")
    }
  }
  for (number, step) in function.steps.flattened.enumerated() {
    let operands = step.operands.map(\.base)
    for case .temporary(let i) in operands where !temporaries[i].life.contains(number) {
      found.append("step \(number) uses '\(temporaries[i].array.name)' outside its life")
    }
  }
  return found
}
