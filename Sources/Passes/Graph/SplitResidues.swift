internal import GraphIR
internal import LoopIR

extension GraphPass {
  /// Computes transposed convolutions, and gradients of convolutions with strides, without the
  /// zeros between the elements of their image.
  ///
  ///     %1 = pad %0 {0.0; 1:1:1}
  ///     %2 = contract %1, %w {[p=6 | u=4] (p-u+3) (u)}
  /// ->
  ///     %1 = pad %0 {0.0; 1:1}
  ///     %2 = contract %1, (slice %w {1::2}) {[p=3 | u=2] (p-u+1) (u)}
  ///     %3 = contract %1, (slice %w {0::2}) {[p=3 | u=2] (p-u+2) (u)}
  ///     %4 = reshape (concat (reshape %2), (reshape %3) {1})
  ///
  /// Results whose positions leave the same residue by the stride meet elements in the same places
  /// of their windows. With a stride of 2 along both axes a fourth of the products is left.
  package static let splitResidues = GraphPass(
    "split-residues", "leave out products with the zeros between elements",
    each: { graph in
      let result = Rewriter.run(graph) { rewriter, id in
        guard let op = graph[id].op as? Contract else { return nil }
        for number in op.map.operands.indices {
          if let residues = Residues(graph, id, op.map, number) {
            return [residues.result(rewriter)]
          }
        }
        return nil
      }
      return removeDeadNodes(result)
    })
}

// With more residues the text would grow too much.
private let mostResidues = 27

/// An axis of an image with zeros between its elements.
private struct StretchedAxis {
  /// The axis of the image.
  let axis: Int
  /// The distance of two elements.
  let stride: Int
  /// The axis of the result that moves the window.
  let result: Int
  /// The extent of the result for each residue, rounded up.
  let count: Int
  /// The summed axis along the window; nil if the window has one element.
  let window: Int?
  /// For each residue, the part of the window that meets elements, and where in the image its first
  /// element lies for the first result.
  let residues: [(part: Slice.Part, first: Int)]
  /// How the position in the image moves from one element of such a part to the next.
  let step: Int
  /// How many zeros the image needs before and after its elements.
  let low: Int
  let high: Int

  /// Returns nil if the axis is read in another way.
  init?(_ axis: Int, _ pad: Pad.Part, _ extent: Int, _ map: AxisMap, _ number: Int) {
    let (sum, stride) = (map.operands[number][axis], pad.interior + 1)
    let results = sum.terms.filter { $0.axis < map.resultRank }
    let windows = sum.terms.filter { $0.axis >= map.resultRank }
    guard results.count == 1, let result = results.first, result.coefficient == 1,
      windows.count <= 1, map.uses(result.axis, besides: axis, of: number) == 0
    else { return nil }
    let window = windows.first
    if let window, map.uses(window.axis, besides: axis, of: number) != 1 { return nil }
    let (length, move) = (window.map { map.axes[$0.axis].extent } ?? 1, window?.coefficient ?? 0)
    self.axis = axis
    self.stride = stride
    self.result = result.axis
    self.window = window?.axis
    count = (map.axes[result.axis].extent + stride - 1) / stride
    // Positions relative to the first element: those that `stride` divides are elements.
    func position(_ residue: Int, _ tap: Int) -> Int { residue + move * tap + sum.offset - pad.low }
    residues = (0..<stride).map { residue in
      let taps = (0..<length).filter { position(residue, $0) % stride == 0 }
      guard let first = taps.first else { return (Slice.Part(start: 0, count: 0), 0) }
      let step = taps.count > 1 ? taps[1] - first : 1
      return (
        Slice.Part(start: first, step: step, count: taps.count), position(residue, first) / stride
      )
    }
    let steps = residues.filter { $0.part.count > 1 }.map { move * $0.part.step / stride }
    step = steps.first ?? 0
    let (own, reach) = (step, count - 1)
    let ends = residues.filter { $0.part.count > 0 }.map { residue in
      let far = own * (residue.part.count - 1)
      return (low: residue.first + min(0, far), high: residue.first + reach + max(0, far))
    }
    low = max(0, -(ends.map(\.low).min() ?? 0))
    high = max(0, (ends.map(\.high).max() ?? 0) - (extent - 1))
  }
}

extension AxisMap {
  // In how many places an axis is used plainly, apart from one axis of one operand; more than 1 if
  // it is used otherwise.
  fileprivate func uses(_ axis: Int, besides own: Int, of number: Int) -> Int {
    var count = 0
    for (operand, sums) in operands.enumerated() {
      for (place, sum) in sums.enumerated() where (operand, place) != (number, own) {
        guard sum.terms.contains(where: { $0.axis == axis }) else { continue }
        count += sum.plain == axis ? 1 : 2
      }
    }
    return count
  }
}

/// A contraction of an image with zeros between its elements.
private struct Residues {
  private let graph: Graph
  private let node: Node
  private let map: AxisMap
  /// The number of the operand that is the image.
  private let number: Int
  private let pad: Pad
  private let image: Value
  private let stretched: [StretchedAxis]

  /// Returns nil if operand `number` is no such image.
  init?(_ graph: Graph, _ id: NodeID, _ map: AxisMap, _ number: Int) {
    (self.graph, self.map, self.number) = (graph, map, number)
    node = graph[id]
    let source = graph[node.operands[number].node]
    guard let pad = source.op as? Pad, pad.value.double == 0 else { return nil }
    self.pad = pad
    image = source.operands[0]
    let dims = graph.type(image).dims
    let axes = pad.parts.indices.filter { pad.parts[$0].interior > 0 && dims[$0] > 1 }
    stretched = axes.compactMap { StretchedAxis($0, pad.parts[$0], dims[$0], map, number) }
    guard !axes.isEmpty, stretched.count == axes.count,
      stretched.reduce(1, { $0 * $1.stride }) <= mostResidues,
      Set(stretched.map(\.result)).count == axes.count
    else { return nil }
  }

  func result(_ rewriter: Rewriter) -> Tensor {
    var parts = pad.parts.map { Pad.Part(low: $0.low, high: $0.high) }
    for own in stretched { parts[own.axis] = .init(low: own.low, high: own.high) }
    let image = rewriter.apply(Pad(parts, value: pad.value), [rewriter.tensor(image)])[0]
    let whole = joined(stretched[...], [], image, rewriter)
    let merged = rewriter.apply(Reshape(to: Shape(dims { $0.count * $0.stride })), [whole])[0]
    guard dims({ $0.count * $0.stride }) != map.resultDims else { return merged }
    let cut = map.resultDims.map { Slice.Part(start: 0, count: $0) }
    return rewriter.apply(Slice(cut), [merged])[0]
  }

  // The extents of the result, with others along the stretched axes.
  private func dims(_ extent: (StretchedAxis) -> Int) -> [Int] {
    var result = map.resultDims
    for own in stretched { result[own.result] = extent(own) }
    return result
  }

  // All residues of the remaining axes, which are axes of their own behind those of the result.
  private func joined(
    _ rest: ArraySlice<StretchedAxis>, _ residue: [Int], _ image: Tensor, _ rewriter: Rewriter
  ) -> Tensor {
    guard let next = rest.first else { return single(residue, image, rewriter) }
    let all = (0..<next.stride).map {
      joined(rest.dropFirst(), residue + [$0], image, rewriter)
    }
    let earlier = stretched.filter { $0.result < next.result }.count
    return rewriter.apply(Concat(axis: next.result + earlier + 1), all)[0]
  }

  // One residue along each axis, with an axis of extent 1 behind each of these.
  private func single(_ residue: [Int], _ image: Tensor, _ rewriter: Rewriter) -> Tensor {
    var (axes, sums) = (map.axes, map.operands)
    var filter = rewriter.tensor(node.operands[1 - number])
    var cuts = filter.shape.dims.map { Slice.Part(start: 0, count: $0) }
    var isEmpty = false
    for (own, residue) in zip(stretched, residue) {
      let (part, first) = own.residues[residue]
      if part.count == 0 { isEmpty = true }
      var terms = [AxisSum.Term(own.result)]
      axes[own.result] = Axis(axes[own.result].name, own.count)
      if let window = own.window {
        axes[window] = Axis(axes[window].name, part.count)
        if own.step != 0 { terms.append(.init(window, own.step)) }
        if let place = sums[1 - number].firstIndex(where: { $0.plain == window }) {
          cuts[place] = part
        }
      }
      sums[number][own.axis] = AxisSum(terms, offset: first + own.low)
    }
    let counts = dims(\.count)
    let shape = Shape(
      counts.indices.flatMap { axis in
        stretched.contains { $0.result == axis } ? [counts[axis], 1] : [counts[axis]]
      })
    if isEmpty {
      let element = node.types[0].element
      let zero = rewriter.apply(Constant([Literal(0.0, element)], TensorType(element, [])), [])[0]
      return rewriter.apply(Broadcast(to: shape, axes: []), [zero])[0]
    }
    if cuts.map(\.count) != filter.shape.dims || cuts.contains(where: { $0.step > 1 }) {
      filter = rewriter.apply(Slice(cuts), [filter])[0]
    }
    let new = AxisMap(axes, resultRank: map.resultRank, operands: sums)
    let operands = number == 0 ? [image, filter] : [filter, image]
    let product = rewriter.apply(Contract(new), operands)[0]
    return rewriter.apply(Reshape(to: shape), [product])[0]
  }
}
