internal import LoopIR

/// A reduction along memory in 32 lanes, combined in a fixed order at the end; 16 for short ones,
/// where combining would take longer than reducing.
///
///     float s[32] = {0};
///     for (int b = 0; b < 24; b++)
///       for (int l = 0; l < 32; l++) s[l] += x[n][32 * b + l] * w[j][32 * b + l];
///     float sum = 0;
///     for (int l = 0; l < 32; l++) sum += s[l];
///
/// Compilers vectorise this without reordering anything, so results do not depend on the
/// instruction set.
struct LaneReduction {
  private let elements: KernelElements
  private let reduction: Reduction
  private let along: Variable
  private let lanes: Buffer

  /// Returns nil if no variable of the reduction runs along memory far enough.
  init?(_ reduction: Reduction, _ elements: KernelElements, _ machine: Machine) {
    guard let along = LaneReduction.along(reduction, machine) else { return nil }
    self.elements = elements
    self.reduction = reduction
    self.along = along
    let rates = machine.reductions
    let width = along.extent < rates.longLane ? rates.shortLanes : rates.lanes
    lanes = elements.array(
      "\(reduction.result.name)_lanes", reduction.body.type, [min(width, along.extent)])
  }

  /// The variable of a reduction that runs along memory with enough iterations.
  ///
  /// Integers need no lanes: their sums are exact in any order, so compilers can vectorise them;
  /// and gcc 12 miscompiles integer lanes of few products.
  static func along(_ reduction: Reduction, _ machine: Machine) -> Variable? {
    guard reduction.body.type.isFloat else { return nil }
    switch reduction.monoid {
    case .argMaximum, .argMinimum, .any, .all: return nil
    case .sum, .product, .maximum, .minimum: break
    }
    return reduction.variables.last {
      $0.extent >= machine.reductions.leastLane && Contiguity($0, in: reduction).isVectorizable
    }
  }

  /// The loops; each block of lanes begins with the prefetches of `fetch`.
  func statements(fetching fetch: RowPrefetch? = nil) -> [Statement] {
    let width = lanes.shape[0]
    let identity = reduction.monoid.identity(reduction.body.type)
    let blocks = along.extent / width
    var inner: [Statement] = []
    if blocks == 1 {
      let lane = elements.variable("l", width)
      inner += [step(lane, at: Index(lane))]
    } else {
      let block = elements.variable("b", blocks)
      let lane = elements.variable("l", width)
      let first = Index(block) * width
      let next = fetch?.statements(at: first, count: width) ?? []
      inner += [.loop(Loop(block, next + [step(lane, at: first + Index(lane))]))]
    }
    if along.extent % width != 0 {
      let lane = elements.variable("l", along.extent % width)
      inner += [step(lane, at: Index(lane) + blocks * width)]
    }
    let others = reduction.variables.filter { $0 != along }
    let lane = elements.variable("l", width)
    let join = reduction.monoid.joined(.local(reduction.result), .load(lanes, [Index(lane)]))
    return [.array(lanes, fill: identity)] + nest(others, kind: .serial, inner) + [
      .variable(reduction.result, .literal(identity)),
      .loop(Loop(lane, [.assign(reduction.result, join)])),
    ]
  }

  // One iteration of all lanes, with the variable at `position`.
  private func step(_ lane: Variable, at position: Index) -> Statement {
    let move: (Variable) -> Index? = { $0 == along ? position : nil }
    let slot = [Index(lane)]
    let body = reduction.body.substituting(move)
    let names = reduction.bindings.map { Statement.constant($0, $1.substituting(move)) }
    return .loop(
      Loop(lane, names + [.store(lanes, slot, reduction.monoid.joined(.load(lanes, slot), body))]))
  }
}
