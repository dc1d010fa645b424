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
  .depthwise,
  .planes,
  .writtenTerms,
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
  // `sorted` is stable.
  let sorted = candidates.sorted { $0.cost < $1.cost }
  guard let best = sorted.first else { preconditionFailure("every kernel can be plain loops") }
  var result = best.schedule()
  result.choice = ScheduleChoice(sorted)
  return result
}

/// A kernel as loops.
struct Schedule {
  var body: [Statement]
  /// The arrays of the kernel in the shapes that the statements use.
  let parameters: [KernelParameter]
  /// The equations of the statements.
  let definitions: [Definition]
  /// The factor to pack before.
  var panels: Panels?
  /// The scratch arrays.
  var scratch: [Buffer] = []
  /// What the statements compute, in words, where there is no equation.
  var summary: String?
  /// The choice of the schedule.
  var choice: ScheduleChoice?
}

/// A packed factor of products, in blocks of 32 columns for tiles: an array that a separate kernel
/// fills.
struct Panels {
  /// The value that is packed, for each column and summed position.
  let value: Expression
  let buffer: Buffer
  /// The place in the panels of the element of each column.
  let position: [Index]
  /// The equation of the packing.
  var definition: Definition?
  /// The loops that fill the panels.
  let body: [Statement]
  /// What they hold, in words, where there is no equation.
  var summary: String?
}
