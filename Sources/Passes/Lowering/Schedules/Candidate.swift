internal import LoopIR

/// A way to turn kernels into loops.
struct Strategy: Sendable {
  /// Returns the strategy's schedule for a kernel with its cost; nil if it does not apply to the
  /// form of the kernel.
  let offer: @Sendable (KernelForm, ScheduleContext) -> Candidate?
}

/// A schedule that may be chosen. Its loops are made only then.
struct Candidate {
  /// The name of the strategy in `--dump-schedules`.
  let name: String
  /// An estimate of the time it takes, in cycles of one core.
  let cycles: Double
  /// The speed-up over others that it needs to be chosen.
  var leastGain = 1.0
  /// The number of parts for threads.
  let parts: Int
  /// When a factor is packed.
  var panels = PanelUse.none
  let schedule: () -> Schedule

  /// The number by which candidates are compared.
  var cost: Double { cycles * leastGain }
}

extension Candidate {
  /// Why another candidate is better.
  fileprivate func disadvantage(to other: Candidate) -> String {
    if cost == other.cost { return "\(name): takes as long" }
    func decimal(_ value: Double) -> String {
      let hundredths = Int((value * 100).rounded())
      return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }
    if cycles < other.cycles {
      return "\(name): faster by \(decimal(other.cycles / cycles)), "
        + "which is less than \(decimal(leastGain))"
    }
    return "\(name): takes \(decimal(cycles / other.cycles)) times that"
  }
}

/// When the panels of a kernel are filled.
package enum PanelUse: String, Sendable {
  case none = "no panels"
  /// After a change of parameters, or before a loop.
  case once = "panels once"
  case eachCall = "panels"
  /// Just before its products, by the thread that computes them.
  case ownPanels = "own panels"
}

/// The context of a schedule, in addition to the kernel.
struct ScheduleContext {
  /// The call-invariant arrays, which are packed once.
  let fixed: Set<Int>
  let options: LoweringOptions

  var machine: Machine { options.machine }

  /// When panels of a value are filled.
  func panels(of value: Expression) -> PanelUse {
    value.loads.allSatisfy { fixed.contains($0.buffer.id) } ? .once : .eachCall
  }
}

/// The schedule that was chosen for a kernel, and the one that would have been the next.
package struct ScheduleChoice: Sendable {
  package let strategy: String
  package let panels: PanelUse
  package let parts: Int
  /// The estimated time, in cycles of one core.
  package let cycles: Double
  /// Why the strategy that came second was not taken.
  package let next: String?

  /// The first of some candidates, the cheapest first.
  init?(_ candidates: [Candidate]) {
    guard let best = candidates.first else { return nil }
    strategy = best.name
    panels = best.panels
    parts = best.parts
    cycles = best.cycles
    next = candidates.dropFirst().first.map { $0.disadvantage(to: best) }
  }
}
