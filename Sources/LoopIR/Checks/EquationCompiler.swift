/// Turns the expressions of equations into closures that evaluate them.
struct EquationCompiler {
  typealias Code = () -> Bounded

  /// False iff an equation depends on something that the caller cannot see.
  private(set) var isComplete = true

  private let state: EquationState
  private let definitions: [Definition]
  // The equation that gives a local or an array, by its number.
  private var ofLocal: [Int: Int] = [:]
  private var ofBuffer: [Int: Int] = [:]
  private var localCode: [Int: Code] = [:]
  private var heldCode: [Int: Code] = [:]
  private var openVariables: [Int: Set<Variable>] = [:]

  init(_ kernel: Kernel, _ state: EquationState) {
    self.state = state
    definitions = kernel.definitions
    for (number, definition) in definitions.enumerated() {
      switch definition.target {
      case .local(let local): ofLocal[local.id] = number
      case .buffer(let buffer, _):
        // With two equations for one array, results would depend on their order.
        if ofBuffer[buffer.id] != nil { isComplete = false }
        ofBuffer[buffer.id] = number
      }
    }
  }

  /// Returns a closure that evaluates an expression of the equation `place`.
  mutating func code(_ expression: Expression, _ place: Int) -> Code {
    switch expression {
    case .literal(let literal):
      let value = Bounded(literal.type.computed(literal.double))
      return { value }
    case .local(let local): return code(local)
    case .load(let buffer, let indices): return load(buffer, indices, place)
    case .apply(let function, let operands):
      return apply(function, operands, expression.type, place)
    case .cast(let operand, let type):
      let (inner, source) = (code(operand, place), operand.type)
      return { inner().converted(from: source, to: type) }
    case .index(let index, let type):
      let (position, state) = (self.position(index, place), state)
      return {
        let value = type.stored(Double(position()))
        defer { state.isOpen = false }
        return Bounded(value, bound: state.isOpen ? .infinity : 0)
      }
    case .within(let index, let range):
      let (position, state) = (self.position(index, place), state)
      return {
        let value: Double = range.contains(position()) ? 1 : 0
        defer { state.isOpen = false }
        return Bounded(value, bound: state.isOpen ? 1 : 0)
      }
    case .reduce(let monoid, let variables, let body):
      return reduce(monoid, variables, code(body, place), expression.type)
    }
  }
}

extension EquationCompiler {
  // A closure that applies a function to the values and bounds of its operands.
  private mutating func apply(
    _ function: ScalarFunction, _ operands: [Expression], _ type: ElementType, _ place: Int
  ) -> Code {
    let types = operands.map(\.type)
    let parts = operands.map { code($0, place) }
    switch function {
    case .add where type.isFloat:
      let (a, b) = (parts[0], parts[1])
      return { a().plus(b(), in: type) }
    case .subtract where type.isFloat:
      let (a, b) = (parts[0], parts[1])
      return { a().plus(b(), negated: true, in: type) }
    case .multiply where type.isFloat:
      let (a, b) = (parts[0], parts[1])
      return { a().times(b(), in: type) }
    // Evaluates the chosen operand only; the other one may be out of bounds.
    case .select:
      return {
        let choice = parts[0]()
        if choice.bound < 0.5 { return choice.value != 0 ? parts[1]() : parts[2]() }
        return function.evaluated([choice, parts[1](), parts[2]()], types, type)
      }
    case .and, .or:
      let decides: Double = function == .and ? 0 : 1
      return {
        let first = parts[0]()
        if first.value == decides, first.bound < 0.5 { return first }
        return function.evaluated([first, parts[1]()], types, type)
      }
    default: return { function.evaluated(parts.map { $0() }, types, type) }
    }
  }

  // A closure that reduces a body over variables, in the order of the loops.
  private func reduce(
    _ monoid: Monoid, _ variables: [Variable], _ body: @escaping Code, _ type: ElementType
  ) -> Code {
    let memory = state.variables
    let loops = variables.map { (memory + $0.id, $0.extent) }
    func forEach(_ depth: Int, _ body: () -> Void) {
      if depth == loops.count { return body() }
      let (variable, extent) = loops[depth]
      for value in 0..<extent {
        variable.pointee = value
        forEach(depth + 1, body)
      }
    }
    let state = state
    if monoid == .sum {
      return {
        var sum = BoundedSum()
        forEach(0) { sum.add(body()) }
        return sum.rounded(to: type, inOneOrder: state.isInOneOrder)
      }
    }
    return {
      var items: [Bounded] = []
      forEach(0) { items.append(body()) }
      return items.isEmpty ? Bounded(.nan, bound: .infinity) : monoid.joined(items, type)
    }
  }

  // Evaluates a local again only if a variable that it depends on has changed.
  private mutating func code(_ local: Local) -> Code {
    if let known = localCode[local.id] { return known }
    guard let place = ofLocal[local.id] else {
      isComplete = false
      return { Bounded(.nan, bound: .infinity) }
    }
    let value = code(definitions[place].value, place)
    let memory = state.variables
    let free = freeVariables(definitions[place].value).map { memory + $0.id }
    let state = state
    var known = Bounded(.nan, bound: .infinity)
    var generation = -1
    var key: [Int] = free.map { _ in -1 }
    let result: Code = {
      var isNew = generation != state.generation
      for (n, variable) in free.enumerated() where key[n] != variable.pointee {
        key[n] = variable.pointee
        isNew = true
      }
      if isNew {
        known = value()
        generation = state.generation
      }
      return known
    }
    localCode[local.id] = result
    return result
  }

  // A closure that reads an element: of the caller's arrays as it is, of local ones by their
  // equations.
  private mutating func load(_ buffer: Buffer, _ indices: [Index], _ place: Int) -> Code {
    let state = state
    let offset = offset(buffer, indices, place)
    let isWritten = (ofBuffer[buffer.id] ?? .max) < place
    guard let box = (isWritten ? state.new : state.old)[buffer.id] else {
      return held(buffer, indices, place)
    }
    return {
      defer { state.isOpen = false }
      guard let position = offset(), position < box.view.count else {
        return Bounded(.nan, bound: .infinity)
      }
      return Bounded(box.view.element(position), bound: state.isOpen ? .infinity : 0)
    }
  }

  // An element of a local array: evaluates the array's equation at the position that is read.
  private mutating func held(_ buffer: Buffer, _ indices: [Index], _ place: Int) -> Code {
    guard let own = ofBuffer[buffer.id], own < place,
      case .buffer(_, let targets) = definitions[own].target,
      targets.allSatisfy({ $0.asVariable != nil || $0.asConstant == 0 })
    else {
      isComplete = false
      return { Bounded(.nan, bound: .infinity) }
    }
    let value = heldCode[own] ?? code(definitions[own].value, own)
    heldCode[own] = value
    let memory = state.variables
    // An axis of extent 1 has no variable.
    let axes = zip(targets, indices).filter { $0.0.asVariable != nil }
    let places = axes.compactMap { $0.0.asVariable.map { memory + $0.id } }
    let positions = axes.map { position($0.1, place) }
    let state = state
    return {
      let wanted = positions.map { $0() }
      if state.isOpen {
        state.isOpen = false
        return Bounded(.nan, bound: .infinity)
      }
      let before = places.map(\.pointee)
      for (n, variable) in places.enumerated() { variable.pointee = wanted[n] }
      defer { for (n, variable) in places.enumerated() { variable.pointee = before[n] } }
      return value()
    }
  }
}

// Indices.
extension EquationCompiler {
  /// Returns what computes the number of an element in row-major order; nil outside of the array.
  mutating func offset(_ buffer: Buffer, _ indices: [Index], _ place: Int) -> () -> Int? {
    let axes = zip(indices, buffer.shape).map { (position($0, place), $1) }
    if axes.count == 1 {
      let (position, extent) = axes[0]
      return {
        let value = position()
        return value >= 0 && value < extent ? value : nil
      }
    }
    return {
      var result = 0
      for (position, extent) in axes {
        let value = position()
        if value < 0 || value >= extent { return nil }
        result = result * extent + value
      }
      return result
    }
  }

  // A closure for the value of an index.
  private mutating func position(_ index: Index, _ place: Int) -> () -> Int {
    let constant = index.constant
    if index.terms.isEmpty { return { constant } }
    let memory = state.variables
    if let variable = index.asVariable {
      let value = memory + variable.id
      return { value.pointee }
    }
    var linear: [(UnsafeMutablePointer<Int>, Int)] = []
    var others: [(() -> Int, Int)] = []
    for term in index.terms {
      if case .variable(let variable) = term.atom {
        linear.append((memory + variable.id, term.coefficient))
      } else {
        others.append((atom(term.atom, place), term.coefficient))
      }
    }
    let (known, rest) = (linear, others)
    return {
      var result = constant
      for (variable, factor) in known { result += variable.pointee * factor }
      for (atom, factor) in rest { result += atom() * factor }
      return result
    }
  }

  // A closure for one atom of an index.
  private mutating func atom(_ atom: Index.Atom, _ place: Int) -> () -> Int {
    switch atom {
    case .variable(let variable):
      let value = state.variables + variable.id
      return { value.pointee }
    case .quotient(let index, let divisor):
      let inner = position(index, place)
      return { inner().flooredQuotient(divisor) }
    case .remainder(let index, let divisor):
      let inner = position(index, place)
      return {
        let dividend = inner()
        return dividend - dividend.flooredQuotient(divisor) * divisor
      }
    case .value(let expression, _):
      let (value, state) = (code(expression, place), state)
      return {
        let wasOpen = state.isOpen
        let found = value()
        state.isOpen = wasOpen || found.bound != 0
        return Int(exactly: found.value.rounded(.towardZero)) ?? -1
      }
    }
  }
}

// Static properties.
extension EquationCompiler {
  /// The free variables of an expression, directly or through the locals it names.
  mutating func freeVariables(_ expression: Expression) -> Set<Variable> {
    var result: Set<Variable> = []
    if case .reduce(_, let variables, let body) = expression {
      return freeVariables(body).subtracting(variables)
    }
    if let place = equation(of: expression) {
      if openVariables[place] == nil {
        let inner: Set<Variable> =
          if case .buffer(_, let targets) = definitions[place].target {
            Set(targets.flatMap(\.variables))
          } else { [] }
        openVariables[place] = freeVariables(definitions[place].value).subtracting(inner)
      }
      result = openVariables[place] ?? []
    }
    for operand in expression.operands { result.formUnion(freeVariables(operand)) }
    for index in expression.indices {
      result.formUnion(index.variables)
      index.forEachValue { result.formUnion(freeVariables($0)) }
    }
    return result
  }

  /// The approximate number of elements read for one value; each local counts once.
  func cost(_ expression: Expression) -> Double {
    var known: Set<Int> = []
    return cost(expression, &known)
  }

  private func cost(_ expression: Expression, _ known: inout Set<Int>) -> Double {
    var result = 1.0
    if case .reduce(_, let variables, let body) = expression {
      return variables.reduce(cost(body, &known)) { $0 * Double($1.extent) }
    }
    if let place = equation(of: expression), known.insert(place).inserted {
      result += cost(definitions[place].value, &known)
    }
    for operand in expression.operands { result += cost(operand, &known) }
    for index in expression.indices { index.forEachValue { result += cost($0, &known) } }
    return result
  }

  // The equation that gives the value of an expression which the caller does not have.
  private func equation(of expression: Expression) -> Int? {
    switch expression {
    case .local(let local): ofLocal[local.id]
    case .load(let buffer, _): state.old[buffer.id] == nil ? ofBuffer[buffer.id] : nil
    case .literal, .apply, .cast, .index, .within, .reduce: nil
    }
  }
}

extension Index {
  /// True iff some part is only known at run time.
  var hasValue: Bool {
    var found = false
    forEachValue { _ in found = true }
    return found
  }
}

extension Definition {
  /// The variables of the equation, those of its sums included.
  var allVariables: [Variable] {
    var result: [Variable] = []
    if case .buffer(_, let indices) = target { result = indices.flatMap(\.variables) }
    value.forEach { part in
      for index in part.indices { result += index.variables }
      if case .reduce(_, let variables, _) = part { result += variables }
    }
    return result
  }
}
