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
  addExtents(&table)
}

private func addExtents(_ table: inout OpInfoTable) {
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
    if case .tensor? = $0.value(2, "start"), let count = try $0.int(3, "length") {
      let axis = try $0.axis(x)
      var (starts, sizes) = (x.dims.map { _ in full([], 0, .i32) }, x.dims)
      starts[axis] = try $0.tensor(2, "start").cast(to: .i32)
      sizes[axis] = count
      return x.dynamicSlice(from: starts, sizes: sizes)
    }
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
      if case .tensor? = $0.value(1, "indices") {
        throw Inexpressible("the shape of the result depends on data")
      }
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
  addGrids(&table)
}

private func addGrids(_ table: inout OpInfoTable) {
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
