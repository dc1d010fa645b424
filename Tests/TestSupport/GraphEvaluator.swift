// swift-format-ignore-file: NeverForceUnwrap

package import GraphIR
internal import LoopIR
internal import Support

/// Computes graphs on arrays of numbers, node by node: slow, obvious, and without any of the
/// definitions that the compiler uses. The oracle for the passes.
///
/// Each element is rounded to its type, sums are joined in row-major order.
package struct GraphEvaluator {
  private let graph: Graph
  private let states: [[Double]]
  private let inputs: [[Double]]
  private var values: [Value: [Double]] = [:]

  /// Returns the values of `outputs` of a graph.
  package static func run(
    _ graph: Graph, outputs: [Value]? = nil, states: [[Double]] = [], inputs: [[Double]] = []
  ) -> [[Double]] {
    var evaluator = GraphEvaluator(graph: graph, states: states, inputs: inputs)
    for id in graph.nodes.ids {
      for (i, result) in evaluator.results(of: graph[id]).enumerated() {
        evaluator.values[Value(id, i)] = result
      }
    }
    return (outputs ?? graph.outputs).map { evaluator.values[$0]! }
  }

  /// Runs a function on the arrays of all states, which it changes, and returns its outputs.
  package static func run(
    _ function: GraphFunction, states: inout [[Double]], inputs: [[Double]]
  ) -> [[Double]] {
    let results = run(function.graph, states: states, inputs: inputs)
    var outputs: [[Double]] = []
    for (result, value) in zip(function.results, results) {
      switch result {
      case .output: outputs.append(value)
      case .update(let id): states[id.index] = value
      case .probe: continue
      }
    }
    return outputs
  }
}

/// Calls `visit` for each position in a shape, in row-major order.
package func forEachPosition(_ dims: [Int], _ visit: ([Int]) -> Void) {
  var position = dims.map { _ in 0 }
  for _ in 0..<dims.reduce(1, *) {
    visit(position)
    for axis in dims.indices.reversed() {
      position[axis] += 1
      if position[axis] < dims[axis] { break }
      position[axis] = 0
    }
  }
}

/// Returns the number of the element at `position` in row-major order.
package func offset(_ position: [Int], _ dims: [Int]) -> Int {
  zip(position, dims).reduce(0) { $0 * $1.1 + $1.0 }
}

extension GraphEvaluator {
  private func results(of node: Node) -> [[Double]] {
    let x = node.operands.map { values[$0]! }
    let types = node.operands.map { graph.type($0) }
    guard let type = node.types.first else { return [] }
    switch node.op {
    case let kernel as KernelOp:
      return GraphEvaluator.run(kernel.body, states: states, inputs: x).dropLast(kernel.held)
    case let map as Map:
      return [x[0].indices.map { i in element(map.function, x.map { $0[i] }, type.element) }]
    case let cast as Cast:
      return [x[0].map { cast.element == .bool ? ($0 != 0 ? 1 : 0) : cast.element.stored($0) }]
    case is Reshape, is WriteState, is StopGradient: return [x[0]]
    case let constant as Constant:
      let numbers = constant.values.map { type.element.stored($0.double) }
      return [numbers.count == 1 ? Array(repeating: numbers[0], count: type.shape.count) : numbers]
    case let input as Input: return [inputs[input.position]]
    case let read as ReadState: return [states[read.state.index]]
    case is Transpose, is Broadcast, is Slice, is Pad, is Iota, is Concat, is Gather:
      return [build(type) { moved(node.op, x, types, $0) }]
    case let reduce as Reduce: return [joined(reduce, x[0], types[0], type)]
    case let contract as Contract:
      let map = contract.map
      return [
        build(type) { position in
          var sum = 0.0
          forEachPosition(map.joinedAxes.map(\.extent)) { inner in
            let a = x[0][offset(map.place(0, position + inner), types[0].dims)]
            sum += a * x[1][offset(map.place(1, position + inner), types[1].dims)]
          }
          return sum
        }
      ]
    case let scatter as ScatterAdd:
      var result = [Double](repeating: 0, count: type.shape.count)
      forEachPosition(types[1].dims) { position in
        var target = position
        target[scatter.axis] = clamped(x[0][position[scatter.axis]], scatter.extent)
        let place = offset(target, type.dims)
        result[place] = type.element.stored(result[place] + x[1][offset(position, types[1].dims)])
      }
      return [result]
    case let scan as Scan: return loop(scan, x)
    case let loop as While:
      var carries = Array(x[..<loop.carries])
      let same = x[loop.carries...]
      while GraphEvaluator.run(loop.condition, states: states, inputs: carries + same)[0] != [0] {
        carries = GraphEvaluator.run(loop.body, states: states, inputs: carries + same)
      }
      return carries
    case let cond as Cond:
      let graph = x[0] == [0] ? cond.otherwise : cond.then
      return GraphEvaluator.run(graph, states: states, inputs: Array(x.dropFirst()))
    default: preconditionFailure("'\(node.op.mnemonic)' is not evaluated")
    }
  }

  private func loop(_ scan: Scan, _ x: [[Double]]) -> [[Double]] {
    var carries = Array(x[..<scan.carries])
    var stacks = [[Double]](repeating: [], count: scan.body.outputs.count - scan.carries)
    for n in 0..<scan.length {
      let t = scan.isReversed ? scan.length - 1 - n : n
      let slices = (scan.carries..<(scan.carries + scan.slices)).map { i in
        let size = x[i].count / scan.length
        return Array(x[i][(t * size)..<((t + 1) * size)])
      }
      let results = GraphEvaluator.run(
        scan.body, states: states,
        inputs: [[Double(t)]] + carries + slices + x[(scan.carries + scan.slices)...])
      carries = Array(results[..<scan.carries])
      for (i, result) in results[scan.carries...].enumerated() {
        stacks[i] = scan.isReversed ? result + stacks[i] : stacks[i] + result
      }
    }
    return carries + stacks
  }

  private func element(_ function: ScalarFunction, _ x: [Double], _ type: ElementType) -> Double {
    type.stored(function.computed(x, type))
  }

  private func build(_ type: TensorType, _ value: ([Int]) -> Double) -> [Double] {
    var result: [Double] = []
    forEachPosition(type.dims) { result.append(type.element.stored(value($0))) }
    return result
  }

  private func clamped(_ pick: Double, _ extent: Int) -> Int {
    Int(min(max(pick, 0), Double(extent - 1)))
  }

  // One element of an operation that only moves elements.
  private func moved(_ op: any Operation, _ x: [[Double]], _ types: [TensorType], _ position: [Int])
    -> Double
  {
    func read(_ operand: Int, _ place: [Int]) -> Double {
      x[operand][offset(place, types[operand].dims)]
    }
    switch op {
    case let op as Transpose:
      var place = position
      for (i, axis) in op.axes.enumerated() { place[axis] = position[i] }
      return read(0, place)
    case let op as Broadcast:
      return read(0, zip(op.axes, types[0].dims).map { $1 == 1 ? 0 : position[$0] })
    case let op as Slice: return read(0, zip(op.parts, position).map { $0.start + $1 * $0.step })
    case let op as Iota: return Double(position[op.axis])
    case let op as Gather:
      let inner = Array(position[op.axis..<(op.axis + types[1].rank)])
      let pick = clamped(read(1, inner), types[0].dims[op.axis])
      return read(0, position[..<op.axis] + [pick] + position[(op.axis + types[1].rank)...])
    case let op as Concat:
      var place = position
      for operand in x.indices {
        if place[op.axis] < types[operand].dims[op.axis] { return read(operand, place) }
        place[op.axis] -= types[operand].dims[op.axis]
      }
      preconditionFailure("a position behind all operands")
    case let op as Pad:
      var place: [Int] = []
      for (part, (at, extent)) in zip(op.parts, zip(position, types[0].dims)) {
        let inside = at - part.low
        guard inside >= 0, inside % (part.interior + 1) == 0, inside / (part.interior + 1) < extent
        else { return op.value.double }
        place.append(inside / (part.interior + 1))
      }
      return read(0, place)
    default: preconditionFailure("'\(op.mnemonic)' does more than move elements")
    }
  }

  private func joined(_ reduce: Reduce, _ x: [Double], _ from: TensorType, _ type: TensorType)
    -> [Double]
  {
    build(type) { position in
      var items: [Double] = []
      forEachPosition(reduce.map.joinedAxes.map(\.extent)) { inner in
        items.append(x[offset(reduce.map.place(0, position + inner), from.dims)])
      }
      func extreme(_ wins: (Double, Double) -> Bool) -> Int {
        // What is no number is never the extreme.
        var best: Int?
        for (i, item) in items.enumerated() where !item.isNaN {
          if best.map({ wins(item, items[$0]) }) ?? true { best = i }
        }
        return best ?? 0
      }
      func least(_ sign: Double) -> Double {
        items.contains { $0.isNaN } ? .nan : sign * (items.map { $0 * sign }.min() ?? .nan)
      }
      switch reduce.monoid {
      case .sum: return items.reduce(0, +)
      case .product: return items.reduce(1, *)
      case .maximum: return least(-1)
      case .minimum: return least(1)
      case .any: return items.contains { $0 != 0 } ? 1 : 0
      case .all: return items.allSatisfy { $0 != 0 } ? 1 : 0
      case .argMaximum: return Double(extreme(>))
      case .argMinimum: return Double(extreme(<))
      }
    }
  }
}

extension AxisMap {
  // Where operand `number` is read for given positions along all axes.
  fileprivate func place(_ number: Int, _ positions: [Int]) -> [Int] {
    operands[number].map { sum in
      sum.terms.reduce(sum.offset) { $0 + $1.coefficient * positions[$1.axis] }
    }
  }
}
