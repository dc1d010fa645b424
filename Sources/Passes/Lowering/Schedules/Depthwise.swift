internal import LoopIR

extension Strategy {
  /// Sums of products of which both factors move along memory, as in depthwise convolutions.
  static let depthwise = Strategy { form, context in
    guard case .sum(let sum) = form else { return nil }
    let (kernel, panels) = sum.packingSmallFactor(context.machine)
    guard let taps = DepthwiseTaps(kernel, context.machine) else { return nil }
    return Candidate(
      name: "depthwise", cycles: kernel.work / taps.rate, parts: taps.parts,
      panels: panels.map { context.panels(of: $0.value) } ?? .none,
      schedule: {
        Schedule(
          body: DepthwiseLoops(kernel, taps).statements(), parameters: kernel.parameters,
          definitions: kernel.definitions, panels: panels)
      })
  }
}

/// A sum of products of which both factors move along memory, and how it is divided.
///
/// The terms along its last variable, the taps, are written out one after the other, for some
/// neighbouring results that share the factor that is the same for all of them.
struct DepthwiseTaps {
  /// The domain's variable that runs along memory.
  let along: Variable
  /// The domain's variable of which several values are taken at once.
  let across: Variable
  /// How many are.
  let rows: Int
  /// The reduced variables whose terms are written out.
  let written: [Variable]
  /// The factor that `across` does not move.
  let factor: Expression
  /// The neighbours in memory whose sums are kept at once; nil if none need be.
  let width: Int?
  /// The neighbours whose sums are results; others only fill vectors.
  let stored: Int
  /// The products in a cycle.
  let rate: Double
  /// The number of blocks for threads.
  let parts: Int

  /// Returns nil for another sum.
  init?(_ kernel: SumKernel, _ machine: Machine) {
    let (reduction, rates) = (kernel.reduction, machine.taps)
    guard reduction.monoid == .sum, reduction.bindings.isEmpty, reduction.body.type == .f32,
      case .apply(.multiply, let factors) = reduction.body,
      factors.allSatisfy({ if case .load = $0 { true } else { false } }),
      let last = reduction.variables.last, last.extent <= rates.most,
      let along = kernel.domain.last(where: {
        $0.extent >= machine.blocks.leastLong && Contiguity($0, in: reduction).moving.count == 2
      }),
      let across = kernel.domain.last(where: { variable in
        variable != along && variable.extent > 1
          && factors.filter { $0.uses(variable) }.count == 1
      }),
      let factor = factors.first(where: { !$0.uses(across) })
    else { return nil }
    self.along = along
    self.across = across
    self.factor = factor
    stored = along.extent
    let terms = reduction.variables.reduce(1) { $0 * $1.extent }
    let isShort = terms <= rates.short
    written = isShort ? reduction.variables : [last]
    rows = across.extent.shared(most: isShort ? rates.shortRows : rates.rows)
    width = isShort ? nil : along.extent.shared(most: rates.width, multiple: machine.blocks.narrow)
    let isWhole =
      along.extent % machine.blocks.width == 0
      && machine.blocks.rows.contains { across.extent % $0 == 0 }
    rate = isShort && isWhole ? rates.shortRate : rates.rate
    let others = kernel.domain.filter { $0 != along && $0 != across }
    let blocks = width.map { (along.extent + $0 - 1) / $0 } ?? 1
    parts = others.reduce((across.extent + rows - 1) / rows * blocks) { $0 * $1.extent }
  }
}

extension DepthwiseTaps {
  /// The sums of a copied plane, of which only some are results.
  ///
  /// - Parameter written: the reduced variables whose terms are written out, if not all are few.
  init(
    _ kernel: SumKernel, along: Variable, across: Variable, stored: Int, written: [Variable],
    _ machine: Machine
  ) {
    let (variables, rates) = (kernel.reduction.variables, machine.taps)
    let terms = variables.reduce(1) { $0 * $1.extent }
    let isShort = terms <= rates.short
    let written = isShort ? variables : written
    let count = written.reduce(1) { $0 * $1.extent }
    let factors = kernel.reduction.body.operands
    let isWhole = isShort && stored == along.extent
    let most = isWhole ? rates.shortRows : min(rates.rows, max(1, rates.mostWritten / count))
    self.init(
      along: along, across: across, rows: across.extent.shared(most: most), written: written,
      factor: factors.first { !$0.uses(across) } ?? factors[0],
      width: isWhole
        ? nil : along.extent.shared(most: rates.width, multiple: machine.blocks.narrow),
      stored: stored, rate: rates.rate, parts: 1)
  }

  private init(
    along: Variable, across: Variable, rows: Int, written: [Variable], factor: Expression,
    width: Int?, stored: Int, rate: Double, parts: Int
  ) {
    (self.along, self.across, self.rows, self.written) = (along, across, rows, written)
    (self.factor, self.width, self.stored) = (factor, width, stored)
    (self.rate, self.parts) = (rate, parts)
  }
}

extension Int {
  // The size of equal shares that are at most `most`, rounded up to a multiple if it is divided.
  fileprivate func shared(most: Int, multiple: Int = 1) -> Int {
    if self <= most { return self }
    let shares = (self + most - 1) / most
    let share = (self + shares - 1) / shares
    return (share + multiple - 1) / multiple * multiple
  }
}

/// The loops of such a sum. If it is short, its sums have names:
///
///     for (int l = 0; l < 24; l++) {
///       const float tap = w[0][0][l];
///       ...
///       const float sum = 0.0f + x[y][4 * i][l] * tap + x[y][4 * i + 1][l] * tap_2 + ...;
///       const float sum_2 = 0.0f + x[y][4 * i + 1][l] * tap + x[y][4 * i + 2][l] * tap_2 + ...;
///       ...
///       z[y][4 * i][l] = sum;
///       z[y][4 * i + 1][l] = sum_2;
///       ...
///     }
///
/// and otherwise they are in an array, to which the other reduced variables add:
///
///     float sum[7][64] = {0};
///     for (int u = 0; u < 5; u++)
///       for (int l = 0; l < 64; l++) {
///         const float tap = w[u][0][64 * g + l];
///         ...
///         sum[0][l] = sum[0][l] + x[y + u][7 * i][64 * g + l] * tap + ...;
///         ...
///       }
///
/// An element that several results need is loaded once. Terms are added in the order of the loops,
/// and those that are written out come last. No local array is indexed by a loop around the one
/// along memory: compilers that fail to keep such an array in registers take ten times as long. The
/// loops are marked for vectors here: each iteration has elements of its own, in several rows, of
/// which clang estimates that vectors do not pay.
struct DepthwiseLoops {
  private let kernel: SumKernel
  private let taps: DepthwiseTaps
  /// The names of the factors, and for each result those of the sum and of what follows from it.
  private let factors: [Local]
  private let names: [[Local: Local]]

  init(_ kernel: SumKernel, _ taps: DepthwiseTaps) {
    self.kernel = kernel
    self.taps = taps
    let (elements, result) = (kernel.elements, kernel.reduction.result)
    factors = taps.written.positions.map { _ in
      elements.local("tap", taps.factor.type)
    }
    var own = [result]
    for case .bind(let local, _) in kernel.epilogue { own.append(local) }
    names = (0..<(taps.width == nil ? taps.rows : 0)).map { r in
      own.reduce(into: [:]) { $0[$1] = r == 0 ? $1 : elements.local($1.name, $1.type) }
    }
  }

  func statements() -> [Statement] {
    let outer = kernel.domain.filter { $0 != taps.along && $0 != taps.across }
    let (count, rest) = taps.across.extent.quotientAndRemainder(dividingBy: taps.rows)
    let block = kernel.elements.variable(taps.across.name, count)
    let whole = nest([block], columns(taps.rows, from: Index(block) * taps.rows))
    let last = rest == 0 ? [] : columns(rest, from: Index(count * taps.rows))
    return nest(outer, whole + last)
  }

  // All neighbours in memory, for some results.
  private func columns(_ rows: Int, from row: Index) -> [Statement] {
    guard let width = taps.width else { return [short(rows, row)] }
    let (count, stored) = taps.stored.quotientAndRemainder(dividingBy: width)
    let block = kernel.elements.variable(taps.along.name, count)
    let whole =
      count == 0
      ? [] : nest([block], long(rows, row, width, from: Index(block) * width, storing: width))
    if stored == 0 { return whole }
    let rest = taps.along.extent - count * width
    return whole + long(rows, row, rest, from: Index(count * width), storing: stored)
  }

  // Sums that are written out, each with what follows from it.
  private func short(_ rows: Int, _ row: Index) -> Statement {
    let lane = kernel.elements.variable("l", taps.along.extent)
    let zero = Expression.literal(kernel.reduction.monoid.identity(kernel.reduction.body.type))
    let result = kernel.reduction.result
    let results = (0..<rows).map { r in
      Statement.constant(
        names[r][result] ?? result, terms(r, row, Index(lane), after: zero))
    }
    let finish = (0..<rows).flatMap { r in
      kernel.epilogue.map { assignment in
        let own = assignment.moved(move(r, row, Index(lane))) { value in
          value.rewritten { part in
            guard case .local(let local) = part, let name = names[r][local] else { return part }
            return .local(name)
          }
        }
        if case .bind(let local, let value) = own, let name = names[r][local] {
          return Statement.constant(name, value)
        }
        return own.statement
      }
    }
    return .loop(Loop(lane, isSimd: true, factorNames(row, Index(lane)) + results + finish))
  }

  // Sums in an array, to which the other reduced variables add.
  private func long(
    _ rows: Int, _ row: Index, _ width: Int, from start: Index, storing stored: Int
  ) -> [Statement] {
    let (elements, reduction) = (kernel.elements, kernel.reduction)
    let partial = ArrayReduction(reduction, elements, [rows, width])
    let (lane, own) = (elements.variable("l", width), elements.variable("r", rows))
    let result = stored == width ? lane : elements.variable("l", stored)
    let place = start + Index(lane)
    let add = (0..<rows).map { r -> Statement in
      let slot = [Index(r), Index(lane)]
      return .store(partial.results, slot, terms(r, row, place, after: partial.result(slot)))
    }
    let others = reduction.variables.filter { !taps.written.contains($0) }
    let finish = kernel.epilogue.map { assignment in
      assignment.moved {
        $0 == taps.along ? start + Index(result) : $0 == taps.across ? row + Index(own) : nil
      } _: { value in
        value.rewritten {
          $0 == .local(reduction.result) ? partial.result([Index(own), Index(result)]) : $0
        }
      }.statement
    }
    return partial.start
      + nest(
        others, kind: .serial,
        [.loop(Loop(lane, isSimd: width > 1, factorNames(row, place) + add))])
      + nest([own, result], kind: .serial, finish)
  }

  private func move(_ r: Int, _ row: Index, _ place: Index, _ tap: [Variable: Int] = [:])
    -> (Variable) -> Index?
  {
    { variable in
      if variable == taps.along { return place }
      if variable == taps.across { return row + r }
      return tap[variable].map { Index($0) }
    }
  }

  // Names for the factors that all results have in common.
  private func factorNames(_ row: Index, _ place: Index) -> [Statement] {
    zip(factors, taps.written.positions).map { name, tap in
      .constant(name, taps.factor.substituting(move(0, row, place, tap)))
    }
  }

  // The sum `first` with the terms of one result added.
  private func terms(_ r: Int, _ row: Index, _ place: Index, after first: Expression)
    -> Expression
  {
    let body = kernel.reduction.body
    return zip(factors, taps.written.positions).reduce(first) { sum, term in
      let move = move(r, row, place, term.1)
      let factor = taps.factor.substituting(move)
      return sum + body.substituting(move).rewritten { $0 == factor ? .local(term.0) : $0 }
    }
  }
}
