internal import LoopIR

/// The schedule of a kernel of a function, for diagnostics.
package struct KernelSchedule: Sendable {
  package let function: String
  package let kernel: String
  /// Nil for an operation with loops of its own.
  let choice: ScheduleChoice?
  /// The lower bound in cycles of one core: its products, or reading and writing each array once.
  let leastCycles: Double

  init(_ function: String, _ kernel: Kernel, _ choice: ScheduleChoice?, _ machine: Machine) {
    self.function = function
    self.kernel = kernel.name
    self.choice = choice
    let cost = KernelCost(kernel)
    leastCycles = max(
      Double(cost.operations) / 2 / Double(machine.vectors.productsPerCycle),
      Double(cost.bytes) / machine.streams.bytesPerCycle)
  }
}

extension KernelSchedule {
  /// The line of `--dump-schedules`:
  ///
  ///     predict conv2d_1: tiles; panels once; 49 parts; 3806208 cycles, at least 3612672;
  ///         winograd 2x2 takes 1.30 times that
  ///
  /// It is one line.
  package var line: String { "\(function) \(kernel): \(text)" }

  /// The line without the names.
  package var text: String {
    let least = "at least \(Int(leastCycles.rounded()))"
    guard let choice else { return "loops of its own; \(least) cycles" }
    // Estimates count computation; memory may take longer.
    let cycles = max(choice.cycles, leastCycles)
    let next = choice.next.map { "; \($0)" } ?? ""
    return "\(choice.strategy); \(choice.panels.rawValue); \(choice.parts) parts; "
      + "\(Int(cycles.rounded())) cycles, \(least)\(next)"
  }
}
