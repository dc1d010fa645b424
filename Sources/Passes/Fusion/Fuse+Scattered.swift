internal import GraphIR
internal import LoopIR

extension Fusion {
  /// True iff a product would index this factor by quotients and remainders, because the view
  /// merges axes that are not neighbours in the array. A contiguous copy saves much more time than
  /// it takes.
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

  /// True iff the view turns an image for a product that has a filter for each channel, so that the
  /// channels are last. Read across, each of them would be a jump, for each place of the filter.
  func isTurnedImage(_ id: NodeID) -> Bool {
    guard let turned = graph[id].op as? Transpose, turned.axes.last != turned.axes.count - 1
    else { return false }
    return users[id.index].contains { user in
      guard let map = (graph[user].op as? Contract)?.map,
        let number = graph[user].operands.firstIndex(of: Value(id)),
        let channel = map.operands[number].last?.plain, channel == map.resultRank - 1
      else { return false }
      return map.operands[number].contains { $0.terms.count > 1 }
        && map.operands[1 - number].contains { $0.plain == channel }
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
      // Nothing more is known of an axis that is split.
      if count != extent { return result }
      result.append(axes)
    }
    return result
  }
}
