internal import LoopIR

/// Several reductions one after the other, such as a mean and then a variance, for neighbours in
/// memory at a time.
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
struct Columns {
  private let kernel: KernelStages
  /// The domain's variable that runs along memory.
  private let along: Variable
  private let width: Int

  /// Returns nil if no variable of the domain runs along the memory of all reductions.
  init?(_ kernel: KernelStages, _ reductions: [Reduction], _ machine: Machine) {
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

  // All stages for `width` neighbours from `start` on. What a stage leaves to those behind the next
  // reduction is an array.
  private func block(_ width: Int, at start: Index) -> [Statement] {
    var arrays: [Local: Buffer] = [:]
    var result: [Statement] = []
    var open: [Stage] = []

    func along(
      _ body: (_ slot: Index, _ value: @escaping (Expression) -> Expression) -> [Statement]
    )
      -> Statement
    {
      let lane = kernel.elements.variable("l", width)
      let known = arrays
      let value = { (own: Expression) in
        own.substituting { $0 == self.along ? start + Index(lane) : nil }.rewritten { part in
          if case .local(let local) = part, let array = known[local] {
            .load(array, [Index(lane)])
          } else {
            part
          }
        }
      }
      return .loop(Loop(lane, body(Index(lane), value)))
    }

    func close(before rest: ArraySlice<Stage>) {
      if open.isEmpty { return }
      let needed = Columns.locals(of: rest)
      var left: [Local: Buffer] = [:]
      for case .bind(let local, _) in open where needed.contains(local) {
        let array = kernel.elements.array(local.name, local.type, [width])
        left[local] = array
        result.append(.array(array, fill: nil))
      }
      let stages = open
      result.append(
        along { slot, value in
          stages.flatMap { stage -> [Statement] in
            switch stage {
            case .bind(let local, let own):
              if let array = left[local], !Columns.locals(of: stages[...]).contains(local) {
                return [.store(array, [slot], value(own))]
              }
              return [.constant(local, value(own))]
                + (left[local].map { [.store($0, [slot], .local(local))] } ?? [])
            case .store(let buffer, let indices, let own):
              let place = indices.map { index in
                index.substituting { $0 == self.along ? start + slot : nil }
              }
              return [.store(buffer, place, value(own))]
            case .reduce, .hold, .row: preconditionFailure("columns have no rows")
            }
          }
        })
      arrays.merge(left) { $1 }
      open = []
    }

    for (number, stage) in kernel.stages.enumerated() {
      guard case .reduce(let reduction) = stage else {
        open.append(stage)
        continue
      }
      close(before: kernel.stages[number...])
      let held = HeldReduction(reduction, kernel.elements, [width])
      let step = along { slot, value in
        reduction.bindings.map { .constant($0, value($1)) }
          + held.step([slot], value(reduction.body))
      }
      result += held.start + nest(reduction.variables, kind: .serial, [step])
      arrays[reduction.result] = held.results
    }
    close(before: [])
    return result
  }

  private static func locals(of stages: ArraySlice<Stage>) -> Set<Local> {
    var result: Set<Local> = []
    for value in stages.flatMap(\.values) {
      value.forEach { if case .local(let local) = $0 { result.insert(local) } }
    }
    return result
  }
}
