internal import GraphIR
internal import LoopIR
internal import Support

/// The names of the axes of a kernel's operands and of its first result, from where they are
/// defined.
struct KernelAxes: Hashable {
  var operands: [ValueAxes.Names] = []
  var result: ValueAxes.Names?
}

/// The names of the axes of each value of a graph, for loops and comments.
///
///     %1 = contract %x, %w {[n, y, x, c | u, v, i] ...}    n y x c
///     %2 = relu %1                                         n y x c
///     %3 = transpose %2 {0, 3, 1, 2}                       n c y x
///
/// A contraction or reduction names the axes of its result; those names travel with the values, so
/// that an axis has one name in every layout. They are found by a walk when kernels become loops
/// and are no part of any node: equal nodes are one, whatever their axes are called.
struct ValueAxes {
  /// The name of an axis. Where two values are combined, the older name wins: that of the value
  /// over that of its gradient.
  struct Name: Hashable {
    let text: String
    /// The number of the step whose contraction or reduction gave the name; none for a state's.
    var age = -1
  }

  /// The name of each axis; nil if it has none.
  typealias Names = [Name?]

  private let graph: Graph
  /// The number of the kernel of which the graph is the inside.
  private let kernel: Int?
  private let states: [StateID: Names]
  private var names: [Value: Names] = [:]

  /// - Parameters:
  ///   - inputs: the names of the axes of the graph's inputs.
  ///   - states: those of the program's states.
  ///   - kernel: the number of the kernel of which the graph is the inside.
  init(
    _ graph: Graph, inputs: [Names], states: [StateID: Names] = [:], kernel: Int? = nil
  ) {
    self.graph = graph
    self.kernel = kernel
    self.states = states
    for id in graph.nodes.ids {
      // Of kernels with loops of their own, not all results are over one domain.
      for (i, own) in results(of: id, inputs).enumerated()
      where own.count == graph.type(Value(id, i)).rank {
        names[Value(id, i)] = own
      }
    }
  }

  /// The names of the axes of `value` as far as something names them.
  subscript(value: Value) -> Names {
    names[value] ?? Names(repeating: nil, count: graph.type(value).rank)
  }

  /// The names of the axes over which a kernel with this graph runs: those of its first reduction,
  /// else those of what it gives. `wanted` names axes that nothing else names.
  func domain(wanted: Names? = nil) -> Names {
    guard let output = graph.outputs.first else { return [] }
    let reduction = graph.nodes.ids.first { graph[$0].op is Contract || graph[$0].op is Reduce }
    let own = self[reduction.map { Value($0) } ?? output]
    // The reduction may be over other axes than what is made of it.
    guard let wanted, wanted.count == own.count else { return own }
    return zip(own, wanted).map { $0 ?? $1 }
  }

  /// The names of the reduced axes.
  func joined(_ id: NodeID) -> Names {
    let node = graph[id]
    switch node.op {
    case let op as Contract: return named(op.map.joinedAxes, id)
    case let op as Reduce:
      return Array(axes(of: op, self[node.operands[0]], id).dropFirst(op.map.resultRank))
    default: return []
    }
  }

  /// The names with those filled in that are missing: by the place of the axis, if that is free.
  static func complete(_ names: Names) -> [String] {
    var taken: Set<String> = []
    let own = names.map { name -> String? in
      name.flatMap { taken.insert($0.text).inserted ? $0.text : nil }
    }
    return own.enumerated().map { axis, name in
      if let name { return name }
      let free = [AxisNames.standard(axis, of: own.count), "i", "j", "k", "l", "p", "q"]
        .first { !taken.contains($0) }
      let new = free ?? "a\(axis)"
      taken.insert(new)
      return new
    }
  }
}

// The propagation of names through each operation.
extension ValueAxes {
  private func results(of id: NodeID, _ inputs: [Names]) -> [Names] {
    let node = graph[id]
    let operands = node.operands.map { self[$0] }
    switch node.op {
    case let op as Input where inputs.indices.contains(op.position): return [inputs[op.position]]
    case let op as ReadState: return states[op.state].map { [$0] } ?? []
    case let op as Contract: return [named(op.map.resultAxes, id)]
    case let op as Reduce: return [Array(axes(of: op, operands[0], id).prefix(op.map.resultRank))]
    case let op as Transpose: return [op.axes.map { operands[0][$0] }]
    case let op as Broadcast: return [broadcast(op, node, operands[0])]
    case let op as Reshape:
      let source = graph.type(node.operands[0]).dims
      return [ValueAxes.reshaped(operands[0], from: source, to: op.shape.dims)]
    case is Map, is Cast: return [merged(operands)]
    case let op as Concat: return [concatenated(op, id, operands)]
    case is Pad, is Slice, is Cumulative, is any PartialUpdate: return [operands[0]]
    case let op as KernelOp:
      let body = ValueAxes(op.body, inputs: operands, states: states, kernel: id.index)
      let outputs = op.body.outputs.dropLast(op.temporaries)
      // All of a kernel's results are over its domain, unless it goes by rows.
      if op.rows != nil { return outputs.map { body[$0] } }
      return outputs.map { _ in body.domain() }
    case let op as Scan: return results(of: op, operands)
    case let op as While: return op.slots.carries.map { operands[$0.operand] }
    case let op as Cond:
      let then = ValueAxes(op.then, inputs: Cond.inputs(operands), states: states)
      return op.then.outputs.map { then[$0] }
    default: return []
    }
  }

  private func named(_ axes: [Axis], _ id: NodeID) -> Names {
    axes.map { Name(text: $0.name, age: kernel ?? id.index) }
  }

  // An axis of a reduction is called as that of the operand which it is, if that has a name.
  private func axes(of op: Reduce, _ operand: Names, _ id: NodeID) -> Names {
    named(op.map.axes, id).enumerated().map { axis, own in
      let place = op.map.operands[0].firstIndex { $0.plain == axis }
      return place.flatMap { operand[$0] } ?? own
    }
  }

  // Operands of one shape: of those with a name for an axis, the oldest wins.
  private func merged(_ operands: [Names]) -> Names {
    let rank = operands.map(\.count).max() ?? 0
    return (0..<rank).map { axis in
      operands.compactMap { axis < $0.count ? $0[axis] : nil }.min { $0.age < $1.age }
    }
  }

  // An axis along which single elements are put together, if nothing names it, counts parts.
  private func concatenated(_ op: Concat, _ id: NodeID, _ operands: [Names]) -> Names {
    var result = merged(operands)
    let isOfSingles = graph[id].operands.allSatisfy { graph.type($0).dims[op.axis] == 1 }
    if isOfSingles, result[op.axis] == nil {
      result[op.axis] = Name(text: Self.part, age: kernel ?? id.index)
    }
    return result
  }

  private static let part = "part"

  private func broadcast(_ op: Broadcast, _ node: Node, _ operand: Names) -> Names {
    var result = Names(repeating: nil, count: op.shape.rank)
    let dims = graph.type(node.operands[0]).dims
    for (i, axis) in op.axes.enumerated() where dims[i] == op.shape.dims[axis] {
      result[axis] = operand[i]
    }
    return result
  }

  /// Returns the names after a reshape: axes that stay keep theirs, as does one that is merged with
  /// its parts; one that is split in two is an outer and an inner one.
  private static func reshaped(_ names: Names, from source: [Int], to target: [Int]) -> Names {
    var result = Names(repeating: nil, count: target.count)
    // Axes of extent 1 come and go.
    let old = source.indices.filter { source[$0] != 1 }
    let new = target.indices.filter { target[$0] != 1 }
    var (i, j) = (0, 0)
    while i < old.count && j < new.count {
      let (first, start) = (i, j)
      var (m, n) = (source[old[i]], target[new[j]])
      (i, j) = (i + 1, j + 1)
      while m != n {
        if m < n, i < old.count {
          m *= source[old[i]]
          i += 1
        } else if j < new.count {
          n *= target[new[j]]
          j += 1
        } else {
          return result
        }
      }
      guard let name = names[old[first]] else { continue }
      if i == first + 2, j == start + 1, names[old[first + 1]]?.text == part {
        result[new[start]] = name
      }
      guard i == first + 1 else { continue }
      if j == start + 1 { result[new[start]] = name }
      if j == start + 2 {
        result[new[start]] = Name(text: name.text + "_outer", age: name.age)
        result[new[start + 1]] = Name(text: name.text + "_inner", age: name.age)
      }
    }
    return result
  }

  // Stacked results have the axis of the steps first.
  private func results(of op: Scan, _ operands: [Names]) -> [Names] {
    let body = ValueAxes(op.body, inputs: ValueAxes.inputs(of: op, operands), states: states)
    let slots = op.slots
    return slots.carries.map { body[op.body.outputs[$0.result]] }
      + slots.stacks.map { [nil] + body[op.body.outputs[$0]] }
  }

  /// The names inside of a loop: the position, what it carries, slices and the rest.
  static func inputs(of op: Scan, _ operands: [Names]) -> [Names] {
    let slots = op.slots
    return Scan.Slots.inputs(
      step: [], carries: slots.carries.map { operands[$0.operand] },
      slices: slots.slices.map { Array(operands[$0.operand].dropFirst()) },
      constants: slots.constants.map { operands[$0.operand] })
  }
}

extension ValueAxes {
  /// Returns the names of the axes of states, from the contractions that read them: a filter is `c
  /// i u v` in kernels that only update it, too.
  static func ofStates(_ program: GraphProgram) -> [StateID: Names] {
    var result: [StateID: Names] = [:]
    for function in program.functions { note(function.graph, [], &result) }
    return result
  }

  // `inputs` are the states that the inputs of the graph are.
  private static func note(
    _ graph: Graph, _ inputs: [StateID?], _ result: inout [StateID: Names]
  ) {
    func state(_ value: Value) -> StateID? {
      switch graph[value.node].op {
      case let read as ReadState: read.state
      case let input as Input where inputs.indices.contains(input.position): inputs[input.position]
      default: nil
      }
    }
    for node in graph.nodes.values {
      let operands = node.operands.map { state($0) }
      switch node.op {
      case let op as Contract:
        for (state, sums) in zip(operands, op.map.operands) {
          guard let state, result[state] == nil else { continue }
          result[state] = sums.map { sum in sum.plain.map { Name(text: op.map.axes[$0].name) } }
        }
      case let op as KernelOp: note(op.body, operands, &result)
      case let op as any ControlOperation:
        for region in op.regions {
          var inputs = [StateID?](repeating: nil, count: region.inputs.count)
          for slot in op.passed { inputs[slot.input] = operands[slot.operand] }
          note(region, inputs, &result)
        }
      default: continue
      }
    }
  }
}
