/// Runs loops on arrays of numbers: slow and obvious, the oracle for compiled C.
///
/// Every result is rounded to its type as C rounds it, 16-bit floats when they are stored.
/// Integers are exact up to 2^53.
package struct LoopInterpreter {
  /// The elements of each array, in row-major order, by number of the buffer.
  private var arrays: [Int: [Double]] = [:]
  private var locals: [Int: Double] = [:]
  /// The values of loop variables, by their number.
  var variables: [Int: Int] = [:]

  init() {}

  /// Runs `kernel` on one array for each parameter and returns them, with what it has written.
  package static func run(_ kernel: Kernel, _ arguments: [[Double]]) -> [[Double]] {
    precondition(arguments.count == kernel.parameters.count, "an argument is missing")
    var interpreter = LoopInterpreter()
    for (parameter, argument) in zip(kernel.parameters, arguments) {
      let buffer = parameter.buffer
      precondition(argument.count == buffer.count, "'\(buffer.name)' has \(buffer.count) elements")
      interpreter.arrays[buffer.id] = argument
    }
    interpreter.run(kernel.body)
    return kernel.parameters.map { interpreter.arrays[$0.buffer.id] ?? [] }
  }
}

extension LoopInterpreter {
  private mutating func run(_ body: [Statement]) {
    for statement in body { run(statement) }
  }

  // Runs one statement.
  private mutating func run(_ statement: Statement) {
    switch statement {
    case .loop(let loop):
      for position in stride(from: value(loop.first), to: value(loop.end), by: loop.step) {
        variables[loop.variable.id] = position
        run(loop.body)
      }
    case .whileLoop(let condition, let body):
      while value(condition) != 0 { run(body) }
    case .constant(let local, let expression), .variable(let local, let expression),
      .assign(let local, let expression):
      locals[local.id] = value(expression)
    case .array(let buffer, let fill):
      arrays[buffer.id] = Array(
        repeating: fill.map { buffer.type.stored($0.double) } ?? .nan, count: buffer.count)
    case .store(let buffer, let indices, let expression):
      let result = buffer.type.stored(value(expression))
      let position = offset(buffer, indices)
      arrays[buffer.id]?[position] = result
    case .when(let condition, let then, let otherwise):
      run(value(condition) != 0 ? then : otherwise)
    case .fetch: break
    case .tile(let tile):
      forEach(tile.rows + [tile.column]) { (interpreter) in
        var sum = 0.0
        interpreter.forEach(tile.joined) {
          sum = tile.sum.type.computed(sum + $0.value(tile.product))
        }
        interpreter.locals[tile.sum.id] = sum
        interpreter.run(tile.body)
      }
    case .transform(let transform):
      let target = transform.target
      forEach([target.row, target.column, transform.lane]) { (interpreter) in
        let position = [target.row, target.column].map { interpreter.value(Index($0)) }
        let value = transform.value(position[0], position[1])
        interpreter.run(.store(target.element.buffer, target.element.indices, value))
      }
    }
  }

  // Runs `body` once for all values of some variables, the last one moving fastest.
  private mutating func forEach(
    _ loops: [Variable], _ body: (inout LoopInterpreter) -> Void
  ) {
    guard let variable = loops.first else { return body(&self) }
    for value in 0..<variable.extent {
      variables[variable.id] = value
      forEach(Array(loops.dropFirst()), body)
    }
  }

  // The number of an element in row-major order, which must lie in the array.
  private func offset(_ buffer: Buffer, _ indices: [Index]) -> Int {
    var result = 0
    for (index, extent) in zip(indices, buffer.shape) {
      let position = value(index)
      precondition(
        (0..<extent).contains(position), "'\(buffer.name)' is indexed with \(position)")
      result = result * extent + position
    }
    return result
  }

  /// The value of an index where the variables have their present values.
  func value(_ index: Index) -> Int {
    index.terms.reduce(index.constant) { $0 + value($1.atom) * $1.coefficient }
  }

  private func value(_ atom: Index.Atom) -> Int {
    switch atom {
    case .variable(let variable): return variables[variable.id] ?? 0
    case .quotient(let index, let divisor): return value(index).flooredQuotient(divisor)
    case .remainder(let index, let divisor):
      let dividend = value(index)
      return dividend - dividend.flooredQuotient(divisor) * divisor
    case .value(let expression, _): return Int(value(expression))
    }
  }

  // The value of an expression, rounded to its type.
  private func value(_ expression: Expression) -> Double {
    switch expression {
    case .literal(let literal): return literal.type.computed(literal.double)
    case .local(let local): return locals[local.id] ?? .nan
    case .load(let buffer, let indices):
      return arrays[buffer.id]?[offset(buffer, indices)] ?? .nan
    case .apply(.and, let operands):
      return value(operands[0]) != 0 ? value(operands[1]) : 0
    case .apply(.or, let operands):
      return value(operands[0]) != 0 ? 1 : value(operands[1])
    // Evaluates the chosen operand only; the other one may be out of bounds.
    case .apply(.select, let operands):
      return value(operands[0]) != 0 ? value(operands[1]) : value(operands[2])
    case .apply(let function, let operands):
      return function.computed(operands.map { value($0) }, expression.type)
    case .cast(let operand, let type):
      return type.converted(value(operand), from: operand.type)
    case .index(let index, let type): return type.stored(Double(value(index)))
    case .within(let index, let range): return range.contains(value(index)) ? 1 : 0
    case .reduce: preconditionFailure("a reduction is left in a kernel's body")
    }
  }
}

extension Buffer {
  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }
}
