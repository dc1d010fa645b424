package import LoopIR
internal import Support

extension LoopPass {
  /// Stores weights that functions of inference read in a narrower type, once after loading.
  ///
  ///     function infer { call multiply(x, @w, y) }
  /// ->
  ///     state w_bf16 derived
  ///     function infer { call multiply_bf16(x, @w_bf16, y) }
  ///     function prepare as prepare { call narrow(@w, @w_bf16) }
  ///
  /// What was prepared already, such as packed weights, is stored in that type at once. Kernels
  /// widen each number as they load it, so that sums are as exact as before; a function that reads
  /// each weight once takes the time of half of the bytes. Weights stay as they are where a kernel
  /// cannot read them so, or where there are few of them.
  package static func narrowWeights(to type: ElementType) -> LoopPass {
    LoopPass("narrow-weights", "store the weights of inference in the type of '--weights'") {
      program in
      if type == .f32 { return }
      var narrowing = Narrowing(program, type)
      narrowing.run()
      program = narrowing.program
    }
  }

  /// Arrays of fewer elements stay as they are.
  fileprivate static let fewestWeights = 1024
}

/// The states that are stored in another type, and the kernels that read and fill them.
private struct Narrowing {
  var program: LoopProgram
  private let type: ElementType
  private var kernels: [Variant: KernelID] = [:]

  // A kernel some of whose parameters are narrow.
  private struct Variant: Hashable {
    let kernel: KernelID
    let places: Set<Int>
  }

  init(_ program: LoopProgram, _ type: ElementType) {
    self.program = program
    self.type = type
  }

  mutating func run() {
    let states = program.states.indices.filter { isCandidate($0) && isNarrowable($0) }
    if states.isEmpty { return }
    var flag = StateSlot(
      ArrayDeclaration(name: "is_prepared", type: .bool, shape: []), role: .derived)
    if program.functions.contains(where: \.isPreparation) { flag = program.states.removeLast() }
    var places: [Int: Int] = [:]
    var preparation: [Step] = []
    for i in states {
      let state = program.states[i]
      let array = ArrayDeclaration(
        name: name(of: state), type: type, shape: state.array.shape)
      if state.role == .derived {
        program.states[i] = StateSlot(array, role: .derived)
        places[i] = i
      } else {
        places[i] = program.states.count
        program.states.append(StateSlot(array, role: .derived))
        let kernel = program.kernels.append(copy(of: state.array, to: array))
        preparation.append(.call(kernel, [.state(i), .state(program.states.count - 1)]))
      }
    }
    program.states.append(flag)
    for f in program.functions.indices where !program.functions[f].kind.isOfTraining {
      // What is prepared is filled in place; what it is made of stays as it is.
      let isPreparation = program.functions[f].isPreparation
      let known = isPreparation ? places.filter { $0.key == $0.value } : places
      program.functions[f].steps = program.functions[f].steps.map { changed($0, known) }
    }
    if let f = program.functions.firstIndex(where: \.isPreparation) {
      program.functions[f].steps += preparation
    } else {
      program.functions.append(
        LoopFunction(
          name: FunctionKind.prepare.fixedName(), kind: .prepare, inputs: [], outputs: [],
          temporaries: [], steps: preparation, summary: FunctionKind.prepare.row.summary))
    }
  }

  // Weights, or what is made of them alone.
  private func isCandidate(_ i: Int) -> Bool {
    let state = program.states[i]
    return (state.role == .parameter || state.role == .derived) && state.array.type == .f32
      && state.array.shape.count > 1 && state.array.count >= LoopPass.fewestWeights
  }

  // True iff functions of inference read the state, and do so only in kernels that can read it in
  // another type.
  private func isNarrowable(_ i: Int) -> Bool {
    let isDerived = program.states[i].role == .derived
    var isRead = false
    for function in program.functions where !function.kind.isOfTraining {
      if function.isPreparation && !isDerived { continue }
      for step in function.steps.flattened {
        guard step.operands.contains(where: { $0.base == .state(i) }) else { continue }
        guard case .call(let kernel, let operands) = step else { return false }
        let places = Set(operands.indices.filter { operands[$0].base == .state(i) })
        if program.kernels[kernel].narrowed(places, to: type) == nil { return false }
        if !function.isPreparation { isRead = true }
      }
    }
    return isRead
  }

  private func name(of state: StateSlot) -> String {
    let taken = Set(program.states.map(\.array.name))
    let name = "\(state.array.name)_\(type)"
    guard taken.contains(name) else { return name }
    return (2...).lazy.map { "\(name)_\($0)" }.first { !taken.contains($0) } ?? name
  }

  private mutating func changed(_ step: Step, _ places: [Int: Int]) -> Step {
    func all(_ steps: [Step]) -> [Step] { steps.map { changed($0, places) } }
    switch step {
    case .call(let kernel, let operands):
      let narrow = operands.indices.filter {
        if case .state(let i) = operands[$0].base { places[i] != nil } else { false }
      }
      if narrow.isEmpty { return step }
      return .call(
        variant(of: kernel, Set(narrow)),
        operands.map { operand in
          operand.mapped { if case .state(let i) = $0 { .state(places[i] ?? i) } else { $0 } }
        })
    case .loop(let variable, let body): return .loop(variable, all(body))
    case .whileLoop(let condition, let predicate, let body):
      return .whileLoop(condition: all(condition), predicate: predicate, body: all(body))
    case .branch(let predicate, let then, let otherwise):
      return .branch(predicate: predicate, then: all(then), otherwise: all(otherwise))
    case .fill, .copy, .probe: return step
    }
  }

  private mutating func variant(of kernel: KernelID, _ places: Set<Int>) -> KernelID {
    let key = Variant(kernel: kernel, places: places)
    if let known = kernels[key] { return known }
    guard var changed = program.kernels[kernel].narrowed(places, to: type) else {
      preconditionFailure("each kernel was asked before")
    }
    changed.name += "_\(type)"
    let id = program.kernels.append(changed)
    kernels[key] = id
    return id
  }

  // A kernel that copies an array into one of another type.
  private func copy(of array: ArrayDeclaration, to narrow: ArrayDeclaration) -> Kernel {
    let from = Buffer(id: 0, name: array.name, type: array.type, shape: array.shape)
    let to = Buffer(id: 1, name: narrow.name, type: narrow.type, shape: narrow.shape)
    let variables = array.shape.enumerated().map {
      Variable(id: $0.offset, name: $0.offset == 0 ? "i" : "i\($0.offset)", extent: $0.element)
    }
    let position = variables.map { Index($0) }
    let value = Expression.cast(.load(from, position), type)
    var body: [Statement] = [.store(to, position, value)]
    for variable in variables.reversed() {
      body = [.loop(Loop(variable, kind: .independent, body))]
    }
    return Kernel(
      name: "narrow_\(array.name)",
      parameters: [KernelParameter(from, .read), KernelParameter(to, .write)],
      definitions: [Definition(.buffer(to, position), value)], body: body, origins: [])
  }
}

extension Kernel {
  /// Returns the kernel with some of its arrays in another type; nil if it cannot be.
  fileprivate func narrowed(_ places: Set<Int>, to type: ElementType) -> Kernel? {
    var result = self
    var buffers: [Buffer: Buffer] = [:]
    for i in places {
      let old = parameters[i].buffer
      guard parameters[i].access == .read || parameters[i].access == .write else { return nil }
      let new = Buffer(id: old.id, name: old.name, type: type, shape: old.shape)
      buffers[old] = new
      result.parameters[i] = KernelParameter(
        new, parameters[i].access, becoming: parameters[i].becoming)
    }
    let change = BufferChange(buffers: buffers)
    var statements: [Statement] = []
    for statement in body {
      guard let changed = change.statement(statement) else { return nil }
      statements.append(changed)
    }
    result.body = statements
    result.definitions = definitions.map { change.definition($0) }
    return result
  }
}

/// Arrays that get another type: what is loaded from them is widened, what is stored narrowed.
private struct BufferChange {
  let buffers: [Buffer: Buffer]

  func expression(_ value: Expression) -> Expression {
    value.rewritten { part in
      guard case .load(let buffer, let indices) = part, let new = buffers[buffer] else {
        return part
      }
      return .cast(.load(new, indices), buffer.type)
    }
  }

  func index(_ index: Index) -> Index {
    index.rewritten { part in
      guard case .load(let buffer, let indices) = part, let new = buffers[buffer] else {
        return part
      }
      return .cast(.load(new, indices), buffer.type)
    }
  }

  func definition(_ definition: Definition) -> Definition {
    guard case .buffer(let buffer, let indices) = definition.target, let new = buffers[buffer]
    else { return Definition(definition.target, expression(definition.value)) }
    return Definition(.buffer(new, indices), .cast(expression(definition.value), new.type))
  }

  // Nil if a statement needs an array in its own type.
  func statement(_ statement: Statement) -> Statement? {
    switch statement {
    case .tile(var tile):
      if buffers[tile.left.buffer] != nil { return nil }
      if let new = buffers[tile.right.buffer] { tile.right.buffer = new }
      guard let body = block(tile.body) else { return nil }
      tile.body = body
      return .tile(tile)
    case .transform(let transform):
      let used = [transform.source.element.buffer, transform.target.element.buffer]
      return used.contains { buffers[$0] != nil } ? nil : statement
    case .store(let buffer, let indices, let value):
      let value = expression(value)
      guard let new = buffers[buffer] else {
        return .store(buffer, indices.map(index), value)
      }
      return .store(new, indices.map(index), .cast(value, new.type))
    case .fetch(let buffer, let indices, let count):
      return .fetch(buffers[buffer] ?? buffer, indices.map(index), count: count)
    case .loop(var loop):
      guard let body = block(loop.body) else { return nil }
      (loop.first, loop.end, loop.body) = (index(loop.first), index(loop.end), body)
      return .loop(loop)
    case .whileLoop(let condition, let body):
      return block(body).map { .whileLoop(expression(condition), $0) }
    case .when(let condition, let then, let otherwise):
      guard let then = block(then), let otherwise = block(otherwise) else { return nil }
      return .when(expression(condition), then: then, otherwise: otherwise)
    case .constant, .variable, .assign, .array: return statement.mapped(expression, index)
    }
  }

  private func block(_ statements: [Statement]) -> [Statement]? {
    var result: [Statement] = []
    for item in statements {
      guard let changed = statement(item) else { return nil }
      result.append(changed)
    }
    return result
  }
}
