/// The ambiguous names of one kernel or function, which are written with a number.
struct KernelNames {
  private var buffers: [String: Set<Int>] = [:]
  private var locals: [String: Set<Int>] = [:]
  private var variables: [String: Set<Int>] = [:]

  init() {}

  init(of kernel: Kernel) {
    for parameter in kernel.parameters { add(parameter.buffer) }
    for definition in kernel.definitions {
      switch definition.target {
      case .buffer(let buffer, let indices):
        add(buffer)
        for index in indices { add(index) }
      case .local(let local): locals[local.name, default: []].insert(local.id)
      }
      add(definition.value)
    }
    kernel.body.forEachStatement { add($0) }
  }

  init(of function: LoopFunction) {
    for case .loop(let variable, _) in function.steps.flattened {
      variables[variable.name, default: []].insert(variable.id)
    }
  }

  /// Writes with these names, in the form that can be read back.
  var text: ExpressionText {
    ExpressionText(
      .exact,
      buffer: { Self.shown($0.name, $0.id, buffers) },
      local: { Self.shown($0.name, $0.id, locals) },
      variable: { Self.shown($0.name, $0.id, variables) })
  }

  private static func shown(_ name: String, _ id: Int, _ ids: [String: Set<Int>]) -> String {
    let isClear = (ids[name] ?? []).count < 2
    return LoopPrinter.quoted(name) + (isClear ? "" : "#\(id)")
  }

  private mutating func add(_ buffer: Buffer) {
    buffers[buffer.name, default: []].insert(buffer.id)
  }

  private mutating func add(_ index: Index) {
    for v in index.variables { variables[v.name, default: []].insert(v.id) }
    index.forEachValue { add($0) }
  }

  private mutating func add(_ expression: Expression) {
    switch expression {
    case .load(let buffer, _): add(buffer)
    case .local(let local): locals[local.name, default: []].insert(local.id)
    case .reduce(_, let bound, _):
      for v in bound { variables[v.name, default: []].insert(v.id) }
    case .literal, .apply, .cast, .index, .within: break
    }
    for index in expression.indices { add(index) }
    for operand in expression.operands { add(operand) }
  }

  private mutating func add(_ statement: Statement) {
    switch statement {
    case .loop(let loop): variables[loop.variable.name, default: []].insert(loop.variable.id)
    case .constant(let local, _), .variable(let local, _), .assign(let local, _):
      locals[local.name, default: []].insert(local.id)
    case .array(let buffer, _), .store(let buffer, _, _), .fetch(let buffer, _, _): add(buffer)
    case .tile(let tile):
      locals[tile.sum.name, default: []].insert(tile.sum.id)
      for v in tile.variables { variables[v.name, default: []].insert(v.id) }
    case .transform(let transform):
      add(transform.target.element.buffer)
      for v in transform.variables { variables[v.name, default: []].insert(v.id) }
    case .whileLoop, .when: break
    }
    for index in statement.indices { add(index) }
    for expression in statement.expressions { add(expression) }
  }
}
