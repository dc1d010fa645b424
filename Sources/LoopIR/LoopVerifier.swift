/// Returns what is wrong with a kernel, in words; nothing for a good one.
///
/// Each name is declared before its use, types agree, indices lie within their arrays as far as
/// they are known, writes go where they may, and threads do not share what they assign.
package func complaints(about kernel: Kernel) -> [String] {
  var verifier = LoopVerifier(kernel)
  verifier.check(kernel.body)
  verifier.checkUse(kernel.body)
  return verifier.complaints.map { "kernel '\(kernel.name)': \($0)" }
}

/// The declarations visible at one place of a kernel, and the problems found so far.
struct LoopVerifier {
  private(set) var complaints: [String] = []
  private var buffers: [Int: Buffer] = [:]
  private var writable: Set<Int> = []
  private var variables: [Int: Variable] = [:]
  private var locals: [Int: Local] = [:]
  private var assignable: Set<Int> = []
  // What enclosing conditions say about indices.
  private var facts: [Index: Range<Int>] = [:]
  // The steps of strided loops, by variable.
  private var strided: [Int: Index] = [:]

  init(_ kernel: Kernel) {
    for parameter in kernel.parameters {
      let buffer = parameter.buffer
      if buffers[buffer.id] != nil { complain("two parameters have number \(buffer.id)") }
      buffers[buffer.id] = buffer
      if parameter.access != .read { writable.insert(buffer.id) }
    }
  }

  mutating func complain(_ text: String) {
    if !complaints.contains(text) { complaints.append(text) }
  }

  // Checks a block; its declarations end with it.
  mutating func check(_ body: [Statement]) {
    let outer = self
    for statement in body { check(statement) }
    let found = complaints
    self = outer
    complaints = found
  }

  // Checks one statement; the declarations that it makes are visible to the following ones.
  private mutating func check(_ statement: Statement) {
    switch statement {
    case .loop(let loop): check(loop)
    case .whileLoop(let condition, let body):
      check(condition, is: .bool, "the condition of a loop")
      check(body)
    case .constant(let local, let value), .variable(let local, let value):
      check(value, is: local.type, "the value of '\(local.name)'")
      if locals[local.id] != nil { complain("local '\(local.name)' is made twice") }
      locals[local.id] = local
      if case .variable = statement { assignable.insert(local.id) }
    case .assign(let local, let value):
      check(value, is: local.type, "the value of '\(local.name)'")
      if locals[local.id] != local {
        complain("'\(local.name)' is assigned before it is made")
      } else if !assignable.contains(local.id) {
        complain("'\(local.name)' is assigned, but is a constant or shared between threads")
      }
    case .array(let buffer, let fill):
      if buffers[buffer.id] != nil { complain("array '\(buffer.name)' is made twice") }
      if let fill, fill.type != buffer.type {
        complain("'\(buffer.name)' is filled with a \(fill.type)")
      }
      buffers[buffer.id] = buffer
      writable.insert(buffer.id)
    case .store(let buffer, let indices, let value):
      check(value, is: buffer.type, "what is stored in '\(buffer.name)'")
      check(buffer, indices)
      if !writable.contains(buffer.id) { complain("'\(buffer.name)' is read-only, but stored to") }
    case .fetch(let buffer, let indices, let count):
      check(buffer, indices)
      if let last = indices.last { check(buffer, indices.dropLast() + [last + (count - 1)]) }
    case .when(let condition, let then, let otherwise):
      check(condition, is: .bool, "a condition")
      assuming(condition) { $0.check(then) }
      assuming(condition, holds: false) { $0.check(otherwise) }
    case .tile(let tile): check(tile)
    case .transform(let transform): check(transform)
    }
  }

  // Checks both matrices, with the variables in scope.
  private mutating func check(_ transform: Transform) {
    let outer = variables
    for variable in transform.variables {
      if variables[variable.id] != nil { complain("loops over '\(variable.name)' are nested") }
      variables[variable.id] = variable
    }
    for complaint in complaints(about: transform) { complain(complaint) }
    let target = transform.target.element
    check(transform.source.element.value)
    check(target.buffer, target.indices)
    if !writable.contains(target.buffer.id) {
      complain("'\(target.buffer.name)' is read-only, but stored to")
    }
    variables = outer
  }

  // Checks the factors of a tile and its body, with its variables in scope.
  private mutating func check(_ tile: Tile) {
    let (outer, outerAssignable) = (variables, assignable)
    for variable in tile.variables {
      if variables[variable.id] != nil { complain("loops over '\(variable.name)' are nested") }
      variables[variable.id] = variable
    }
    for complaint in complaints(about: tile) { complain(complaint) }
    check(tile.product, is: tile.sum.type, "the product of a tile")
    for variable in tile.joined { variables[variable.id] = nil }
    if locals[tile.sum.id] != nil { complain("local '\(tile.sum.name)' is made twice") }
    locals[tile.sum.id] = tile.sum
    if tile.kind == .parallel { assignable = [] }
    check(tile.body)
    locals[tile.sum.id] = nil
    (variables, assignable) = (outer, outerAssignable)
  }

  // Checks the range of a loop and its body; threads must not assign outer variables.
  private mutating func check(_ loop: Loop) {
    let variable = loop.variable
    if variables[variable.id] != nil { complain("loops over '\(variable.name)' are nested") }
    if loop.step < 1 { complain("the loop over '\(variable.name)' has step \(loop.step)") }
    if !loop.isWhole {
      check(loop.first)
      check(loop.end)
      if range(loop.first).lowerBound < 0 || range(loop.end).upperBound > variable.extent {
        complain("the loop over '\(variable.name)' leaves 0..<\(variable.extent)")
      }
    }
    let (outer, outerAssignable) = (variables, assignable)
    variables[variable.id] = variable
    if loop.step > 1 {
      let passes = (variable.extent + loop.step - 1) / loop.step
      let count = Variable(id: variable.id, name: variable.name, extent: passes)
      strided[variable.id] = Index(count) * loop.step
    }
    if loop.kind == .parallel { assignable = [] }
    check(loop.body)
    (variables, assignable) = (outer, outerAssignable)
  }
}

extension LoopVerifier {
  private mutating func check(_ value: Expression, is type: ElementType, _ role: String) {
    check(value)
    if value.type != type { complain("\(role) is \(value.type), not \(type)") }
  }

  // Checks that operands exist and have the types that their function takes.
  private mutating func check(_ expression: Expression) {
    switch expression {
    case .literal, .index, .within: break
    case .local(let local):
      if locals[local.id] != local { complain("local '\(local.name)' is used before it is made") }
    case .load(let buffer, let indices): check(buffer, indices)
    case .apply(let function, let operands):
      if let complaint = function.complaint(about: operands.map(\.type)) { complain(complaint) }
    case .cast: break
    case .reduce: complain("a reduction is left in the body")
    }
    for index in expression.indices { check(index) }
    switch expression {
    case .apply(.and, let operands) where operands.count == 2:
      check(operands[0])
      assuming(operands[0]) { $0.check(operands[1]) }
    case .apply(.select, let operands) where operands.count == 3:
      check(operands[0])
      assuming(operands[0]) { $0.check(operands[1]) }
      assuming(operands[0], holds: false) { $0.check(operands[2]) }
    case .literal, .local, .load, .apply, .cast, .index, .within, .reduce:
      for operand in expression.operands { check(operand) }
    }
  }

  // Calls `body` with what is known if `condition` holds, or does not.
  private mutating func assuming(
    _ condition: Expression, holds: Bool = true, _ body: (inout Self) -> Void
  ) {
    let outer = facts
    if holds { learn(condition) } else { learnNot(condition) }
    body(&self)
    facts = outer
  }

  // Adds the facts that a condition implies.
  private mutating func learn(_ condition: Expression) {
    switch condition {
    case .within(let index, let allowed):
      let known = range(index)
      let low = max(known.lowerBound, allowed.lowerBound)
      facts[index] = low..<max(low, min(known.upperBound + 1, allowed.upperBound))
    case .apply(.and, let operands): for operand in operands { learn(operand) }
    case .apply(.not, let operands): learnNot(operands[0])
    case .literal, .local, .load, .apply, .cast, .index, .reduce: break
    }
  }

  // An index outside a range is above it if it cannot be below it, and vice versa.
  private mutating func learnNot(_ condition: Expression) {
    guard case .within(let index, let excluded) = condition else { return }
    let known = range(index)
    if known.lowerBound >= excluded.lowerBound, known.upperBound < excluded.upperBound {
      // The condition always holds.
      facts[index] = excluded.lowerBound..<excluded.lowerBound
    } else if known.lowerBound >= excluded.lowerBound, known.upperBound >= excluded.upperBound {
      facts[index] = max(known.lowerBound, excluded.upperBound)..<(known.upperBound + 1)
    } else if known.upperBound < excluded.upperBound, known.lowerBound < excluded.lowerBound {
      facts[index] = known.lowerBound..<min(known.upperBound + 1, excluded.lowerBound)
    }
  }

  // Bounds of the value of an index at this place.
  private func range(_ index: Index) -> ClosedRange<Int> {
    var (low, high) = (Int.min, Int.max)
    // A fact about `x` is one about `x + 1` and about `1 - x` too.
    for (known, range) in facts where !range.isEmpty {
      if let distance = (index - known).asConstant {
        low = max(low, range.lowerBound + distance)
        high = min(high, range.upperBound - 1 + distance)
      } else if let sum = (index + known).asConstant {
        low = max(low, sum - (range.upperBound - 1))
        high = min(high, sum - range.lowerBound)
      }
    }
    let always = (strided.isEmpty ? index : index.substituting { strided[$0.id] }).range
    (low, high) = (max(low, always.lowerBound), min(high, always.upperBound))
    return low <= high ? low...high : always
  }

  private mutating func check(_ index: Index) {
    for variable in index.variables where variables[variable.id] != variable {
      complain("variable '\(variable.name)' is used outside its loop")
    }
    index.forEachValue { check($0) }
  }

  // Checks that an element lies in its array, as far as bounds are known.
  private mutating func check(_ buffer: Buffer, _ indices: [Index]) {
    if buffers[buffer.id] != buffer { complain("array '\(buffer.name)' is not known here") }
    guard indices.count == buffer.shape.count else {
      return complain("'\(buffer.name)' has rank \(buffer.shape.count), not \(indices.count)")
    }
    for (axis, index) in indices.enumerated() {
      check(index)
      let range = range(index)
      // The conditions exclude each other: this is never executed.
      if facts.values.contains(where: \.isEmpty) { continue }
      // Conditions are not evaluated completely, so under one an index is a mistake only if it is
      // certainly out of bounds. The interpreter checks each position.
      let inside = 0..<buffer.shape[axis]
      let certain = facts.isEmpty || !inside.overlaps(range.lowerBound..<(range.upperBound + 1))
      if certain, range.lowerBound < 0 || range.upperBound >= buffer.shape[axis] {
        complain(
          "axis \(axis) of '\(buffer.name)' has \(buffer.shape[axis]) elements, but is indexed "
            + "with \(range.lowerBound)...\(range.upperBound)")
      }
    }
  }

  // Reports scalars and arrays that are never read.
  mutating func checkUse(_ body: [Statement]) {
    var read: Set<Local> = []
    var loaded: Set<Buffer> = []
    body.forEachExpression { (expression) in
      if case .local(let local) = expression { read.insert(local) }
      if case .load(let buffer, _) = expression { loaded.insert(buffer) }
    }
    body.forEachStatement { (statement) in
      switch statement {
      case .constant(let local, _), .variable(let local, _):
        if !read.contains(local) { complain("'\(local.name)' is never read") }
      case .array(let buffer, _):
        if !loaded.contains(buffer) { complain("array '\(buffer.name)' is never read") }
      case .tile(let tile):
        if !read.contains(tile.sum) { complain("'\(tile.sum.name)' is never read") }
      case .loop, .whileLoop, .assign, .store, .transform, .fetch, .when: break
      }
    }
  }
}
