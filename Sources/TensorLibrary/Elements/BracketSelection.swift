internal import GraphIR
internal import LoopIR

/// What brackets pick from a tensor: slices of its axes first, then elements at positions that are
/// known at run time.
struct BracketSelection {
  /// Where an axis of the result comes from, in order.
  private enum Source {
    case axis(Int)
    case positions
    case new
  }

  let tensor: Tensor
  /// A part for each axis; where positions pick, the whole axis.
  let parts: [Slice.Part]
  /// The axes of which one element is taken.
  private let single: Set<Int>
  /// The axes at which positions pick, which are neighbours once those above are gone.
  let picked: [Int]
  /// What they pick, of one shape.
  let positions: [Tensor]
  private let sources: [Source]

  /// The selection of `items` from a tensor; nil after reporting what is wrong.
  init?(_ tensor: Tensor, _ items: [AxisPart]) {
    guard tensor.value != nil, let items = Self.complete(items, of: tensor) else { return nil }
    self.tensor = tensor
    var (parts, single, picked): ([Slice.Part], Set<Int>, [Int]) = ([], [], [])
    var (given, sources): ([Tensor], [Source]) = ([], [])
    var isTogether = true
    for item in items {
      let axis = parts.count
      switch item.kind {
      case .newAxis: sources.append(.new)
      case .positions(let positions):
        guard tensor.accepts(positions) else { return nil }
        let follows = if case .positions? = sources.last { true } else { false }
        if given.isEmpty { sources.append(.positions) } else if !follows { isTogether = false }
        picked.append(axis)
        given.append(positions)
        parts.append(Slice.Part(start: 0, count: tensor.shape[axis]))
      default:
        guard let part = tensor.part(item, of: axis) else { return nil }
        parts.append(part)
        if case .position = item.kind { single.insert(axis) } else { sources.append(.axis(axis)) }
      }
    }
    guard let common = Self.common(given, of: tensor, areTogether: isTogether) else { return nil }
    (self.parts, self.single, self.picked) = (parts, single, picked)
    (positions, self.sources) = (common, sources)
  }

  // The items with whole axes in the place of the rest; nil after reporting that they are too many.
  private static func complete(_ items: [AxisPart], of tensor: Tensor) -> [AxisPart]? {
    func isRest(_ item: AxisPart) -> Bool { if case .rest = item.kind { true } else { false } }
    let axes = items.filter { item in
      if case .newAxis = item.kind { false } else { !isRest(item) }
    }
    guard axes.count <= tensor.rank else {
      tensor.builder.fail(.bracketCount(axes.count, tensor.type), operands: [tensor])
      return nil
    }
    let rest = (axes.count..<tensor.rank).map { _ in AxisPart(.inside(from: nil, to: nil)) }
    guard let place = items.firstIndex(where: isRest) else { return items + rest }
    return items[..<place] + rest + items[(place + 1)...]
  }

  // Tensors of positions broadcast to one shape; nil after reporting that they have none.
  private static func common(_ given: [Tensor], of tensor: Tensor, areTogether: Bool) -> [Tensor]? {
    guard given.count > 1 else { return given }
    guard areTogether else {
      tensor.builder.fail(.bracketsApart(tensor.type), operands: given)
      return nil
    }
    var shape = given[0].shape
    for next in given.dropFirst() {
      guard let wider = Shape.broadcast(shape, next.shape) else {
        tensor.builder.fail(.cannotBroadcast("[ ]", given[0].type, next.type), operands: given)
        return nil
      }
      shape = wider
    }
    return given.map { $0.broadcast(to: shape) }
  }

  /// The shape of the positions.
  private var places: [Int] { positions.first?.shape.dims ?? [] }

  /// The axes that are neither single nor picked, in order.
  private var kept: [Int] { parts.indices.filter { !single.contains($0) && !picked.contains($0) } }

  /// How many of them come before the first picked one.
  private var before: Int { kept.prefix { $0 < (picked.first ?? parts.count) }.count }

  /// The extents of the result.
  var dims: [Int] {
    sources.flatMap { source in
      switch source {
      case .axis(let axis): [parts[axis].count]
      case .positions: places
      case .new: [1]
      }
    }
  }

  /// The selected elements.
  var value: Tensor {
    let block = tensor.sliced(parts)
    guard let first = picked.first else { return block.reshaped(Shape(dims)) }
    if picked.count == 1 {
      let found = block.gather(positions[0], axis: first)
      return found.value == nil ? found : found.reshaped(Shape(dims))
    }
    let found = inFront(block).gather(points: points)
    guard found.value != nil else { return found }
    let (rank, outer) = (places.count, before)
    let order = (rank..<(rank + outer)) + Array(0..<rank) + ((rank + outer)..<found.rank)
    return found.transposed(order).reshaped(Shape(dims))
  }

  // A position for each picked axis, in a new last axis.
  private var points: Tensor {
    GraphIR.stack(positions.map { $0.cast(to: .i32) }, axis: -1)
  }

  // The picked axes first, then the kept ones.
  private func inFront(_ block: Tensor) -> Tensor {
    let order = picked + kept
    return block.transposed(order + single.sorted())
      .reshaped(Shape(order.map { block.shape[$0] }))
  }
}

extension BracketSelection {
  /// The tensor with the selected elements replaced.
  func replaced(by value: Tensor) -> Tensor {
    guard value.value != nil else { return value }
    guard ElementType.promoted(value.elementType, tensor.elementType) == tensor.elementType else {
      tensor.builder.fail(
        .assignedElement(value.type, to: tensor.type), operands: [tensor, value])
      return tensor.builder.poison()
    }
    let new = value.cast(to: tensor.elementType).broadcast(to: Shape(dims))
    guard new.value != nil else { return new }
    let isBlock = parts.allSatisfy { $0.step == 1 || $0.count == 1 }
    if isBlock, places.isEmpty { return updated(new) }
    return tensor.replacing(parts, by: picked.isEmpty ? new : scattered(new))
  }

  // A block replaced whose place may be known only at run time.
  private func updated(_ new: Tensor) -> Tensor {
    let sizes = parts.indices.map { picked.contains($0) ? 1 : parts[$0].count }
    let patch = new.reshaped(Shape(sizes))
    if picked.isEmpty { return tensor.replacing(parts, by: patch) }
    let starts = parts.indices.map { axis in
      picked.firstIndex(of: axis).map { positions[$0].cast(to: .i32) }
        ?? tensor.builder.constant(Double(parts[axis].start), TensorType(.i32, []))
    }
    return tensor.dynamicUpdate(patch, from: starts)
  }

  // The block of the slices with the elements at the positions replaced.
  private func scattered(_ new: Tensor) -> Tensor {
    let block = tensor.sliced(parts)
    let count = places.reduce(1, *)
    if picked.count == 1 {
      let dims = parts.indices.map { picked[0] == $0 ? count : parts[$0].count }
      return block.scattered(
        slices: new.reshaped(Shape(dims)), at: positions[0].reshaped([count]), axis: picked[0])
    }
    // Values with the axes of the positions first, as points take them.
    let extents = kept.map { parts[$0].count }
    let (rank, outer) = (places.count, before)
    let inOrder = new.reshaped(Shape(extents[..<outer] + places + extents[outer...]))
    let order =
      Array(outer..<(outer + rank)) + (0..<outer) + ((outer + rank)..<(rank + kept.count))
    let changed = inFront(block).scattered(inOrder.transposed(order), points: points)
    guard changed.value != nil else { return changed }
    // Back to the order of the axes, with the single ones at their places.
    let moved = picked + kept + single.sorted()
    let all = changed.reshaped(Shape(moved.map { block.shape[$0] }))
    return all.transposed(parts.indices.map { axis in moved.firstIndex(of: axis) ?? axis })
  }
}

extension Tensor {
  /// The tensor with the elements that the parts pick replaced by `value`, which has as many axes.
  fileprivate func replacing(_ parts: [Slice.Part], by value: Tensor) -> Tensor {
    guard self.value != nil, value.value != nil else { return builder.poison() }
    let patch = value.reshaped(Shape(parts.map(\.count)))
    let wide = zip(parts, shape.dims).allSatisfy { $0.start == 0 && $0.step == 1 && $0.count == $1 }
    if wide { return patch }
    guard let axis = parts.firstIndex(where: { $0.step != 1 && $0.count > 1 }) else {
      let starts = parts.map { builder.constant(Double($0.start), TensorType(.i32, [])) }
      return dynamicUpdate(patch, from: starts)
    }
    // The other axes first, within every step-th slice of this one.
    var (along, across) = (parts, parts)
    for i in parts.indices where i != axis {
      along[i] = Slice.Part(start: 0, count: shape[i])
    }
    across[axis] = Slice.Part(start: 0, count: parts[axis].count)
    let slices = sliced(along).replacing(across, by: patch)
    let places = (0..<parts[axis].count).map { parts[axis].start + $0 * parts[axis].step }
    return scattered(slices: slices, at: builder.integers(places), axis: axis)
  }

  // Reports positions that are no integers.
  fileprivate func accepts(_ positions: Tensor) -> Bool {
    guard positions.value != nil, Tensor.together([self, positions], "[ ]") else { return false }
    if positions.elementType.isInteger { return true }
    builder.fail(
      positions.elementType == .bool
        ? .maskInBrackets(positions.type) : .needsInteger("[ ]", "positions", positions.type),
      operands: [self, positions])
    return false
  }

  // The part of an axis that an item means; nil after reporting that there is none.
  fileprivate func part(_ item: AxisPart, of axis: Int) -> Slice.Part? {
    let extent = shape[axis]
    func counted(_ position: Int) -> Int { position < 0 ? position &+ extent : position }
    switch item.kind {
    case .position(let position):
      let place = counted(position)
      if place >= 0, place < extent { return Slice.Part(start: place, count: 1) }
      builder.fail(.noPosition(position, axis: axis, type), operands: [self])
      return nil
    case .inside(let start, let end):
      let (low, high) = (counted(start ?? 0), end.map(counted) ?? extent)
      if low >= 0, low < high, high <= extent {
        return Slice.Part(start: low, count: high - low)
      }
      builder.fail(.slice(axis: axis, start ?? 0, end ?? extent, type), operands: [self])
      return nil
    case .clamped(let start, let end, let step):
      return part(of: axis, from: start, to: end, step: step)
    case .positions, .newAxis, .rest: return nil
    }
  }
}
