internal import LoopIR

/// The ways to turn a kernel into loops. Each states what it costs, and the cheapest is taken; of
/// those that cost the same, the first.
///
/// That is so by intention for three pairs. `registerBlock` and `multiReductionBlock` come before
/// `plainLoops`: all three reach about `Machine.Products.otherRate`, which is what tiles are
/// measured against, and where one of the blocks fits it was never slower. And `winograd` takes
/// part only with the gain that pays for its smaller exactness.
private let strategies: [Strategy] = [
  .tiles,
  .winograd(.two),
  .winograd(.four),
  .matrixStream,
  .registerBlock,
  .multiReductionBlock,
  .plainLoops,
]

/// Turns the equations of a kernel into loops.
///
/// The order of additions is part of the result: each schedule fixes it by shapes alone.
func schedule(_ kernel: KernelStages, _ context: ScheduleContext) -> Schedule {
  let form = KernelForm(kernel)
  let candidates = strategies.compactMap { $0.offer(form, context) }
  // `sorted` keeps the order of equal ones.
  let sorted = candidates.sorted { $0.cost < $1.cost }
  guard let best = sorted.first else { preconditionFailure("every kernel can be plain loops") }
  var result = best.schedule()
  result.choice = ScheduleChoice(sorted)
  return result
}

/// A kernel as loops.
struct Schedule {
  var body: [Statement]
  /// The arrays of the kernel in the shapes in which the statements see them.
  let parameters: [KernelParameter]
  /// What the statements compute.
  let definitions: [Definition]
  /// What must be in panels before that.
  var panels: Panels?
  /// The arrays that the statements put aside numbers in.
  var scratch: [Buffer] = []
  /// What the statements compute, where that is no equation.
  var summary: String?
  /// How the schedule was chosen.
  var choice: ScheduleChoice?
}

/// A factor of products in blocks of 32 columns, as tiles want it: an array that a kernel of its
/// own fills.
struct Panels {
  /// What the panels hold, or are made of, for each column and all that is summed.
  let value: Expression
  let buffer: Buffer
  /// Where the element of each column lies.
  let position: [Index]
  /// The equation that says so.
  var definition: Definition?
  /// The loops that fill the panels.
  let body: [Statement]
  /// What they hold, where that is no equation.
  var summary: String?
}
