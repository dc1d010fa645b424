internal import GraphIR
internal import LoopIR
internal import Support

extension GraphPass {
  /// Moves products out of loops, so that one large product takes the place of many small ones.
  ///
  ///     %1 = scan ... { %p = contract %slice, %w; %h = tanh(%p + %carry); yield %h }
  ///     %2 = scan ... { %g = ...; %p = contract %g, %slice; %s = add %carry, %p; yield %s }
  /// ->
  ///     %0 = contract %stack, %w
  ///     %1 = scan ... { %h = tanh(%slice + %carry); yield %h }
  ///     %2 = scan ... { %g = ...; yield %g }
  ///     %3 = contract %2, %stack   over the steps as well
  ///
  /// Before the loop: a product of slices and invariants. After it: a product that is only a
  /// result, or only added to a carry.
  package static let hoistProducts = GraphPass(
    "hoist-products", "move products out of loops",
    each: { graph in
      Rewriter.run(graph) { rewriter, id in
        guard let scan = graph[id].op as? Scan, scan.memory == .results else { return nil }
        let (inner, operands) = hoistedInFront(scan, rewriter.operands(id), rewriter)
        return hoistedBehind(inner, operands, rewriter)
      }
    })
}

/// Where a value inside a loop comes from.
private enum Origin {
  /// The slice of an operand of the loop.
  case slice(operand: Int)
  /// An operand of the loop, the same in each step.
  case same(operand: Int)
  /// A step.
  case step
}

private struct LoopBody {
  let scan: Scan
  let slots: Scan.Slots
  let graph: Graph
  let inputs: [NodeID]
  /// The number of uses of each value, as an output too.
  let uses: [Value: Int]

  init(_ scan: Scan) {
    self.scan = scan
    slots = scan.slots
    graph = scan.body
    inputs = graph.inputs
    uses = graph.uses()
  }

  func origin(_ value: Value) -> Origin {
    guard let input = graph[value.node].op as? Input else { return .step }
    func slot(_ slots: [Slot]) -> Slot? { slots.first { $0.input == input.position } }
    if let slice = slot(slots.slices) { return .slice(operand: slice.operand) }
    return slot(slots.constants).map { .same(operand: $0.operand) } ?? .step
  }

  /// The values of the inputs of some slots.
  func inputs(of slots: [Slot]) -> [Value] { slots.map { Value(inputs[$0.input]) } }

  /// True iff the value is known for all steps before the loop.
  func isStacked(_ value: Value) -> Bool {
    if case .slice = origin(value) { true } else { false }
  }

  func isSame(_ value: Value) -> Bool {
    if case .same = origin(value) { true } else { false }
  }
}

// Products that are hoisted before the loop.
private func hoistedInFront(_ scan: Scan, _ operands: [Tensor], _ rewriter: Rewriter)
  -> (Scan, [Tensor])
{
  let body = LoopBody(scan)
  var found: [(value: Value, stack: Tensor)] = []
  for id in body.graph.nodes.ids {
    let node = body.graph[id]
    guard let contract = node.op as? Contract,
      node.operands.allSatisfy({ body.isStacked($0) || body.isSame($0) }),
      node.operands.contains(where: { body.isStacked($0) })
    else { continue }
    let map = contract.map.repeated(
      scan.length, joined: false, stacked: node.operands.map { body.isStacked($0) })
    let outer = node.operands.compactMap { operand -> Tensor? in
      switch body.origin(operand) {
      case .slice(let i), .same(let i): operands[i]
      case .step: nil
      }
    }
    rewriter.builder.name = node.name
    found.append((Value(id), rewriter.apply(Contract(map), outer)[0]))
  }
  if found.isEmpty { return (scan, operands) }
  let slots = body.slots
  let moving = slots.carries.map(\.slot) + slots.slices
  let step = body.graph.cut(
    inputs: [Value(body.inputs[slots.step])] + body.inputs(of: moving) + found.map(\.value)
      + body.inputs(of: slots.constants),
    outputs: body.graph.outputs)
  let inner = Scan(
    length: scan.length, carries: scan.carries, slices: scan.slices + found.count,
    isReversed: scan.isReversed, memory: scan.memory, body: step)
  return (
    inner,
    moving.map { operands[$0.operand] } + found.map(\.stack)
      + slots.constants.map { operands[$0.operand] }
  )
}

/// A product or a sum that is computed after the loop.
private struct Postponed {
  /// The result of the loop that it makes.
  let result: Int
  /// The carry to which it is added, if that is what makes the result.
  let carry: CarrySlot?
  let op: any Operation
  /// Its operands, inside the loop.
  let operands: [Value]
  let name: String?
}

// Products that are only results of the loop.
private func hoistedBehind(_ scan: Scan, _ operands: [Tensor], _ rewriter: Rewriter) -> [Tensor] {
  let body = LoopBody(scan)
  let (graph, slots) = (body.graph, body.slots)
  let postponed =
    slots.carries.compactMap { sumBehind($0, body) }
    + slots.stacks.compactMap { productBehind($0, body) }
  // The stack of a slice exists already.
  let passed = slots.stacks.compactMap { i -> (Int, Tensor)? in
    if case .slice(let j) = body.origin(graph.outputs[i]) { (i, operands[j]) } else { nil }
  }
  if postponed.isEmpty, passed.isEmpty { return rewriter.apply(scan, operands) }
  let gone = Set(postponed.map(\.result) + passed.map(\.0))
  let carries = slots.carries.filter { !gone.contains($0.result) }
  var outputs = carries.map { graph.outputs[$0.result] }
  let kept = slots.stacks.filter { !gone.contains($0) }
  outputs += kept.map { graph.outputs[$0] }
  var stacks: [Value: Int] = [:]
  for value in postponed.flatMap(\.operands) where !body.isStacked(value) && !body.isSame(value) {
    if stacks[value] != nil { continue }
    // The loop may return it already.
    if let known = outputs.indices.first(where: { $0 >= carries.count && outputs[$0] == value }) {
      stacks[value] = known
      continue
    }
    stacks[value] = outputs.count
    outputs.append(value)
  }
  let handedOn = carries.map(\.slot) + slots.slices + slots.constants
  let step = graph.cut(
    inputs: [Value(body.inputs[slots.step])] + body.inputs(of: handedOn), outputs: outputs)
  let inner = Scan(
    length: scan.length, carries: carries.count, slices: scan.slices, isReversed: scan.isReversed,
    memory: scan.memory, body: step)
  let name = rewriter.builder.name
  let made = rewriter.apply(inner, handedOn.map { operands[$0.operand] })
  var results = Dictionary(uniqueKeysWithValues: passed)
  for (i, result) in zip(carries.map(\.result) + kept, made) { results[i] = result }
  for item in postponed {
    rewriter.builder.name = item.name
    let values = item.operands.compactMap { value -> Tensor? in
      switch body.origin(value) {
      case .slice(let i), .same(let i): operands[i]
      case .step: stacks[value].map { made[$0] }
      }
    }
    let result = rewriter.apply(item.op, values)[0]
    results[item.result] = item.carry.map { operands[$0.operand] + result } ?? result
  }
  rewriter.builder.name = name
  return graph.outputs.indices.compactMap { results[$0] }
}

// carry + product, where nothing else uses the carry: the sum over all steps.
private func sumBehind(_ slot: CarrySlot, _ body: LoopBody) -> Postponed? {
  let carry = Value(body.inputs[slot.input])
  let sum = body.graph.outputs[slot.result]
  let node = body.graph[sum.node]
  guard node.op as? Map == Map(.add), node.operands.contains(carry), body.uses[carry] == 1,
    body.uses[sum] == 1, let term = node.operands.first(where: { $0 != carry }),
    body.uses[term] == 1
  else { return nil }
  return postponed(term, as: slot.result, addedTo: slot, body)
}

// A product that is a result of each step and nothing else.
private func productBehind(_ i: Int, _ body: LoopBody) -> Postponed? {
  let value = body.graph.outputs[i]
  let node = body.graph[value.node]
  guard node.op is Contract, body.uses[value] == 1 else { return nil }
  // The operands that are stacked instead must not be much larger.
  let size = node.types[0].shape.count
  let stacked = node.operands.filter { !body.isSame($0) && !body.isStacked($0) }
  guard stacked.reduce(0, { $0 + body.graph.type($1).shape.count }) <= 4 * size else { return nil }
  return postponed(value, as: i, addedTo: nil, body)
}

private func postponed(
  _ value: Value, as result: Int, addedTo carry: CarrySlot?, _ body: LoopBody
) -> Postponed? {
  let node = body.graph[value.node]
  let stacked = node.operands.map { !body.isSame($0) }
  guard stacked.contains(true) else { return nil }
  func repeated(_ map: AxisMap) -> AxisMap {
    map.repeated(body.scan.length, joined: carry != nil, stacked: stacked)
  }
  let op: any Operation
  switch node.op {
  case let contract as Contract: op = Contract(repeated(contract.map))
  case let reduce as Reduce where reduce.monoid == .sum: op = Reduce(.sum, repeated(reduce.map))
  default: return nil
  }
  return Postponed(
    result: result, carry: carry, op: op, operands: node.operands, name: node.name)
}

extension AxisMap {
  /// The map with an axis for the steps of a loop: the first of the result, or a reduced one.
  /// Operands that are `stacked` have it as their first axis.
  fileprivate func repeated(_ steps: Int, joined: Bool, stacked: [Bool]) -> AxisMap {
    let place = joined ? resultRank : 0
    var axes = axes
    axes.insert(Axis("t", steps), at: place)
    let operands = zip(operands, stacked).map { sums, isStacked in
      let moved = sums.map { sum in
        AxisSum(
          sum.terms.map { .init($0.axis < place ? $0.axis : $0.axis + 1, $0.coefficient) },
          offset: sum.offset)
      }
      return isStacked ? [.axis(place)] + moved : moved
    }
    return AxisMap(
      AxisMap.distinct(axes), resultRank: resultRank + (joined ? 0 : 1), operands: operands)
  }
}
