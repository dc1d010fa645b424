internal import LoopIR

/// Turns the equations of a kernel into loops.
///
/// The order of additions is part of the result: each schedule fixes it by shapes alone.
///
func schedule(_ kernel: KernelStages, _ context: ScheduleContext) -> Schedule {
  let machine = context.machine
  var domain = kernel.domain
  switch KernelForm(kernel) {
  case .sum(let sum):
    let merged = sum.mergingAxes()
    if let plan = TilePlan.best(merged, context) {
      let transformed = context.options.winograd.matrices.compactMap {
        WinogradPlan(sum, context, $0)
      }.min { $0.cycles < $1.cycles }
      if let transformed, transformed.cycles * machine.winograd.leastGain < plan.cycles {
        return transformed.schedule(sum)
      }
      return plan.schedule(merged)
    }
    if let stream = MatrixStream(sum, machine) { return stream.schedule() }
    let (turned, panels) = sum.turningFactors(machine)
    if let tiling = Tiling(turned, machine) {
      return Schedule(
        body: tiling.statements(), parameters: turned.parameters,
        definitions: turned.definitions, panels: panels)
    }
    domain = sum.reduction.streaming(domain, machine)
  case .reductions(let reductions):
    if let columns = Columns(reductions, machine) {
      return Schedule(
        body: columns.statements(), parameters: kernel.parameters,
        definitions: kernel.definitions)
    }
  case .other: break
  }
  let split = kernel.splittingAxes()
  if split.domain.count > domain.count { domain = split.domain }
  let passes = split.holdingInResults().holdingShortRows().namingRowConstants()
    .readingBeforeChoosing()
  let fetches = RowFetch.all(of: passes, machine)
  let body = passes.stages.enumerated().flatMap {
    scalarStatements($1, passes.elements, machine, fetching: fetches[$0])
  }
  return Schedule(
    body: nest(domain, body), parameters: kernel.parameters,
    definitions: kernel.definitions)
}

/// What is known when a kernel gets its loops, beside the kernel.
struct ScheduleContext {
  /// The arrays that stay the same from call to call: panels of them are made once.
  let fixed: Set<Int>
  let options: LoweringOptions

  var machine: Machine { options.machine }
}

/// Wraps `body` in loops over the variables of a domain.
func nest(_ variables: [Variable], kind: Loop.Kind = .independent, _ body: [Statement])
  -> [Statement]
{
  variables.reversed().reduce(body) { inner, variable in
    variable.extent == 1 ? inner : [.loop(Loop(variable, kind: kind, inner))]
  }
}

/// The statements for one stage at one position.
func scalarStatements(
  _ stage: Stage, _ elements: KernelElements, _ machine: Machine, fetching fetch: RowFetch? = nil
) -> [Statement] {
  switch stage {
  case .single(let assignment): return [assignment.statement]
  case .hold(let buffer): return [.array(buffer, fill: nil)]
  case .row(let row):
    let names = row.bindings.map { Statement.constant($0, $1) }
    let body = names + [.store(row.target.buffer, row.target.indices, row.value)]
    guard let fetch else { return nest(row.variables, kind: .serial, body) }
    return nest(row.variables.dropLast(), kind: .serial, fetch.strips(body, elements))
  case .reduce(let reduction):
    if let lanes = LaneReduction(reduction, elements, machine) {
      return lanes.statements(fetching: fetch)
    }
    return reduction.scalarLoops(elements)
  }
}

extension Reduction {
  /// The reduction one value after the other.
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

  // True iff a value is the extreme; the first that is no number stays it.
  func better(_ value: Expression, than best: Expression) -> Expression {
    let wins = Expression.apply(monoid == .argMaximum ? .greater : .less, [value, best])
    guard body.type.isFloat else { return wins }
    let isFirst = Expression.apply(.not, [.apply(.isNaN, [best])])
    return .apply(.or, [wins, .apply(.and, [.apply(.isNaN, [value]), isFirst])])
  }
}

extension Monoid {
  /// The value that changes nothing.
  func identity(_ type: ElementType) -> Literal {
    switch self {
    case .sum, .any: Literal(Int64(0), type)
    case .product, .all: Literal(Int64(1), type)
    case .maximum, .argMaximum: type.lowest
    case .minimum, .argMinimum: type.highest
    }
  }

  /// Two partial results joined.
  func joined(_ a: Expression, _ b: Expression) -> Expression {
    switch self {
    case .sum: .apply(.add, [a, b])
    case .product: .apply(.multiply, [a, b])
    case .maximum, .argMaximum: .apply(.maximum, [a, b])
    case .minimum, .argMinimum: .apply(.minimum, [a, b])
    case .any: .apply(.or, [a, b])
    case .all: .apply(.and, [a, b])
    }
  }
}

extension ElementType {
  /// The value below or equal to all others.
  fileprivate var lowest: Literal {
    switch self {
    case .f32, .f64, .f16, .bf16: Literal(-Double.infinity, self)
    case .i8: Literal(Int64(Int8.min), self)
    case .i16: Literal(Int64(Int16.min), self)
    case .i32: Literal(Int64(Int32.min), self)
    case .i64: Literal(Int64.min, self)
    case .u8, .u32, .u64, .bool: Literal(Int64(0), self)
    }
  }

  /// The value above or equal to all others.
  fileprivate var highest: Literal {
    switch self {
    case .f32, .f64, .f16, .bf16: Literal(Double.infinity, self)
    case .i8: Literal(Int64(Int8.max), self)
    case .i16: Literal(Int64(Int16.max), self)
    case .i32: Literal(Int64(Int32.max), self)
    case .i64: Literal(Int64.max, self)
    case .u8: Literal(Int64(UInt8.max), self)
    case .u32: Literal(Int64(UInt32.max), self)
    case .u64: Literal(Int64(bitPattern: UInt64.max), self)
    case .bool: Literal(Int64(1), self)
    }
  }
}
