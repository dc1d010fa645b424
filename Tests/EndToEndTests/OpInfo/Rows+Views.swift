import GraphIR
import GraphKit
import LoopIR

// Elements moved, and tensors of constants.

func addViews(_ table: inout OpInfoTable) {
  addShapes(&table)
  addAxes(&table)
  addPieces(&table)
  addJoined(&table)
  addDiagonals(&table)
  addConstants(&table)
  addPadding(&table)
}

/// Returns tensors made of elements of `x`, by their numbers in row-major order; zero where nil.
func picked(_ x: Tensor, _ places: [Int?], _ dims: [Int]) -> Tensor {
  let index = Tensor(values: places.map { Double($0 ?? 0) }, shape: Shape(dims), .i32)
  let elements = x.flattened().gather(index, axis: 0)
  if places.allSatisfy({ $0 != nil }) { return elements }
  let isThere = Tensor(values: places.map { $0 == nil ? 0 : 1 }, shape: Shape(dims), .bool)
  return select(isThere, elements, elements.filled(0))
}

/// All positions in a shape, in row-major order.
func positions(_ dims: [Int]) -> [[Int]] { Numbers.positions(dims) }

/// Calls `place` for each position in a shape and returns what it gives.
func places(_ dims: [Int], _ place: ([Int]) -> Int?) -> [Int?] {
  positions(dims).map(place)
}

/// Returns the number of an element in row-major order.
func offset(_ position: [Int], _ dims: [Int]) -> Int {
  zip(position, dims).reduce(0) { $0 * $1.1 + $1.0 }
}

extension Tensor {
  var dims: [Int] { shape.dims }

  /// At least so many axes, new ones in front.
  func leading(_ rank: Int) -> Tensor {
    self.rank >= rank ? self : reshaped(Shape(Array(repeating: 1, count: rank - self.rank) + dims))
  }
}

private func addShapes(_ table: inout OpInfoTable) {
  table.add("reshape", "view", "view_copy") {
    try $0.x.reshaped(Shape(try $0.ints(1, "shape") ?? []))
  }
  table.add("reshape_as", "view_as") { try $0.x.reshaped(try $0.tensor(1).shape) }
  table.add("ravel") { try $0.x.reshaped([-1]) }
  table.add("flatten") {
    let x = try $0.x
    if x.rank == 0 { return x.reshaped([1]) }
    let first = try $0.axis(x, 1, "start_dim")
    let last = try $0.axis(x, 2, "end_dim", or: -1)
    return x.reshaped(
      Shape(x.dims[..<first] + [x.dims[first...last].reduce(1, *)] + x.dims[(last + 1)...]))
  }
  table.add("unflatten") {
    let x = try $0.x
    let axis = try $0.axis(x)
    var sizes = try $0.ints(2, "sizes") ?? []
    let known = sizes.filter { $0 >= 0 }.reduce(1, *)
    sizes = sizes.map { $0 < 0 ? x.dims[axis] / known : $0 }
    return x.reshaped(Shape(x.dims[..<axis] + sizes + x.dims[(axis + 1)...]))
  }
  table.add("squeeze", "squeeze_copy") {
    let x = try $0.x
    let axes = try $0.ints(1, "dim").map { $0.map { $0 < 0 ? $0 + Swift.max(x.rank, 1) : $0 } }
    return x.reshaped(
      Shape(
        x.dims.enumerated().filter { i, extent in
          extent != 1 || !(axes?.contains(i) ?? true)
        }.map(\.element)))
  }
  table.add("unsqueeze", "unsqueeze_copy") { try $0.x.expanded(at: try $0.int(1, "dim") ?? 0) }
  table.add("atleast_1d") { try $0.x.leading(1) }
  table.add("atleast_2d") { try $0.x.leading(2) }
  table.add("atleast_3d") {
    let x = try $0.x
    if x.rank >= 3 { return x }
    return x.rank == 2 ? x.expanded(at: -1) : x.reshaped(Shape([1, x.shape.count, 1]))
  }
  table.add("expand", "broadcast_to", "expand_copy") {
    let x = try $0.x
    let dims = try $0.ints(1, "shape") ?? []
    let own = x.leading(dims.count).dims
    return x.broadcast(to: Shape(zip(dims, own).map { $0 == -1 ? $1 : $0 }))
  }
  table.add("expand_as") { try $0.x.broadcast(to: try $0.tensor(1).shape) }
  table.addMany("broadcast_tensors") { call in
    let tensors = call.tensors
    guard
      let shape = tensors.reduce(Optional(Shape([])), { Shape.broadcast($0 ?? [], $1.shape) })
    else { throw Inexpressible("shapes that do not fit") }
    return tensors.map { $0.broadcast(to: shape) }
  }
  table.add("repeat", "tile") {
    var counts = try $0.ints(1) ?? []
    let rank = Swift.max(counts.count, try $0.x.rank)
    counts = Array(repeating: 1, count: rank - counts.count) + counts
    let x = try $0.x.leading(rank)
    return zip(0..<rank, counts).reduce(x) { x, part in
      part.1 == 1 ? x : concatenate(Array(repeating: x, count: part.1), axis: part.0)
    }
  }
}

private func addAxes(_ table: inout OpInfoTable) {
  table.add("permute", "permute_copy") { try $0.x.transposed(try $0.ints(1, "dims") ?? []) }
  table.add("transpose", "transpose_copy") {
    let x = try $0.x
    if x.rank == 0 { return x }
    var axes = Array(0..<x.rank)
    axes.swapAt(try $0.axis(x, 1, "dim0"), try $0.axis(x, 2, "dim1"))
    return x.transposed(axes)
  }
  table.add("t", "t_copy", "T") {
    let x = try $0.x
    return x.rank < 2 ? x : x.transposed(Array((0..<x.rank).reversed()))
  }
  table.add("mT") { try $0.x.transposed() }
  table.add("movedim") { call in
    let x = try call.x
    let axes = try [1, 2].map { place in
      (try call.ints(place) ?? []).map { $0 < 0 ? $0 + x.rank : $0 }
    }
    let (from, to) = (axes[0], axes[1])
    var order = Array(repeating: -1, count: x.rank)
    for (a, b) in zip(from, to) { order[b] = a }
    var rest = (0..<x.rank).filter { !from.contains($0) }[...]
    for i in order.indices where order[i] < 0 { order[i] = rest.removeFirst() }
    return x.transposed(order)
  }
  table.add("flip") { try $0.x.reversed(axes: try $0.ints(1, "dims") ?? []) }
  table.add("fliplr") { try $0.x.reversed(axes: [1]) }
  table.add("flipud") { try $0.x.reversed(axes: [0]) }
  table.add("roll") {
    let x = try $0.x
    let shifts = try $0.ints(1, "shifts") ?? []
    guard let axes = try $0.ints(2, "dims"), !axes.isEmpty else {
      return rolled(x.reshaped([-1]), shifts[0], 0).reshaped(x.shape)
    }
    return zip(shifts, axes).reduce(x) { rolled($0, $1.0, $1.1 < 0 ? $1.1 + x.rank : $1.1) }
  }
  table.add("rot90") {
    let x = try $0.x
    let turns = ((try $0.int(1, "k") ?? 1) % 4 + 4) % 4
    let axes = (try $0.ints(2, "dims") ?? [0, 1]).map { $0 < 0 ? $0 + x.rank : $0 }
    var order = Array(0..<x.rank)
    order.swapAt(axes[0], axes[1])
    switch turns {
    case 1: return x.reversed(axes: [axes[1]]).transposed(order)
    case 2: return x.reversed(axes: axes)
    case 3: return x.reversed(axes: [axes[0]]).transposed(order)
    default: return x
    }
  }
}

// Elements moved by `shift` places along an axis, from the end to the front.
private func rolled(_ x: Tensor, _ shift: Int, _ axis: Int) -> Tensor {
  if x.rank == 0 { return x }
  let extent = x.dims[axis]
  let split = ((-shift) % extent + extent) % extent
  if split == 0 { return x }
  return concatenate([x.sliced(axis, split..<extent), x.sliced(axis, 0..<split)], axis: axis)
}

private func addPieces(_ table: inout OpInfoTable) {
  table.add("narrow", "narrow_copy") {
    let x = try $0.x
    guard let start = try $0.int(2, "start"), let count = try $0.int(3, "length") else {
      throw Inexpressible("a slice without a place")
    }
    let axis = try $0.axis(x)
    let first = start < 0 ? start + x.dims[axis] : start
    return x.sliced(axis, first..<(first + count))
  }
  table.add("select") {
    let x = try $0.x
    let axis = try $0.axis(x)
    let index = try $0.int(2, "index") ?? 0
    return x.element(index < 0 ? index + x.dims[axis] : index, of: axis)
  }
  table.add("slice") {
    let x = try $0.x
    let axis = try $0.axis(x)
    return sliced(x, axis, try $0.int(2, "start"), try $0.int(3, "end"), try $0.int(4, "step"))
  }
  table.add("diff") {
    var x = try $0.x
    if x.rank == 0 { throw Inexpressible("differences of a single number") }
    if try $0.int(1, "n") == 0 { return x }
    let axis = try $0.axis(x, 2, or: -1)
    let sides = [try $0.optionalTensor(3, "prepend"), try $0.optionalTensor(4, "append")]
    x = concatenate([sides[0], x, sides[1]].compactMap(\.self), axis: axis)
    for _ in 0..<(try $0.int(1, "n") ?? 1) {
      let (head, tail) = (
        x.sliced(axis, 0..<(x.dims[axis] - 1)), x.sliced(axis, 1..<x.dims[axis])
      )
      x = x.elementType == .bool ? tail .!= head : tail - head
    }
    return x
  }
  table.addMany("unbind", "unbind_copy") {
    let x = try $0.x
    let axis = try $0.axis(x)
    return (0..<x.dims[axis]).map { x.element($0, of: axis) }
  }
  table.addMany("chunk") {
    let x = try $0.x
    let axis = try $0.axis(x, 2)
    let count = try $0.int(1, "chunks") ?? 1
    let size = (x.dims[axis] + count - 1) / count
    return split(x, axis, sizes(x.dims[axis], each: size))
  }
  table.addMany("split", "split_with_sizes", "split_with_sizes_copy") {
    let x = try $0.x
    let axis = try $0.axis(x, 2)
    if case .list? = $0.value(1) { return split(x, axis, try $0.ints(1) ?? []) }
    return split(x, axis, sizes(x.dims[axis], each: try $0.int(1) ?? 1))
  }
  addSplits(&table)
}

private func addSplits(_ table: inout OpInfoTable) {
  let splits = [("tensor_split", -1), ("hsplit", 1), ("vsplit", 0), ("dsplit", 2)]
  for (name, own) in splits {
    table.addMany(name) {
      let x = try $0.x
      let axis = own < 0 ? try $0.axis(x, 2) : Swift.min(own, x.rank - 1)
      let extent = x.dims[axis]
      var ends: [Int]
      if case .list? = $0.value(1, "indices") {
        ends = try $0.ints(1, "indices") ?? []
      } else {
        let count = try $0.int(1, "sections") ?? 1
        // The first pieces get what is left over.
        ends = (1..<count).map { $0 * (extent / count) + Swift.min($0, extent % count) }
      }
      ends = [0] + ends.map { Swift.min($0, extent) } + [extent]
      if zip(ends, ends.dropFirst()).contains(where: { $0 >= $1 }) {
        throw Inexpressible("tensors without elements")
      }
      return zip(ends, ends.dropFirst()).map { x.sliced(axis, $0..<$1) }
    }
  }
}

private func sizes(_ extent: Int, each size: Int) -> [Int] {
  stride(from: 0, to: extent, by: size).map { Swift.min(size, extent - $0) }
}

private func split(_ x: Tensor, _ axis: Int, _ sizes: [Int]) -> [Tensor] {
  var start = 0
  return sizes.map { size in
    defer { start += size }
    return x.sliced(axis, start..<(start + size))
  }
}

/// A slice as Python means it.
func sliced(_ x: Tensor, _ axis: Int, _ start: Int?, _ end: Int?, _ step: Int?) -> Tensor {
  let extent = x.dims[axis]
  func inside(_ i: Int) -> Int { Swift.min(Swift.max(i < 0 ? i + extent : i, 0), extent) }
  return x.sliced(axis, inside(start ?? 0)..<inside(end ?? extent), step: step ?? 1)
}

private func addJoined(_ table: inout OpInfoTable) {
  table.add("cat") { call in
    let tensors = try call.list(0)
    return concatenate(tensors, axis: try call.axis(tensors[0]))
  }
  table.add("stack") {
    let axis = try $0.int(1, "dim") ?? 0
    return GraphKit.stack(try $0.list(0), axis: axis)
  }
  table.add("hstack") {
    let tensors = try $0.list(0).map { $0.leading(1) }
    return concatenate(tensors, axis: tensors[0].rank == 1 ? 0 : 1)
  }
  table.add("vstack") { concatenate(try $0.list(0).map { $0.leading(2) }, axis: 0) }
  table.add("dstack") {
    let tensors = try $0.list(0).map { x in
      x.rank >= 3 ? x : x.leading(2).expanded(at: -1)
    }
    return concatenate(tensors, axis: 2)
  }
  table.add("column_stack") {
    let tensors = try $0.list(0).map { x in
      x.rank >= 2 ? x : x.reshaped(Shape([x.shape.count, 1]))
    }
    return concatenate(tensors, axis: 1)
  }
  table.addMany("meshgrid") { call in
    let tensors = try call.sample.name.hasSuffix("list_of_tensors") ? call.list(0) : call.tensors
    let counts = tensors.map { $0.shape.count }
    let swaps = call.text(nil, "indexing") == "xy" && tensors.count > 1
    return tensors.enumerated().map { i, x in
      let grid = x.reshaped([counts[i]]).broadcast(to: Shape(counts), axes: [i])
      let order = [1, 0] + Array(2..<Swift.max(tensors.count, 2))
      return swaps ? grid.transposed(order) : grid
    }
  }
  table.add("cartesian_prod") { call in
    let counts = call.tensors.map { $0.shape.count }
    if counts.count == 1 { return call.tensors[0] }
    let columns = call.tensors.enumerated().map { i, x in
      x.broadcast(to: Shape(counts), axes: [i]).reshaped([-1])
    }
    return GraphKit.stack(columns, axis: 1)
  }
  table.add("block_diag") { call in
    let blocks = call.tensors.map { $0.leading(2) }
    let width = blocks.map { $0.dims[1] }.reduce(0, +)
    var start = 0
    let rows = blocks.map { block in
      defer { start += block.dims[1] }
      return block.padded([(0, 0), (start, width - start - block.dims[1])])
    }
    return concatenate(rows, axis: 0)
  }
  table.add("combinations") {
    let x = try $0.x
    let count = try $0.int(1, "r") ?? 2
    let repeats = $0.flag(2, "with_replacement")
    let rows = positions(Array(repeating: x.dims[0], count: count)).filter { row in
      zip(row, row.dropFirst()).allSatisfy { repeats ? $0 <= $1 : $0 < $1 }
    }
    if rows.isEmpty { throw Inexpressible("tensors without elements") }
    return picked(x, rows.flatMap { $0 }, [rows.count, count])
  }
}

private func addDiagonals(_ table: inout OpInfoTable) {
  table.add("diagonal", "diagonal_copy", "linalg.diagonal") {
    let x = try $0.x
    let usual = $0.sample.name == "linalg.diagonal" ? (-2, -1) : (0, 1)
    return diagonal(
      x, try $0.int(1, "offset") ?? 0, try $0.axis(x, 2, "dim1", or: usual.0),
      try $0.axis(x, 3, "dim2", or: usual.1))
  }
  table.add("diag") {
    let x = try $0.x
    let offset = try $0.int(1, "diagonal") ?? 0
    return x.rank == 2 ? diagonal(x, offset, 0, 1) : embedded(x, offset)
  }
  table.add("diagflat") { embedded(try $0.x.reshaped([-1]), try $0.int(1, "offset") ?? 0) }
  table.add("diag_embed") {
    let x = try $0.x
    let first = try $0.int(2, "dim1") ?? -2
    let second = try $0.int(3, "dim2") ?? -1
    let rank = x.rank + 1
    let y = embedded(x, try $0.int(1, "offset") ?? 0)
    let (a, b) = (first < 0 ? first + rank : first, second < 0 ? second + rank : second)
    var rest = Array(0..<(rank - 2))[...]
    return y.transposed(
      (0..<rank).map { $0 == a ? rank - 2 : $0 == b ? rank - 1 : rest.removeFirst() })
  }
  table.add("tril") { triangle(try $0.x, try $0.int(1, "diagonal") ?? 0, upper: false) }
  table.add("triu") { triangle(try $0.x, try $0.int(1, "diagonal") ?? 0, upper: true) }
  table.add("trace") { diagonal(try $0.x, 0, 0, 1).sum() }
  table.add("unfold", "unfold_copy") {
    let x = try $0.x
    let axis = try $0.axis(x)
    guard let size = try $0.int(2, "size"), let step = try $0.int(3, "step") else {
      throw Inexpressible("windows without a size")
    }
    if x.rank == 0 { return x.reshaped([1]) }
    let count = (x.dims[axis] - size) / step + 1
    let dims = x.dims[..<axis] + [count] + x.dims[(axis + 1)...] + [size]
    return picked(
      x,
      places(Array(dims)) { position in
        var source = Array(position.dropLast())
        source[axis] = source[axis] * step + position[x.rank]
        return offset(source, x.dims)
      }, Array(dims))
  }
}

/// The elements of two axes whose positions differ by `offset`, as the last axis.
func diagonal(_ x: Tensor, _ shift: Int, _ first: Int, _ second: Int) -> Tensor {
  let rest = (0..<x.rank).filter { $0 != first && $0 != second }
  let count = Swift.min(x.dims[first] + Swift.min(shift, 0), x.dims[second] - Swift.max(shift, 0))
  let dims = rest.map { x.dims[$0] } + [count]
  return picked(
    x,
    places(dims) { position in
      var source = Array(repeating: 0, count: x.rank)
      for (i, axis) in rest.enumerated() { source[axis] = position[i] }
      source[first] = position[rest.count] - Swift.min(shift, 0)
      source[second] = position[rest.count] + Swift.max(shift, 0)
      return offset(source, x.dims)
    }, dims)
}

// The last axis on a diagonal of matrices.
private func embedded(_ x: Tensor, _ shift: Int) -> Tensor {
  let x = x.rank == 0 ? x.reshaped([1]) : x
  let size = x.dims[x.rank - 1] + Swift.abs(shift)
  let dims = x.dims.dropLast() + [size, size]
  return picked(
    x,
    places(Array(dims)) { position in
      let (i, j) = (position[x.rank - 1], position[x.rank])
      guard j - i == shift else { return nil }
      return offset(position.dropLast(2) + [Swift.min(i, j)], x.dims)
    }, Array(dims))
}

/// The elements of matrices on one side of a diagonal, and zeros.
func triangle(_ x: Tensor, _ shift: Int, upper: Bool) -> Tensor {
  let values = positions(Array(x.dims.suffix(2))).map { position -> Double in
    let distance = position[1] - position[0]
    return (upper ? distance >= shift : distance <= shift) ? 1 : 0
  }
  let mask = Tensor(values: values, shape: Shape(Array(x.dims.suffix(2))), .bool)
  return select(mask, x, x.filled(0))
}

private func addConstants(_ table: inout OpInfoTable) {
  table.add("zeros_like") { try $0.x.filled(0, as: try $0.type() ?? $0.x.elementType) }
  table.add("ones_like") { try $0.x.filled(1, as: try $0.type() ?? $0.x.elementType) }
  table.add("full_like") {
    try $0.x.filled($0.number(1) ?? 0, as: $0.type() ?? $0.x.elementType)
  }
  table.add("new_zeros", "new_ones", "new_full") {
    let value = $0.sample.name == "new_full" ? try $0.number(2) ?? 0 : 1
    let shape = Shape(try $0.ints(1) ?? [])
    let type = try $0.type() ?? $0.x.elementType
    return full(shape, $0.sample.name == "new_zeros" ? 0 : value, type)
  }
  table.add("zeros") { zeros(Shape(try $0.ints(0) ?? []), $0.type() ?? .f32) }
  table.add("ones") { ones(Shape(try $0.ints(0) ?? []), $0.type() ?? .f32) }
  table.add("full") { full(Shape(try $0.ints(0) ?? []), try $0.number(1) ?? 0, $0.type() ?? .f32) }
  table.add("arange") { call in
    let given = try call.sample.arguments.indices.compactMap { try call.number($0) }
    let start = given.count == 1 ? 0 : given[0]
    let end = given.count == 1 ? given[0] : given[1]
    let step = given.count == 3 ? given[2] : 1
    let count = Int(((end - start) / step).rounded(.up))
    let type = call.type() ?? .f32
    guard count > 0 else { throw Inexpressible("tensors without elements") }
    // Integers are cut before they are counted on.
    let (first, each) =
      type.isInteger ? (start.rounded(.towardZero), step.rounded(.towardZero)) : (start, step)
    let numbers = range(count, type)
    return numbers * numbers.filled(each) + numbers.filled(first)
  }
  table.add("eye") {
    let rows = try $0.int(0) ?? 1
    let columns = try $0.int(1) ?? rows
    let values = positions([rows, columns]).map { $0[0] == $0[1] ? 1.0 : 0.0 }
    return Tensor(values: values, shape: [rows, columns], $0.type() ?? .f32)
  }
}

private func addPadding(_ table: inout OpInfoTable) {
  table.add("constant_pad_nd", "nn.functional.pad:constant") {
    let x = try $0.x
    let amounts = padding(try $0.ints(1, "pad") ?? [], rank: x.rank)
    let place = $0.sample.name == "constant_pad_nd" ? 2 : 3
    return x.padded(
      amounts.map { ($0.0, $0.1) }, value: try $0.number(place, "value") ?? $0.number(2) ?? 0)
  }
  let modes: [(String, (Int, Int) -> Int)] = [
    ("reflect", { i, n in i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i }),
    ("replicate", { i, n in Swift.min(Swift.max(i, 0), n - 1) }),
    ("replicate_negative", { i, n in Swift.min(Swift.max(i, 0), n - 1) }),
    ("circular", { i, n in ((i % n) + n) % n }),
  ]
  for (mode, place) in modes {
    table.add("nn.functional.pad:\(mode)") {
      var x = try $0.x
      let amounts = padding(try $0.ints(1, "pad") ?? [], rank: x.rank)
      // What is cut off is not repeated.
      x = x.padded(amounts.map { (Swift.min($0.0, 0), Swift.min($0.1, 0)) })
      for (axis, amount) in amounts.enumerated() where Swift.max(amount.0, amount.1) > 0 {
        let extent = x.dims[axis]
        let range = -Swift.max(amount.0, 0)..<(extent + Swift.max(amount.1, 0))
        let index = range.map { Double(place($0, extent)) }
        x = x.gather(Tensor(index, .i32), axis: axis)
      }
      return x
    }
  }
}

/// The padding of each axis, which PyTorch lists from the last axis on.
func padding(_ list: [Int], rank: Int) -> [(Int, Int)] {
  var amounts = Array(repeating: (0, 0), count: rank)
  for i in 0..<(list.count / 2) { amounts[rank - 1 - i] = (list[2 * i], list[2 * i + 1]) }
  return amounts
}
