internal import LoopIR

// The kernels that read weights in a narrower type.
extension Kernel {
  /// The axes of an array that the kernel does not sum over; nil if it cannot read the array in
  /// another type.
  func channels(of parameter: KernelParameter) -> Set<Int>? {
    guard parameter.access == .read else { return nil }
    let buffer = parameter.buffer
    var result = Set(buffer.shape.indices)
    var isPossible = true
    body.forEachStatement { statement in
      switch statement {
      case .tile(let tile):
        if tile.left.buffer == buffer { isPossible = false }
        if tile.right.buffer != buffer { break }
        result.formIntersection(tile.right.axes(without: tile.joined))
      case .transform(let transform):
        if transform.source.element.buffer == buffer { isPossible = false }
      case .loop, .whileLoop, .constant, .variable, .assign, .array, .store, .when, .fetch: break
      }
    }
    for definition in definitions {
      definition.value.forEachLoad(reducing: []) { element, reduced in
        if element.buffer == buffer { result.formIntersection(element.axes(without: reduced)) }
      }
    }
    return isPossible ? result : nil
  }

  /// The kernel with some of its arrays in another type. Those with channels are integers, and get
  /// arrays of scales as further parameters, in order.
  func reading(_ channels: [Int: [Int]], as type: ElementType) -> Kernel {
    var result = self
    result.name += "_\(type)"
    var change = NarrowReads(arrays: [:])
    var id = (parameters.map(\.buffer.id).max() ?? 0) + 1
    body.forEachStatement { if case .array(let own, _) = $0 { id = max(id, own.id + 1) } }
    for (i, axes) in channels.sorted(by: { $0.key < $1.key }) {
      let old = parameters[i].buffer
      let new = Buffer(id: old.id, name: old.name, type: type, shape: old.shape)
      result.parameters[i] = KernelParameter(new, .read)
      var scale: Buffer?
      if type == .i8 {
        let own = Buffer(
          id: id, name: "\(old.name)_scale", type: .f32, shape: axes.map { old.shape[$0] })
        result.parameters.append(KernelParameter(own, .read))
        scale = own
        id += 1
      }
      change.arrays[old] = NarrowReads.Array(numbers: new, scale: scale, channels: axes)
    }
    result.body = body.map { change.statement($0) }
    result.definitions = definitions.map { Definition($0.target, change.expression($0.value)) }
    return result
  }
}

extension Kernel {
  /// The kernel with an array that it fills in another type; nil if it does more than store
  /// elements of it.
  func storing(_ place: Int, as type: ElementType) -> Kernel? {
    let old = parameters[place].buffer
    let new = Buffer(id: old.id, name: old.name, type: type, shape: old.shape)
    var isPossible = parameters[place].access == .write
    body.forEachExpression { if case .load(old, _) = $0 { isPossible = false } }
    body.forEachStatement { statement in
      guard case .transform(let transform) = statement else { return }
      if transform.target.element.buffer == old { isPossible = false }
    }
    guard isPossible else { return nil }
    var result = self
    result.name += "_\(type)"
    result.parameters[place] = KernelParameter(new, .write)
    result.body = body.map { stored($0, old, new) }
    result.definitions = definitions.map { definition in
      guard case .buffer(old, let indices) = definition.target else { return definition }
      return Definition(.buffer(new, indices), .cast(definition.value, type))
    }
    return result
  }

  private func stored(_ statement: Statement, _ old: Buffer, _ new: Buffer) -> Statement {
    func block(_ body: [Statement]) -> [Statement] { body.map { stored($0, old, new) } }
    switch statement {
    case .store(old, let indices, let value): return .store(new, indices, .cast(value, new.type))
    case .loop(var loop):
      loop.body = block(loop.body)
      return .loop(loop)
    case .tile(var tile):
      tile.body = block(tile.body)
      return .tile(tile)
    case .whileLoop(let condition, let body): return .whileLoop(condition, block(body))
    case .when(let condition, let then, let otherwise):
      return .when(condition, then: block(then), otherwise: block(otherwise))
    case .constant, .variable, .assign, .array, .store, .transform, .fetch: return statement
    }
  }
}

/// Replaces loads from some arrays by loads of narrower numbers, which it widens and scales.
private struct NarrowReads {
  struct Array {
    let numbers: Buffer
    let scale: Buffer?
    let channels: [Int]

    /// The scale of an element; nil without scales.
    func scale(at indices: [Index]) -> Expression? {
      scale.map { .load($0, channels.map { indices[$0] }) }
    }
  }

  var arrays: [Buffer: Array]

  private func read(_ part: Expression) -> Expression {
    guard case .load(let buffer, let indices) = part, let array = arrays[buffer] else {
      return part
    }
    let number = Expression.cast(.load(array.numbers, indices), buffer.type)
    return array.scale(at: indices).map { .apply(.multiply, [number, $0]) } ?? number
  }

  func expression(_ value: Expression) -> Expression { value.rewritten(read) }

  private func index(_ index: Index) -> Index { index.rewritten(read) }

  func statement(_ statement: Statement) -> Statement {
    func block(_ body: [Statement]) -> [Statement] { body.map { self.statement($0) } }
    switch statement {
    case .tile(var tile):
      tile.body = block(tile.body)
      guard let array = arrays[tile.right.buffer] else { return .tile(tile) }
      // The sums are of unscaled numbers.
      if let scale = array.scale(at: tile.right.indices) {
        let sum = tile.sum
        let scaled = Expression.apply(.multiply, [.local(sum), scale])
        tile.body = tile.body.map { inner in
          inner.mapped({ $0.rewritten { $0 == .local(sum) ? scaled : $0 } }, { $0 })
        }
      }
      tile.right.buffer = array.numbers
      return .tile(tile)
    case .loop(var loop):
      (loop.first, loop.end) = (index(loop.first), index(loop.end))
      loop.body = block(loop.body)
      return .loop(loop)
    case .whileLoop(let condition, let body):
      return .whileLoop(expression(condition), block(body))
    case .when(let condition, let then, let otherwise):
      return .when(expression(condition), then: block(then), otherwise: block(otherwise))
    case .fetch(let buffer, let indices, let count):
      return .fetch(arrays[buffer]?.numbers ?? buffer, indices.map(index), count: count)
    case .constant, .variable, .assign, .array, .store, .transform:
      return statement.mapped(expression, index)
    }
  }
}

// The kernels that fill narrow arrays.
extension Kernel {
  /// Copies an array into one of another type.
  static func narrowing(_ array: ArrayDeclaration, to type: ElementType) -> Kernel {
    let walk = ArrayWalk(array)
    let to = Buffer(id: 1, name: "narrow", type: type, shape: array.shape)
    let value = Expression.cast(.load(walk.buffer, walk.position), type)
    return Kernel(
      name: "narrow_\(array.name)",
      parameters: [KernelParameter(walk.buffer, .read), KernelParameter(to, .write)],
      definitions: [Definition(.buffer(to, walk.position), value)],
      body: walk.nest([.store(to, walk.position, value)], over: walk.variables), origins: [])
  }

  /// Computes the scale of each channel of an array: its largest weight becomes 127.
  static func scaling(_ array: ArrayDeclaration, _ channels: [Int]) -> Kernel {
    let walk = ArrayWalk(array)
    let scale = Buffer(id: 1, name: "scale", type: .f32, shape: channels.map { array.shape[$0] })
    let kept = channels.map { walk.variables[$0] }
    let rest = walk.variables.filter { !kept.contains($0) }
    let place = kept.map { Index($0) }
    let size = Expression.apply(.absolute, [.load(walk.buffer, walk.position)])
    func number(_ value: Double) -> Expression { .literal(Literal(value, .f32)) }
    // A channel of zeros must have a scale, too.
    func scaled(_ largest: Expression) -> Expression {
      .apply(.divide, [.apply(.maximum, [largest, number(1e-30)]), number(127)])
    }
    let largest = Local(id: 0, name: "largest", type: .f32)
    let add = Statement.assign(largest, .apply(.maximum, [.local(largest), size]))
    let body =
      [.variable(largest, number(0))] + walk.nest([add], over: rest, kind: .serial)
      + [Statement.store(scale, place, scaled(.local(largest)))]
    return Kernel(
      name: "scale_\(array.name)",
      parameters: [KernelParameter(walk.buffer, .read), KernelParameter(scale, .write)],
      definitions: [Definition(.buffer(scale, place), scaled(.reduce(.maximum, rest, size)))],
      body: walk.nest(body, over: kept), origins: [])
  }

  /// Stores the numbers of an array as multiples of the scales of their channels.
  static func quantising(
    _ array: ArrayDeclaration, _ channels: [Int], to type: ElementType
  ) -> Kernel {
    let walk = ArrayWalk(array)
    let scale = Buffer(id: 1, name: "scale", type: .f32, shape: channels.map { array.shape[$0] })
    let to = Buffer(id: 2, name: "narrow", type: type, shape: array.shape)
    let steps = Expression.apply(
      .divide,
      [
        .load(walk.buffer, walk.position), .load(scale, channels.map { walk.position[$0] }),
      ])
    let value = Expression.cast(.apply(.round, [steps]), type)
    return Kernel(
      name: "quantise_\(array.name)",
      parameters: [
        KernelParameter(walk.buffer, .read), KernelParameter(scale, .read),
        KernelParameter(to, .write),
      ],
      definitions: [Definition(.buffer(to, walk.position), value)],
      body: walk.nest([.store(to, walk.position, value)], over: walk.variables), origins: [])
  }
}

/// Loops over all elements of an array.
private struct ArrayWalk {
  let buffer: Buffer
  let variables: [Variable]

  init(_ array: ArrayDeclaration) {
    buffer = Buffer(id: 0, name: "weights", type: array.type, shape: array.shape)
    variables = array.shape.enumerated().map {
      Variable(id: $0.offset, name: ["i", "j", "k", "l"][$0.offset % 4], extent: $0.element)
    }
  }

  var position: [Index] { variables.map { Index($0) } }

  func nest(
    _ body: [Statement], over variables: [Variable], kind: Loop.Kind = .independent
  ) -> [Statement] {
    variables.reversed().reduce(body) { [.loop(Loop($1, kind: kind, $0))] }
  }
}

extension Element {
  /// The axes along which none of the variables moves.
  fileprivate func axes(without variables: [Variable]) -> Set<Int> {
    Set(indices.indices.filter { axis in !variables.contains { indices[axis].uses($0) } })
  }
}

extension Expression {
  /// Calls `visit` for each load, with the variables that are reduced around it.
  fileprivate func forEachLoad(
    reducing variables: [Variable], _ visit: (Element, [Variable]) -> Void
  ) {
    if case .load(let buffer, let indices) = self { visit(Element(buffer, indices), variables) }
    var inside = variables
    if case .reduce(_, let own, _) = self { inside += own }
    for operand in operands { operand.forEachLoad(reducing: inside, visit) }
    for index in indices { index.forEachValue { $0.forEachLoad(reducing: inside, visit) } }
  }
}
