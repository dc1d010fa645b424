internal import LoopIR

/// A way to turn kernels into loops.
struct Strategy: Sendable {
  /// Returns what the strategy makes of a kernel and what that costs; nil if the form of the kernel
  /// is not one that it is for.
  let offer: @Sendable (KernelForm, ScheduleContext) -> Candidate?
}

/// A schedule that may be chosen. Its loops are made when it is.
struct Candidate {
  /// The word for the strategy, in the list that `--dump-schedules` shows.
  let name: String
  /// An estimate of the time it takes, in cycles of one core.
  let cycles: Double
  /// How many times faster than others it must be to be worth it.
  var leastGain = 1.0
  /// How many parts threads may share.
  let parts: Int
  /// When a factor is put in panels.
  var panels = PanelUse.none
  let schedule: () -> Schedule

  /// What candidates are compared by.
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
}

/// What is known when a kernel gets its loops, in addition to the kernel.
struct ScheduleContext {
  /// The arrays that stay the same from call to call: panels of them are made once.
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
