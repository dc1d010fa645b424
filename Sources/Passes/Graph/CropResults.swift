internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Drops results that are cut off afterwards, and zeros around images that are not read.
  ///
  ///     %1 = pad %0 {0.0; 2:2}
  ///     %2 = contract %1, %w {[p=10 | u=3] (p-u+2) (u)}
  ///     %3 = slice %2 {1:8}
  /// ->
  ///     %1 = pad %0 {0.0; 1:1}
  ///     %3 = contract %1, %w {[p=8 | u=3] (p-u+2) (u)}
  ///
  /// The gradient of a convolution is that of its padded image, whose border is not needed.
  package static let cropResults = GraphPass(
    "crop-results", "do not compute sums that are cropped",
    each: { graph in
      let uses = graph.uses()
      return Rewriter.run(graph) { rewriter, id in
        guard let parts = cut(graph, id) else { return nil }
        let source = graph[id].operands[0]
        guard uses[source] == 1 else { return nil }
        let node = graph[source.node]
        let (map, remake): (AxisMap, (AxisMap) -> any Operation)
        switch node.op {
        case let op as Contract: (map, remake) = (op.map, { Contract($0) })
        case let op as Reduce: (map, remake) = (op.map, { Reduce(op.monoid, $0) })
        default: return nil
        }
        let cropped = map.cropped(to: parts)
        var sums: [[AxisSum]] = []
        let operands = node.operands.indices.map { number -> Tensor in
          let (tensor, own) = trimmed(node.operands[number], cropped, number, uses, rewriter)
          sums.append(own)
          return tensor
        }
        let new = AxisMap(cropped.axes, resultRank: cropped.resultRank, operands: sums)
        return rewriter.apply(remake(new), operands)
      }
    })
}

extension AxisMap {
  // The map for a part of each axis of the result.
  fileprivate func cropped(to parts: [Slice.Part]) -> AxisMap {
    let axes = axes.enumerated().map { number, axis in
      number < resultRank ? Axis(axis.name, parts[number].count) : axis
    }
    let operands = operands.map { sums in
      sums.map { sum in
        var offset = sum.offset
        let terms = sum.terms.map { term -> AxisSum.Term in
          guard term.axis < resultRank else { return term }
          offset += term.coefficient * parts[term.axis].start
          return .init(term.axis, term.coefficient * parts[term.axis].step)
        }
        return AxisSum(terms, offset: offset)
      }
    }
    return AxisMap(axes, resultRank: resultRank, operands: operands)
  }
}

// The part of its operand that a node takes, if it only leaves elements out.
private func cut(_ graph: Graph, _ id: NodeID) -> [Slice.Part]? {
  switch graph[id].op {
  case let slice as Slice where slice.parts.allSatisfy { $0.step > 0 }: return slice.parts
  case let pad as Pad:
    guard pad.parts.allSatisfy({ $0.low <= 0 && $0.high <= 0 && $0.interior == 0 }) else {
      return nil
    }
    let dims = graph.type(graph[id].operands[0]).dims
    return zip(pad.parts, dims).map { .init(start: -$0.low, count: $1 + $0.low + $0.high) }
  default: return nil
  }
}

// An operand without the zeros before and after the part that the map reads, and the new positions.
private func trimmed(
  _ operand: Value, _ map: AxisMap, _ number: Int, _ uses: [Value: Int], _ rewriter: Rewriter
) -> (Tensor, [AxisSum]) {
  let sums = map.operands[number]
  guard let pad = rewriter.old[operand.node].op as? Pad, uses[operand] == 1 else {
    return (rewriter.tensor(operand), sums)
  }
  var parts: [Pad.Part] = []
  var moved: [AxisSum] = []
  for (axis, sum) in sums.enumerated() {
    let (part, range) = (pad.parts[axis], sum.range(map.axes))
    let before = max(0, min(part.low, range.lowerBound))
    let unread = rewriter.old.type(operand).dims[axis] - 1 - range.upperBound
    let behind = max(0, min(part.high, unread))
    parts.append(.init(low: part.low - before, high: part.high - behind, interior: part.interior))
    moved.append(AxisSum(sum.terms, offset: sum.offset - before))
  }
  let source = rewriter.tensor(rewriter.old[operand.node].operands[0])
  return (rewriter.apply(Pad(parts, value: pad.value), [source])[0], moved)
}
