internal import LoopIR

extension Strategy {
  /// Several reductions for neighbours in memory.
  static let multiReductionBlock = Strategy { form, context in
    guard case .reductions(let kernel) = form,
      let block = MultiReductionBlock(kernel, context.machine)
    else { return nil }
    return Candidate(
      name: "multi-reduction block",
      cycles: kernel.work / context.machine.products.otherRate, parts: block.parts,
      schedule: {
        Schedule(
          body: block.statements(), parameters: kernel.stages.parameters,
          definitions: kernel.stages.definitions)
      })
  }
}

/// Several reductions one after the other, such as a mean and then a variance, for a block of
/// neighbours in memory.
///
///     float sum[16] = {0};
///     for (int n = 0; n < 128; n++)
///       for (int l = 0; l < 16; l++) sum[l] += x[n][16 * c + l];
///     float mean[16];
///     for (int l = 0; l < 16; l++) mean[l] = sum[l] / 128;
///     float sum_2[16] = {0};
///     for (int n = 0; n < 128; n++)
///       for (int l = 0; l < 16; l++) sum_2[l] += (x[n][16 * c + l] - mean[l]) * ...;
///
/// Each result is still added up in the order of its own loop.
struct MultiReductionBlock {
  private let kernel: MultiReductionKernel
  /// The domain's variable that runs along memory.
  private let along: Variable
  private let width: Int

  /// Returns nil if no variable of the domain runs along the memory of all reductions.
  init?(_ kernel: MultiReductionKernel, _ machine: Machine) {
    let reductions = kernel.parts.map(\.reduction)
    let blocks = machine.blocks
    if reductions.contains(where: { [.any, .all].contains($0.monoid) }) { return nil }
    let along = kernel.domain.last { variable in
      variable.extent >= blocks.leastLong
        && reductions.allSatisfy { Contiguity(variable, in: $0).isVectorizable }
    }
    guard let along else { return nil }
    self.kernel = kernel
    self.along = along
    let others = kernel.domain.filter { $0 != along }.reduce(1) { $0 * $1.extent }
    let isEnough = along.extent / blocks.width * others >= machine.sharing.enoughIterations
    width = isEnough ? blocks.width : blocks.narrow
  }

  /// The number of blocks for threads.
  var parts: Int {
    let others = kernel.domain.filter { $0 != along }.reduce(1) { $0 * $1.extent }
    return others * ((along.extent + width - 1) / width)
  }

  func statements() -> [Statement] {
    let outer = kernel.domain.filter { $0 != along }
    let full = along.extent / width
    let column = kernel.elements.variable(along.name, full)
    var blocks: [Statement] = [
      .loop(Loop(column, kind: .independent, block(width, at: Index(column) * width)))
    ]
    if along.extent % width != 0 {
      blocks += block(along.extent % width, at: Index(full * width))
    }
    return nest(outer, blocks)
  }

  // All stages for `width` neighbours from `start` on.
  private func block(_ width: Int, at start: Index) -> [Statement] {
    var block = Block(along: along, start: start, width: width, elements: kernel.elements)
    for (i, part) in kernel.parts.enumerated() {
      // Names declared here may be read by all later stages.
      let rest = kernel.parts[(i + 1)...]
      let later =
        rest.flatMap { $0.before.map(\.value) }
        + kernel.parts[i...].flatMap { Stage.reduce($0.reduction).values }
        + kernel.epilogue.map(\.value)
      block.add(part.before, readBy: later)
      block.add(part.reduction)
    }
    block.add(kernel.epilogue, readBy: [])
    return block.statements
  }
}

/// The statements for a block of neighbours. A value that is needed after the next reduction
/// becomes an array.
private struct Block {
  let along: Variable
  let start: Index
  let width: Int
  let elements: KernelElements
  private(set) var statements: [Statement] = []
  /// The arrays of named values, one element for each neighbour.
  private var arrays: [Local: Buffer] = [:]

  init(along: Variable, start: Index, width: Int, elements: KernelElements) {
    self.along = along
    self.start = start
    self.width = width
    self.elements = elements
  }

  /// Computes single values, of which those that others read are put in arrays.
  mutating func add(_ assignments: [Assignment], readBy others: [Expression]) {
    if assignments.isEmpty { return }
    let needed = locals(of: others)
    let own = locals(of: assignments.map(\.value))
    var left: [Local: Buffer] = [:]
    for case .bind(let local, _) in assignments where needed.contains(local) {
      let array = elements.array(local.name, local.type, [width])
      left[local] = array
      statements.append(.array(array, fill: nil))
    }
    let lane = elements.variable("l", width)
    let body = assignments.flatMap { assignment -> [Statement] in
      let assignment = assignment.moved({ position($0, lane) }, { read($0, lane) })
      guard case .bind(let local, let value) = assignment, let array = left[local] else {
        return [assignment.statement]
      }
      let slot = [Index(lane)]
      if !own.contains(local) { return [.store(array, slot, value)] }
      return [.constant(local, value), .store(array, slot, .local(local))]
    }
    statements.append(.loop(Loop(lane, body)))
    arrays.merge(left) { $1 }
  }

  /// Reduces a value for each neighbour.
  mutating func add(_ reduction: Reduction) {
    let partial = ArrayReduction(reduction, elements, [width])
    let lane = elements.variable("l", width)
    let moved = reduction.mapped { read($0.substituting { position($0, lane) }, lane) }
    let step = Statement.loop(
      Loop(
        lane,
        moved.bindings.map { .constant($0, $1) } + partial.step([Index(lane)], moved.body)))
    statements += partial.start + nest(reduction.variables, kind: .serial, [step])
    arrays[reduction.result] = partial.results
  }

  private func position(_ variable: Variable, _ lane: Variable) -> Index? {
    variable == along ? start + Index(lane) : nil
  }

  // The value with arrays in place of names.
  private func read(_ value: Expression, _ lane: Variable) -> Expression {
    value.rewritten { part in
      if case .local(let local) = part, let array = arrays[local] {
        .load(array, [Index(lane)])
      } else {
        part
      }
    }
  }

  private func locals(of values: [Expression]) -> Set<Local> {
    var result: Set<Local> = []
    for value in values {
      value.forEach { if case .local(let local) = $0 { result.insert(local) } }
    }
    return result
  }
}
