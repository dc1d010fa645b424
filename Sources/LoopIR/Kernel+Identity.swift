/// A kernel without its names: kernels of equal identity are merged.
package struct KernelIdentity: Hashable, Sendable {
  private let parameters: [KernelParameter]
  private let body: [Statement]

  package init(_ kernel: Kernel) {
    parameters = kernel.parameters.map { KernelParameter(nameless($0.buffer), $0.access) }
    body = kernel.body.map { nameless($0) }
  }
}

private func nameless(_ buffer: Buffer) -> Buffer {
  Buffer(id: buffer.id, name: "", type: buffer.type, shape: buffer.shape)
}

private func nameless(_ local: Local) -> Local { Local(id: local.id, name: "", type: local.type) }

private func nameless(_ variable: Variable) -> Variable {
  Variable(id: variable.id, name: "", extent: variable.extent)
}

private func nameless(_ index: Index) -> Index {
  index.substituting { Index(nameless($0)) }.rewritten { inner($0) }
}

private func nameless(_ value: Expression) -> Expression {
  value.substituting { Index(nameless($0)) }.rewritten { inner($0) }
}

// The value with its arrays and locals numbered by first use, and variables without names.
private func inner(_ part: Expression) -> Expression {
  switch part {
  case .load(let buffer, let indices): .load(nameless(buffer), indices)
  case .local(let local): .local(nameless(local))
  case .literal, .apply, .cast, .index, .within, .reduce: part
  }
}

private func nameless(_ element: Element) -> Element {
  Element(nameless(element.buffer), element.indices.map { nameless($0) })
}

private func nameless(_ matrices: LaneMatrices) -> LaneMatrices {
  LaneMatrices(
    nameless(matrices.element), row: nameless(matrices.row), column: nameless(matrices.column))
}

// The statement with all names removed.
private func nameless(_ statement: Statement) -> Statement {
  func all(_ body: [Statement]) -> [Statement] { body.map { nameless($0) } }
  switch statement {
  case .loop(var loop):
    loop.variable = nameless(loop.variable)
    (loop.first, loop.end) = (nameless(loop.first), nameless(loop.end))
    loop.body = all(loop.body)
    return .loop(loop)
  case .tile(var tile):
    tile.rows = tile.rows.map { nameless($0) }
    tile.column = nameless(tile.column)
    tile.sum = nameless(tile.sum)
    tile.joined = tile.joined.map { nameless($0) }
    (tile.left, tile.right) = (nameless(tile.left), nameless(tile.right))
    tile.body = all(tile.body)
    return .tile(tile)
  case .transform(let transform):
    return .transform(
      Transform(
        transform.matrix, nameless(transform.source), into: nameless(transform.target),
        lane: nameless(transform.lane)))
  case .whileLoop(let condition, let body): return .whileLoop(nameless(condition), all(body))
  case .constant(let local, let value): return .constant(nameless(local), nameless(value))
  case .variable(let local, let value): return .variable(nameless(local), nameless(value))
  case .assign(let local, let value): return .assign(nameless(local), nameless(value))
  case .array(let buffer, let fill): return .array(nameless(buffer), fill: fill)
  case .fetch(let buffer, let indices, let count):
    return .fetch(nameless(buffer), indices.map { nameless($0) }, count: count)
  case .store(let buffer, let indices, let value):
    return .store(nameless(buffer), indices.map { nameless($0) }, nameless(value))
  case .when(let condition, let then, let otherwise):
    return .when(nameless(condition), then: all(then), otherwise: all(otherwise))
  }
}
