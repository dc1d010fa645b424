internal import LoopIR

extension Strategy {
  /// Plain loops over all positions: for rows, for single values, and for reductions that no other
  /// strategy takes.
  static let plainLoops = Strategy { form, context in
    let kernel = form.stages
    let rate = form.rateOfOtherLoops(context.machine)
    return Candidate(
      name: kernel.isByRow ? "rows" : "loops", cycles: form.work / rate,
      parts: kernel.domain.reduce(1) { $0 * $1.extent },
      schedule: { plainSchedule(form, context.machine) })
  }
}

private func plainSchedule(_ form: KernelForm, _ machine: Machine) -> Schedule {
  var form = form
  if case .sum(let sum) = form, LaneReduction.along(sum.reduction, machine) != nil {
    // Short ones have fewer lanes to combine at the end as they are.
    let merged = sum.mergingReducedAxes()
    let longest = merged.reduction.variables.map(\.extent).max() ?? 0
    if longest >= machine.reductions.leastMerged { form = .sum(merged) }
  }
  let kernel = form.stages
  var domain = kernel.domain
  if case .sum(let sum) = form { domain = sum.reduction.streamingOrder(of: domain, machine) }
  let split = kernel.splittingAxes()
  if split.domain.count > domain.count { domain = split.domain }
  let rows = split.storingTemporariesInResults().keepingShortRowsInArrays().namingRowConstants()
    .readingBeforeChoosing()
  let fetches = RowPrefetch.all(of: rows, machine)
  let body = rows.stages.enumerated().flatMap {
    scalarStatements($1, rows.elements, machine, fetching: fetches[$0])
  }
  return Schedule(
    body: nest(domain, body), parameters: kernel.parameters, definitions: kernel.definitions)
}

/// Wraps `body` in loops over the variables of a domain.
func nest(
  _ variables: [Variable], kind: Loop.Kind = .independent, _ body: [Statement]
) -> [Statement] {
  variables.reversed().reduce(body) { inner, variable in
    variable.extent > 1 ? [.loop(Loop(variable, kind: kind, inner))] : inner
  }
}

/// The statements for one stage at one position.
func scalarStatements(
  _ stage: Stage, _ elements: KernelElements, _ machine: Machine, fetching fetch: RowPrefetch? = nil
) -> [Statement] {
  switch stage {
  case .single(let assignment): return [assignment.statement]
  case .temporary(let buffer): return [.array(buffer, fill: nil)]
  case .row(let row):
    let names = row.bindings.map { Statement.constant($0, $1) }
    let body = names + [.store(row.target.buffer, row.target.indices, row.value)]
    guard let fetch else {
      return nest(row.variables, kind: .serial, body)
    }
    return nest(row.variables.dropLast(), kind: .serial, fetch.strips(body, elements))
  case .reduce(let reduction):
    if let lanes = LaneReduction(reduction, elements, machine) {
      return lanes.statements(fetching: fetch)
    }
    return reduction.scalarLoops(elements)
  }
}

extension Reduction {
  /// The reduction, one value after the other.
  func scalarLoops(_ elements: KernelElements) -> [Statement] {
    let names = bindings.map { Statement.constant($0, $1) }
    switch monoid {
    case .argMaximum, .argMinimum:
      let best = elements.local("best", body.type)
      let value = elements.local("value", body.type)
      let isBetter = better(.local(value), than: .local(best))
      let flat = variables.reduce(Index(0)) { $0 * $1.extent + Index($1) }
      let take: [Statement] = [
        .assign(best, .local(value)), .assign(result, .index(flat, .i32)),
      ]
      let step: [Statement] = [
        .constant(value, body),
        .when(isBetter, then: take, otherwise: []),
      ]
      return [
        .variable(best, .literal(monoid.identity(body.type))),
        .variable(result, .literal(Literal(Int64(0), .i32))),
      ] + nest(variables, kind: .serial, names + step)
    case .sum, .product, .maximum, .minimum, .any, .all:
      let step = Statement.assign(result, monoid.joined(.local(result), body))
      return [.variable(result, .literal(monoid.identity(body.type)))]
        + nest(variables, kind: .serial, names + [step])
    }
  }

  // True iff a value replaces the extreme; the first NaN stays.
  func better(_ value: Expression, than best: Expression) -> Expression {
    let wins = Expression.apply(monoid == .argMaximum ? .greater : .less, [value, best])
    guard body.type.isFloat else { return wins }
    let isFirst = Expression.apply(.not, [.apply(.isNaN, [best])])
    return .apply(.or, [wins, .apply(.and, [.apply(.isNaN, [value]), isFirst])])
  }
}
