internal import CRuntime
internal import Foundation
internal import LoopIR
internal import Support

/// Runs the step of a training that failed, one operation after the other, and says with which one
/// its numbers stopped to be finite.
struct Explanation {
  /// The program with a kernel for each operation.
  let loops: LoopProgram
  let step: FailedStep

  /// Runs the step with the library of the program.
  func text(_ library: URL) throws -> String {
    guard let function = loops.functions.first(where: { $0.name == step.function }) else {
      throw Failure("'\(loops.name)' has no function '\(step.function)', which the run has called")
    }
    let model = try VerifiedModel(loops, in: library)
    let observer = NonFiniteObserver(loops)
    let trace = Memory(bytes: MemoryLayout<rt_trace>.size)
    trace.start.initializeMemory(as: rt_trace.self, to: observer.trace)
    try step.setStates(of: model)
    try model.show(to: UnsafePointer(trace.start.assumingMemoryBound(to: rt_trace.self)))
    let progress = VerifyWorker.Progress()
    let outputs = function.outputs.map { Memory(bytes: $0.bytes) }
    let inputs = try step.inputs(of: function)
    progress.set("'\(function.name)'")
    try model.call(function, inputs, outputs)
    progress.set("")
    let wanted = results(function, model, outputs)
    return withExtendedLifetime((observer, trace)) {
      let place = "\(step.path): step \(step.step) of the run"
      guard let origin = observer.origin(of: wanted) else {
        return wanted.isEmpty
          ? "\(place): all numbers stay finite if each operation is computed by itself\n"
          : "\(place): a number that '\(function.name)' reads is not finite already\n"
      }
      return "\(place): " + report(origin)
    }
  }

  // The outputs and states that are not finite.
  private func results(
    _ function: LoopFunction, _ model: VerifiedModel, _ outputs: [Memory]
  ) -> [NonFiniteObserver.Place] {
    let places = zip(loops.states, StateLayout(loops.states).offsets)
    let arrays =
      zip(function.outputs, outputs).map { ($0, UnsafeRawPointer($1.start)) }
      + places.map { ($0.array, UnsafeRawPointer(model.state + $1)) }
    return arrays.compactMap { (array, memory) in
      NonFinite(array.type, count: array.count, at: memory).isNone
        ? nil : NonFiniteObserver.Place(memory, bytes: array.bytes)
    }
  }

  // The operation, its equation, and what its arrays held.
  private func report(_ event: NonFiniteObserver.Event) -> String {
    let kernel = loops.kernels[event.kernel]
    let notation = ExpressionText(
      .notation, buffer: \.name, local: \.name, variable: \.name)
    // The line of the operation itself comes after those of its constants.
    let place = kernel.origins.last.map { " (\($0))" } ?? ""
    var lines = ["'\(kernel.name)'\(place) is the first operation with a result that is not finite"]
    lines += kernel.definitions.map { "  " + notation.text($0) }
    let rows = (event.origin ?? []).map { [$0.name, $0.type, $0.content] }
    guard let first = rows.first else { return lines.joined(separator: "\n") + "\n" }
    var table = TextTable(first, numbers: [])
    for row in rows.dropFirst() { table.add(row) }
    return lines.joined(separator: "\n") + "\n" + table.text
  }
}
