internal import GraphIR
internal import LoopIR

extension Fusion {
  /// True iff a product would find this factor by quotients and remainders: axes are joined that
  /// are no neighbours in the array. A copy in order is read many times faster than it is made.
  func isScatteredFactor(_ id: NodeID) -> Bool {
    let joined = graph[id]
    guard joined.op is Reshape, users[id.index].contains(where: { role($0) == .contract }),
      let turned = graph[joined.operands[0].node].op as? Transpose
    else { return false }
    let from = graph.type(joined.operands[0]).dims
    return joinedAxes(from, to: graph.type(Value(id)).dims).contains { axes in
      zip(axes, axes.dropFirst()).contains { turned.axes[$0] + 1 != turned.axes[$1] }
    }
  }

  // The axes of `from`, those of one element left out, that together are an axis of `to`.
  private func joinedAxes(_ from: [Int], to: [Int]) -> [[Int]] {
    var result: [[Int]] = []
    var axis = 0
    for extent in to where extent > 1 {
      var axes: [Int] = []
      var count = 1
      while count < extent, axis < from.count {
        if from[axis] > 1 { axes.append(axis) }
        count *= from[axis]
        axis += 1
      }
      // Of an axis that is split no more is said.
      if count != extent { return result }
      result.append(axes)
    }
    return result
  }
}
