internal import GraphIR
internal import LoopIR

extension GraphPass {
  /// Multiplies before elements are repeated, not after: a convolution of 1x1 then has one product
  /// for all pixels of the enlarged image that are equal.
  ///
  ///     %1 = broadcast %x {0, 1, 3} : f32[64, 16, 2, 16]
  ///     %2 = reshape %1 : f32[64, 32, 16]
  ///     %3 = contract %2, @w {[c=8, y=32, x=16 | i=64] (i, y, x) (c, i)}
  /// ->
  ///     %1 = contract %x, @w {[c=8, y=16, x=16 | i=64] (i, y, x) (c, i)}
  ///     %2 = broadcast %1 {0, 1, 3} : f32[8, 16, 2, 16]
  ///     %3 = reshape %2 : f32[8, 32, 16]
  package static let moveRepeats = GraphPass(
    "move-repeats", "multiply before elements are repeated",
    each: { graph in
      let result = Rewriter.run(graph) { rewriter, id in
        for number in [0, 1] {
          if let factor = RepeatedFactor(graph, id, number) { return [factor.moved(rewriter, id)] }
        }
        return nil
      }
      return removeDeadNodes(result)
    })
}

/// A factor of a product whose elements are repeated along axes of the result.
private struct RepeatedFactor {
  private let number: Int
  /// The product of the factor as it is before elements are repeated.
  private var map: AxisMap
  private var source: Value
  /// The axes of the result along which elements are repeated, the last one first, and how often.
  private var repeats: [(axis: Int, count: Int)] = []

  /// Returns nil unless operand `number` of a product is such a factor.
  init?(_ graph: Graph, _ id: NodeID, _ number: Int) {
    guard let contract = graph[id].op as? Contract else { return nil }
    self.number = number
    map = contract.map
    source = graph[id].operands[number]
    while let repeated = Repeat(graph, source) {
      guard let axis = ownAxis(repeated.axis),
        map.axes[axis].extent == repeated.extent * repeated.count
      else { break }
      var axes = map.axes
      axes[axis] = Axis(axes[axis].name, repeated.extent)
      map = AxisMap(axes, resultRank: map.resultRank, operands: map.operands)
      source = repeated.source
      repeats.append((axis, repeated.count))
    }
    if repeats.isEmpty { return nil }
  }

  // The axis of the result that alone moves along an axis of the factor, and along nothing else.
  private func ownAxis(_ place: Int) -> Int? {
    let sum = map.operands[number][place]
    let terms = sum.terms.filter { map.axes[$0.axis].extent > 1 }
    guard terms.count == 1, let term = terms.first, term.coefficient == 1, sum.offset == 0,
      term.axis < map.resultRank
    else { return nil }
    let uses = map.operands.joined().count { $0.terms.contains { $0.axis == term.axis } }
    return uses == 1 ? term.axis : nil
  }

  func moved(_ rewriter: Rewriter, _ id: NodeID) -> Tensor {
    var operands = rewriter.operands(id)
    operands[number] = rewriter.tensor(source)
    var result = rewriter.apply(Contract(map), operands)[0]
    var dims = map.resultDims
    for (axis, count) in repeats.reversed() {
      let old = dims.indices.map { $0 <= axis ? $0 : $0 + 1 }
      let wide = Shape(dims[...axis] + [count] + dims[(axis + 1)...])
      dims[axis] *= count
      result = rewriter.apply(Broadcast(to: wide, axes: old), [result])[0]
      result = rewriter.apply(Reshape(to: Shape(dims)), [result])[0]
    }
    return result
  }
}

/// A value each of whose elements is repeated along one axis, as in nearest-neighbour enlargement.
private struct Repeat {
  let source: Value
  let axis: Int
  /// The extent of the axis before.
  let extent: Int
  let count: Int

  init?(_ graph: Graph, _ value: Value) {
    guard let reshape = graph[value.node].op as? Reshape else { return nil }
    let spread = graph[value.node].operands[0]
    guard let broadcast = graph[spread.node].op as? Broadcast else { return nil }
    source = graph[spread.node].operands[0]
    let (dims, wide) = (graph.type(source).dims, broadcast.shape.dims)
    let new = wide.indices.filter { !broadcast.axes.contains($0) }
    guard new.count == 1, let place = new.first, place > 0,
      zip(broadcast.axes, dims).allSatisfy({ wide[$0] == $1 })
    else { return nil }
    let merged = wide[..<(place - 1)] + [wide[place - 1] * wide[place]] + wide[(place + 1)...]
    guard reshape.shape.dims == Array(merged) else { return nil }
    (axis, extent, count) = (place - 1, wide[place - 1], wide[place])
  }
}
