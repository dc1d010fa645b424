internal import GraphIR
internal import LoopIR
internal import Support

/// Turns the values of a kernel's body into scalar expressions by substituting definitions.
///
/// A value that is used more than once at one position gets a name, in the outermost scope in which
/// all its variables are known: so work is shared, and invariants of a reduction move before it.
final class KernelElements {
  /// A scope: the variables known in it, and the names declared there.
  private struct Scope {
    var variables: Set<Variable>
    var bindings: [(Local, Expression)] = []
    var known: [Key: Expression] = [:]
  }

  private struct Key: Hashable {
    let value: Value
    let index: [Index]
  }

  let graph: Graph
  /// The loop variables of the kernel's domain.
  let domain: [Variable]
  private let inputs: [NodeID: Window]
  private let uses: [Value: Int]
  private var scopes: [Scope]
  private var results: [Value: Expression] = [:]
  /// The values of which a whole row is in an array, and how many leading positions that array
  /// lacks.
  private var kept: [Value: (buffer: Buffer, dropped: Int)] = [:]
  /// The number of conditions around the current expression; under a condition nothing may be
  /// hoisted.
  private var guards = 0
  private var nextVariable = 0
  private var nextLocal = 0
  private var nextArray: Int
  private var panels: Buffer?
  private var namesTaken: [String: Int] = [:]

  /// - Parameters:
  ///   - inputs: the arrays of the body's inputs.
  ///   - firstArray: the number of the first array that the kernel makes for itself.
  init(
    _ graph: Graph, domain: [(name: String, extent: Int)], inputs: [NodeID: Window],
    firstArray: Int
  ) {
    self.graph = graph
    self.inputs = inputs
    nextArray = firstArray
    // C writes the operands of a composition as often as its definition does.
    uses = graph.nodes.values.reduce(into: graph.uses()) { uses, node in
      guard let map = node.op as? Map, case .composition = map.function.spelling else { return }
      for operand in node.operands { uses[operand, default: 0] += 1 }
    }
    self.domain = domain.enumerated().map { Variable(id: $0, name: $1.name, extent: $1.extent) }
    nextVariable = domain.count
    scopes = [Scope(variables: Set(self.domain))]
  }

  /// The position given by the domain's variables.
  var position: [Index] { domain.map { Index($0) } }

  /// Returns a new loop variable.
  func variable(_ name: String, _ extent: Int) -> Variable {
    nextVariable += 1
    return Variable(id: nextVariable - 1, name: name, extent: extent)
  }

  /// Returns a new local array.
  func array(_ name: String, _ type: ElementType, _ shape: [Int]) -> Buffer {
    nextArray += 1
    return Buffer(id: nextArray - 1, name: name, type: type, shape: shape)
  }

  /// Returns the array that the kernel's small factor is packed in, the same for each schedule that
  /// is considered: what a call passes has the first numbers.
  func panels(_ name: String, _ type: ElementType, _ shape: [Int]) -> Buffer {
    if let panels { return panels }
    let buffer = array(name, type, shape)
    panels = buffer
    return buffer
  }

  /// Returns a new local; a repeated name gets a number, so that code and comment agree.
  func local(_ name: String, _ type: ElementType) -> Local {
    nextLocal += 1
    namesTaken[name, default: 0] += 1
    let count = namesTaken[name, default: 1]
    return Local(id: nextLocal - 1, name: count == 1 ? name : "\(name)_\(count)", type: type)
  }

  /// Defines `value` at the position of the domain.
  func define(_ value: Value, as expression: Expression) { results[value] = expression }

  /// Records that a row of `value` is in an array.
  func keep(_ value: Value, in buffer: Buffer, dropping dropped: Int) {
    kept[value] = (buffer, dropped)
  }

  /// Returns one element of `value`.
  func element(_ value: Value, at index: [Index]) -> Expression {
    let node = graph[value.node]
    if node.op is Input {
      guard let input = inputs[value.node] else {
        preconditionFailure("input \(value.node.index) has no array")
      }
      return .load(input.buffer, input.moved(index))
    }
    if let (buffer, dropped) = kept[value] {
      precondition(index.starts(with: position), "a row of a kernel is read from another row")
      return .load(buffer, Array(index.dropFirst(dropped)))
    }
    if let result = results[value] {
      precondition(index == position, "a stage of a kernel is read at another position")
      return result
    }
    let key = Key(value: value, index: index)
    if guards == 0 {
      for scope in scopes { if let expression = scope.known[key] { return expression } }
    }
    let expression = substituted(node, index)
    guard guards == 0, uses[value, default: 0] > 1, isWorthAName(expression) else {
      return expression
    }
    return bind(expression, key, node)
  }

  /// Calls `build` in a new scope, in which `variables` are known, and returns its result with the
  /// names declared there.
  func scoped<T>(knowing variables: [Variable] = [], _ build: () -> T) -> (
    result: T, bindings: [(Local, Expression)]
  ) {
    scopes.append(Scope(variables: Set(variables)))
    let result = build()
    return (result, scopes.removeLast().bindings)
  }

  /// Adds a variable to the innermost scope.
  func scopedVariable(_ name: String, _ extent: Int) -> Variable {
    let variable = variable(name, extent)
    scopes[scopes.count - 1].variables.insert(variable)
    return variable
  }

  /// Returns the names declared in the domain's scope since the last call.
  func takeBindings() -> [(Local, Expression)] {
    defer { scopes[0].bindings = [] }
    return scopes[0].bindings
  }

  private func substituted(_ node: Node, _ index: [Index]) -> Expression {
    let types = node.operands.map { graph.type($0) }
    guard case .element(let define) = node.op.definition(types, node.types) else {
      preconditionFailure("'\(node.op.mnemonic)' has no element expression")
    }
    if node.op.role == .choice { guards += 1 }
    defer { if node.op.role == .choice { guards -= 1 } }
    return define({ self.element(node.operands[$0], at: $1) }, index)
  }

  private func isWorthAName(_ expression: Expression) -> Bool {
    switch expression {
    case .literal, .local, .load, .index: false
    case .apply, .cast, .within, .reduce: true
    }
  }

  private func bind(_ expression: Expression, _ key: Key, _ node: Node) -> Expression {
    let local = local(node.name ?? node.op.verb, expression.type)
    var depth = scopes.count - 1
    while depth > 0, !scopes[depth].variables.contains(where: { expression.uses($0) }),
      !usesBindings(expression, of: depth)
    {
      depth -= 1
    }
    scopes[depth].bindings.append((local, expression))
    scopes[depth].known[key] = .local(local)
    return .local(local)
  }

  // True iff the expression uses a name declared in the scope.
  private func usesBindings(_ expression: Expression, of depth: Int) -> Bool {
    let own = Set(scopes[depth].bindings.map(\.0))
    var found = false
    expression.forEach { if case .local(let local) = $0, own.contains(local) { found = true } }
    return found
  }
}
