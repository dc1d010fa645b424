internal import LoopIR

extension Strategy {
  /// A reduction with a block of results in registers.
  static let registerBlock = Strategy { form, context in
    guard case .sum(let sum) = form else { return nil }
    let (kernel, panels) = sum.packingSmallFactor(context.machine)
    guard let block = RegisterBlock(kernel, context.machine) else { return nil }
    return Candidate(
      name: "register block", cycles: kernel.work / form.rateOfOtherLoops(context.machine),
      parts: block.parts, panels: panels.map { context.panels(of: $0.value) } ?? .none,
      schedule: {
        Schedule(
          body: block.statements(), parameters: kernel.parameters,
          definitions: kernel.definitions, panels: panels)
      })
  }
}

/// A reduction with a block of results in registers: some rows, and some neighbours in memory.
///
///     float sum[4][32] = {0};
///     for (int i = 0; i < 784; i++)
///       for (int r = 0; r < 4; r++)
///         for (int l = 0; l < 32; l++) sum[r][l] += x[4 * n + r][i] * w[i][32 * j + l];
///
/// Loads along the neighbours serve all rows. Each result is still summed in the order of its own
/// loop, so the size of the block changes no bit.
struct RegisterBlock {
  private let kernel: SumKernel
  /// The domain's variable that runs along memory.
  private let along: Variable
  /// The domain's variable of which several values are taken at once.
  private let across: Variable?
  private let rows: Int
  /// How many neighbours are summed at once.
  private let width: Int

  /// Returns nil if no variable of the domain runs along memory.
  init?(_ kernel: SumKernel, _ machine: Machine) {
    let reduction = kernel.reduction
    switch reduction.monoid {
    case .any, .all: return nil
    case .sum, .product, .maximum, .minimum, .argMaximum, .argMinimum: break
    }
    func suits(_ variable: Variable) -> Bool {
      variable.extent >= machine.reductions.leastLane
        && Contiguity(variable, in: reduction).isVectorizable
    }
    let candidates = kernel.domain.filter(suits)
    let longest =
      reduction.variables.filter {
        Contiguity($0, in: reduction).isVectorizable
      }.map(\.extent).max() ?? 0
    guard let along = candidates.last,
      along.extent >= machine.blocks.leastLong || longest < 2 * along.extent
    else { return nil }
    self.kernel = kernel
    self.along = along
    let moving = Contiguity(along, in: reduction).moving
    let shared = kernel.domain.last { variable in
      variable != along && RegisterBlock.rows(of: variable, machine) > 1
        && moving.contains { !$0.uses(variable) }
    }
    across = shared
    rows = shared.map { RegisterBlock.rows(of: $0, machine) } ?? 1
    let others = kernel.domain.filter { $0 != along }.reduce(1) { $0 * $1.extent } / rows
    let room = machine.blocks.bytes / (rows * reduction.body.type.size)
    width = RegisterBlock.width(of: along, room: room, others: others, machine)
  }

  // More neighbours mean longer contiguous reads, but registers are limited and threads need enough
  // blocks.
  private static func width(
    of variable: Variable, room: Int, others: Int, _ machine: Machine
  ) -> Int {
    let wide = machine.blocks.widths.first { width in
      width <= room && variable.extent % width == 0
        && variable.extent / width * others >= machine.sharing.enoughBlocks
    }
    return wide ?? machine.blocks.width
  }

  private static func rows(of variable: Variable, _ machine: Machine) -> Int {
    machine.blocks.rows.first { variable.extent % $0 == 0 } ?? 1
  }

  /// The number of blocks for threads.
  var parts: Int {
    let others = kernel.domain.filter { $0 != along }.reduce(1) { $0 * $1.extent }
    return others / rows * ((along.extent + width - 1) / width)
  }

  private var reduction: Reduction { kernel.reduction }

  func statements() -> [Statement] {
    let elements = kernel.elements
    let outer = kernel.domain.filter { $0 != along && $0 != across }
    let block = across.flatMap { variable in
      variable.extent > rows ? elements.variable(variable.name, variable.extent / rows) : nil
    }
    let full = along.extent / width
    var tiles: [Statement] = []
    if full <= 1, along.extent <= 2 * width {
      tiles = tile(width: along.extent, at: Index(0), block)
    } else {
      let column = elements.variable(along.name, full)
      tiles = [
        .loop(
          Loop(
            column, kind: .independent,
            tile(width: width, at: Index(column) * width, block)))
      ]
      if along.extent % width != 0 {
        tiles += tile(
          width: along.extent % width, at: Index(full * width), block)
      }
    }
    return nest(outer + (block.map { [$0] } ?? []), tiles)
  }

  // The block of `width` neighbours from `start` on.
  private func tile(width: Int, at start: Index, _ block: Variable?) -> [Statement] {
    let elements = kernel.elements
    let shape = rows > 1 ? [rows, width] : [width]
    let partial = ArrayReduction(reduction, elements, shape)

    func inBlock(_ body: (_ slot: [Index], _ move: @escaping (Variable) -> Index?) -> [Statement])
      -> [Statement]
    {
      let row = rows > 1 ? elements.variable("r", rows) : nil
      let lane = elements.variable("l", width)
      let line = (block.map { Index($0) * rows } ?? Index(0)) + (row.map { Index($0) } ?? Index(0))
      let move: (Variable) -> Index? = { variable in
        variable == along ? start + Index(lane) : variable == across ? line : nil
      }
      let slot = (row.map { [Index($0)] } ?? []) + [Index(lane)]
      return nest((row.map { [$0] } ?? []) + [lane], kind: .serial, body(slot, move))
    }

    let add = inBlock { slot, move in
      let names = reduction.bindings.map { Statement.constant($0, $1.substituting(move)) }
      return names + partial.step(slot, reduction.body.substituting(move))
    }
    let finish = inBlock { slot, move in
      kernel.epilogue.map { assignment in
        assignment.moved(move) { value in
          value.rewritten { $0 == .local(reduction.result) ? partial.result(slot) : $0 }
        }.statement
      }
    }
    return partial.start + nest(reduction.variables, kind: .serial, add) + finish
  }
}
