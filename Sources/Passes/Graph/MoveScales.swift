internal import GraphIR
internal import LoopIR

extension GraphPass {
  /// Scales the small factor of a product instead of the large one, where the large one is needed
  /// unscaled as well: so are the channels of an image that a gate weighs, which is computed from
  /// the image.
  ///
  ///     %2 = multiply %x, %gate
  ///     %3 = contract %2, @w {[n=8, c=40, y=26, x=26 | i=240] (n, i, y, x) (c, i)}
  /// ->
  ///     %2 = multiply @w, %gate
  ///     %3 = contract %x, %2 {[n=8, c=40, y=26, x=26 | i=240] (n, i, y, x) (n, c, i)}
  package static let moveScales = moveScales(for: .portable)

  /// The pass for a machine.
  package static func moveScales(for machine: Machine) -> GraphPass {
    GraphPass(
      "move-scales", "scale the small factor of a product instead of the large one",
      each: { graph in
        let uses = graph.uses()
        return Rewriter.run(graph) { rewriter, id in
          for number in [0, 1] {
            if let scaled = ScaledFactor(graph, uses, id, number, machine) {
              return [scaled.moved(rewriter)]
            }
          }
          return nil
        }
      })
  }
}

/// A factor of a product that is an array times a smaller one.
private struct ScaledFactor {
  private let contract: Contract
  private let number: Int
  private let array: Value
  private let scale: Value
  private let other: Value
  /// For each axis of the scale that is not 1, the axis of the product.
  private let axes: [Int]
  private let extents: [Int]

  /// Returns nil unless operand `number` of a product is scaled along its axes, and scaling the
  /// other operand in its place is less work.
  init?(_ graph: Graph, _ uses: [Value: Int], _ id: NodeID, _ number: Int, _ machine: Machine) {
    guard let contract = graph[id].op as? Contract else { return nil }
    let operands = graph[id].operands
    let product = operands[number]
    other = operands[1 - number]
    guard operands[0] != operands[1], uses[product] == 1,
      let map = graph[product.node].op as? Map, map.function == .multiply,
      graph.type(product).element == graph.type(other).element,
      [.f32, .f64].contains(graph.type(other).element),
      contract.map.operands.allSatisfy({ $0.allSatisfy { contract.map.isOne($0) } })
    else { return nil }
    let factors = graph[product.node].operands
    for (array, spread) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      guard uses[array, default: 0] > 1, let broadcast = graph[spread.node].op as? Broadcast
      else { continue }
      let scale = graph[spread.node].operands[0]
      let long = zip(broadcast.axes, graph.type(scale).dims).filter { $0.1 > 1 }
      let sums = contract.map.operands[number]
      let axes = long.compactMap { contract.map.long(sums[$0.0]).first }
      let own = contract.map.operands[1 - number].compactMap { contract.map.long($0).first }
      let count = zip(axes, long).reduce(graph.type(other).shape.count) { count, axis in
        own.contains(axis.0) ? count : count * axis.1.1
      }
      guard axes.count == long.count, !axes.isEmpty, Set(axes).count == axes.count,
        zip(axes, long).allSatisfy({ contract.map.axes[$0].extent == $1.1 }),
        count * machine.products.scaledShare <= graph.type(array).shape.count
      else { continue }
      (self.contract, self.number, self.array, self.scale) = (contract, number, array, scale)
      (self.axes, extents) = (axes, long.map(\.1))
      return
    }
    return nil
  }

  /// Returns the product with the other factor scaled.
  func moved(_ rewriter: Rewriter) -> Tensor {
    let map = contract.map
    let weight = rewriter.tensor(other)
    let own = map.operands[1 - number]
    let lacking = axes.indices.filter { place in !own.contains { map.long($0) == [axes[place]] } }
    let sums = lacking.map { AxisSum.axis(axes[$0]) } + own
    let shape = Shape(lacking.map { extents[$0] } + weight.shape.dims)
    // The axes of the scale in the order in which the other factor has them.
    let places = axes.map { axis in sums.firstIndex { map.long($0) == [axis] } ?? 0 }
    let order = places.indices.sorted { places[$0] < places[$1] }
    let turned = rewriter.tensor(scale).reshaped(Shape(extents)).transposed(order)
    let spread = turned.broadcast(to: shape, axes: order.map { places[$0] })
    let all = Array(lacking.count..<shape.rank)
    let scaled = (lacking.isEmpty ? weight : weight.broadcast(to: shape, axes: all)) * spread
    var operands = map.operands
    operands[1 - number] = sums
    let product = Contract(AxisMap(map.axes, resultRank: map.resultRank, operands: operands))
    let array = rewriter.tensor(self.array)
    return rewriter.apply(product, number == 0 ? [array, scaled] : [scaled, array])[0]
  }
}

extension AxisMap {
  // The axes that move a position.
  fileprivate func long(_ sum: AxisSum) -> [Int] {
    sum.terms.map(\.axis).filter { axes[$0].extent > 1 }
  }

  // True iff a position is that of one axis, or 0.
  fileprivate func isOne(_ sum: AxisSum) -> Bool {
    let own = sum.terms.filter { axes[$0.axis].extent > 1 }
    return sum.offset == 0 && own.count <= 1 && own.allSatisfy { $0.coefficient == 1 }
  }
}
