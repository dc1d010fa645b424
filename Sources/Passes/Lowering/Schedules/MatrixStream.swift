internal import LoopIR

extension Strategy {
  /// A product of one row and a large matrix.
  static let matrixStream = Strategy { form, context in
    guard case .sum(let kernel) = form, let stream = MatrixStream(kernel, context.machine) else {
      return nil
    }
    return Candidate(
      name: "matrix stream", cycles: kernel.work / context.machine.products.streamRate,
      parts: context.machine.streams.parts, schedule: { stream.schedule() })
  }
}

/// A product of one row and a large matrix, which is read once, from its first element to its last.
///
///     for (int p = 0; p < 12; p++)                         // shared between threads
///       for (int b = 0; b < 64; b++)
///         for (int l = 0; l < 768; l++)
///           parts[p][l] = parts[p][l] + x[256 * p + 4 * b] * w[256 * p + 4 * b][l] + ...;
///     y[j] = sum(p) parts[p][j] + bias[j]
///
/// Each thread reads consecutive rows; with blocks of columns each row would be a jump, which
/// defeats prefetching. The parts depend on shapes alone.
struct MatrixStream {
  private let kernel: SumKernel
  private let machine: Machine
  private let column: Variable
  private let row: Variable
  /// The array with the sums of each part.
  private let parts: Buffer

  init?(_ kernel: SumKernel, _ machine: Machine) {
    let reduction = kernel.reduction
    let sizes = machine.streams
    let domain = kernel.domain.filter { $0.extent > 1 }
    let joined = reduction.variables.filter { $0.extent > 1 }
    guard reduction.monoid == .sum, reduction.bindings.isEmpty,
      [.f32, .f64].contains(reduction.body.type),
      domain.count == 1, joined.count == 1,
      case .apply(.multiply, let factors) = reduction.body
    else { return nil }
    (column, row) = (domain[0], joined[0])
    let column = column
    let matrices = factors.filter { $0.uses(column) }.flatMap(\.loads)
    guard factors.contains(where: { !$0.uses(column) }), matrices.count == 1,
      matrices[0].stride(of: column) == 1, matrices[0].stride(of: row) == column.extent,
      // With longer rows a block of columns is no jump, and with fewer rows too many would be left
      // over after whole iterations.
      column.extent <= sizes.mostColumns, row.extent >= 4 * sizes.parts * sizes.rows,
      row.extent * column.extent * matrices[0].buffer.type.size >= machine.caches.leastFarArray
    else { return nil }
    self.kernel = kernel
    self.machine = machine
    parts = kernel.elements.array("parts", reduction.body.type, [sizes.parts, column.extent])
  }

  func schedule() -> Schedule {
    Schedule(
      body: [partial] + remaining + joining, parameters: kernel.parameters,
      definitions: kernel.definitions, scratch: [parts])
  }

  // The number of iterations of a part.
  private var passes: Int { row.extent / (machine.streams.parts * machine.streams.rows) }

  private var partial: Statement {
    let elements = kernel.elements
    let part = elements.variable("p", machine.streams.parts)
    let block = elements.variable("b", passes)
    let lane = elements.variable("l", column.extent)
    let zero = Statement.store(
      parts, [Index(part), Index(lane)], .literal(Literal(Int64(0), parts.type)))
    let first = Index(part) * (passes * machine.streams.rows) + Index(block) * machine.streams.rows
    return .loop(
      Loop(
        part, kind: .independent,
        [
          .loop(Loop(lane, kind: .independent, [zero])),
          .loop(
            Loop(
              block, adding(rows: (0..<machine.streams.rows).map { first + $0 }, to: Index(part)))),
        ]))
  }

  // The rows that are left over after whole iterations.
  private var remaining: [Statement] {
    let first = machine.streams.parts * machine.streams.rows * passes
    guard first < row.extent else { return [] }
    let rest = kernel.elements.variable("r", row.extent - first)
    return [.loop(Loop(rest, adding(rows: [Index(rest) + first], to: Index(0))))]
  }

  // Adds the products of some rows to the sums of a part.
  private func adding(rows: [Index], to part: Index) -> [Statement] {
    guard case .apply(.multiply, let factors) = kernel.reduction.body else { return [] }
    let lane = kernel.elements.variable("l", column.extent)
    let place = [part, Index(lane)]
    var names: [Statement] = []
    var sum = Expression.load(parts, place)
    for position in rows {
      let product = factors.map { factor -> Expression in
        let value = factor.substituting { variable in
          variable == row ? position : variable == column ? Index(lane) : nil
        }
        if factor.uses(column) { return value }
        let local = kernel.elements.local("factor", value.type)
        names.append(.constant(local, value))
        return .local(local)
      }
      sum = .apply(.add, [sum, .apply(.multiply, product)])
    }
    return names + [.loop(Loop(lane, kind: .independent, [.store(parts, place, sum)]))]
  }

  // Adds up the parts and computes the epilogue.
  private var joining: [Statement] {
    let part = kernel.elements.variable("p", machine.streams.parts)
    let sum = Reduction(
      result: kernel.reduction.result, monoid: .sum, variables: [part], bindings: [],
      body: .load(parts, [Index(part), Index(column)]))
    let rest = SumKernel(kernel.stages, sum, kernel.epilogue)
    guard let block = RegisterBlock(rest, machine) else {
      return nest(
        kernel.domain,
        rest.stages.stages.flatMap { scalarStatements($0, rest.elements, machine) })
    }
    return block.statements()
  }
}
