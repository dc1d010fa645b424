internal import Support

/// The cost of one call, estimated from loops.
///
/// Operations are those whose operands and result are floating-point numbers, one each, whether
/// they are a sum or a logarithm; a tile has two for each product. Bytes are those of the distinct
/// elements read and written, each array once: of a slice its part, of a table the rows that are
/// looked up, of scratch memory what is written. Loops without a fixed number of iterations count
/// one; a condition on positions counts both branches, any other the more expensive one.
package struct KernelCost: Hashable, Sendable {
  package var operations = 0
  package var bytes = 0
  /// The operations among them that are done in `f64`.
  package var doubles = 0

  package init(operations: Int = 0, bytes: Int = 0, doubles: Int = 0) {
    self.operations = operations
    self.bytes = bytes
    self.doubles = doubles
  }

  /// The cost of one call of a kernel.
  package init(_ kernel: Kernel) {
    var count = Count()
    count.add(kernel.body, times: 1)
    operations = whole(count.operations)
    doubles = whole(count.doubles)
    bytes = whole(kernel.parameters.reduce(0.0) { $0 + count.bytes(of: $1) })
  }

  /// The type in which most operations are done: `f32` or `f64`.
  package var type: ElementType { 2 * doubles > operations ? .f64 : .f32 }
}

extension LoopProgram {
  /// The cost of one call of a function: all iterations of a loop, one of a `while`, and the more
  /// expensive of two branches.
  package func cost(of function: LoopFunction) -> KernelCost {
    let costs = kernels.values.map { KernelCost($0) }
    // The cost of one step, with the steps inside it.
    func cost(of steps: [Step]) -> KernelCost {
      steps.reduce(KernelCost()) { $0 + cost(of: $1) }
    }
    func cost(of step: Step) -> KernelCost {
      switch step {
      case .call(let kernel, _): costs[kernel.index]
      case .fill(_, let to): KernelCost(bytes: array(to, in: function)?.bytes ?? 0)
      case .copy(_, let to): KernelCost(bytes: 2 * (array(to, in: function)?.bytes ?? 0))
      case .probe: KernelCost()
      case .loop(let variable, let body): cost(of: body) * variable.extent
      case .whileLoop(let condition, _, let body): cost(of: condition) + cost(of: body)
      case .branch(_, let then, let otherwise): cost(of: then).dearer(cost(of: otherwise))
      }
    }
    return cost(of: function.steps)
  }
}

extension KernelCost {
  package static func + (a: Self, b: Self) -> Self {
    Self(
      operations: a.operations + b.operations, bytes: a.bytes + b.bytes,
      doubles: a.doubles + b.doubles)
  }

  package static func * (a: Self, count: Int) -> Self {
    Self(operations: a.operations * count, bytes: a.bytes * count, doubles: a.doubles * count)
  }

  fileprivate func dearer(_ other: Self) -> Self {
    (operations, bytes) < (other.operations, other.bytes) ? other : self
  }
}

// The counts so far. They may be fractions, as for triangles.
private struct Count {
  private(set) var operations = 0.0
  private(set) var doubles = 0.0
  // The number of distinct elements of each load and store in the text.
  private var reads: [Element: Double] = [:]
  private var writes: [Element: Double] = [:]

  mutating func add(_ body: [Statement], times: Double) {
    for statement in body { add(statement, times: times) }
  }

  // Counts a statement that runs a number of times.
  private mutating func add(_ statement: Statement, times: Double) {
    for expression in statement.expressions { add(expression, times: passes(statement, times)) }
    switch statement {
    case .loop(let loop): add(loop.body, times: times * loop.passes)
    case .whileLoop(_, let body): add(body, times: times)
    case .constant, .variable, .assign, .array, .fetch: break
    case .store(let buffer, let indices, _):
      note(Element(buffer, indices), in: \.writes, times)
      add(indices, times: times)
    case .when(.within, let then, let otherwise):
      // Of the positions some take one branch and some the other.
      add(then, times: times)
      add(otherwise, times: times)
    case .when(_, let then, let otherwise):
      var other = self
      other.add(otherwise, times: times)
      add(then, times: times)
      if operations < other.operations { self = other }
    case .tile(let tile):
      let results = times * product(tile.rows + [tile.column])
      // The sums: one addition for each multiplication.
      addOperations(results * product(tile.joined), tile.sum.type)
      add(tile.body, times: results)
    case .transform(let transform):
      let (target, lanes) = (transform.target, times * product([transform.lane]))
      addOperations(lanes * Double(transform.matrix.operations), .f32)
      note(target.element, in: \.writes, lanes * product([target.row, target.column]))
    }
  }

  // How often the expressions of a statement are computed.
  private func passes(_ statement: Statement, _ times: Double) -> Double {
    switch statement {
    case .tile(let tile): times * product(tile.variables)
    case .transform(let transform):
      times * product([transform.source.row, transform.source.column, transform.lane])
    case .loop, .whileLoop, .constant, .variable, .assign, .array, .store, .when, .fetch: times
    }
  }

  // Counts the operations and loads of an expression.
  private mutating func add(_ expression: Expression, times: Double) {
    if case .load(let buffer, let indices) = expression {
      note(Element(buffer, indices), in: \.reads, times)
    }
    if case .apply(let function, let operands) = expression, expression.type.isFloat,
      operands[0].type.isFloat
    {
      addOperations(times * Double(function.operations), expression.type)
    }
    for operand in expression.operands { add(operand, times: times) }
    add(expression.indices, times: times)
  }

  // The values that a position depends on.
  private mutating func add(_ indices: [Index], times: Double) {
    var values: [Expression] = []
    for index in indices { index.forEachValue { values.append($0) } }
    for value in values { add(value, times: times) }
  }

  private mutating func addOperations(_ count: Double, _ type: ElementType) {
    operations += count
    if type == .f64 { doubles += count }
  }

  // A load or store touches as many elements as its variables have values, unless it depends on a
  // scalar.
  private mutating func note(
    _ element: Element, in list: WritableKeyPath<Count, [Element: Double]>, _ times: Double
  ) {
    var variables: Set<Variable> = []
    var isFixed = true
    for index in element.indices {
      variables.formUnion(index.variables)
      index.forEachValue { value in
        value.forEach { if case .local = $0 { isFixed = false } }
      }
    }
    let count = isFixed ? min(times, product(Array(variables))) : times
    self[keyPath: list][element] = max(self[keyPath: list][element] ?? 0, count)
  }

  // An array is read and written once, however often the text names it.
  func bytes(of parameter: KernelParameter) -> Double {
    let buffer = parameter.buffer
    let most = Double(buffer.shape.reduce(1, *))
    func elements(_ list: [Element: Double]) -> Double {
      min(most, list.reduce(0) { $1.key.buffer.id == buffer.id ? $0 + $1.value : $0 })
    }
    // What the kernel itself has written is in cache.
    let read = parameter.access.readsOldValue ? elements(reads) : 0
    return (read + elements(writes)) * Double(buffer.type.size)
  }
}

extension Loop {
  // The number of iterations; the mean of the first and last case if it depends on enclosing loops.
  fileprivate var passes: Double {
    if isWhole { return Double((variable.extent + step - 1) / step) }
    let range = (end - first).range
    return max(0, Double(range.lowerBound + range.upperBound) / 2) / Double(step)
  }
}

private func product(_ variables: [Variable]) -> Double {
  variables.reduce(1) { $0 * Double($1.extent) }
}

private func whole(_ count: Double) -> Int { Int(min(count, 0x1p62).rounded()) }
