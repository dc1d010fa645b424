internal import LoopIR
internal import Support

/// The gradient of a loop: a loop in the other direction.
///
/// The forward loop is made again with more results: the carries at the beginning of each step, and
/// expensive values of a step (contractions, reductions, loops), or the sums in which these end.
/// The pass `join-scans` merges both. The backward loop carries the gradients of the carries and,
/// for each invariant, the sum of its gradients; it recomputes cheap values from those that were
/// kept.
struct ScanGradient {
  private let scan: Scan
  private let slots: Scan.Slots
  private let context: GradientContext
  private let builder: GraphBuilder
  /// One step of both directions, with inputs in no particular order.
  private let joint: GraphBuilder
  /// The value in `joint` of each value of the forward step, and the inputs of `joint`.
  private var forward: [Value: Tensor] = [:]
  private var inputs: [Tensor] = []
  /// The seeds inside a step: of the float carries, and of those results that have one.
  private var carrySeeds: [Int: Tensor] = [:]
  private var resultSeeds: [Int: Tensor] = [:]
  /// The gradients by the inputs of the forward step, by the numbers of the operands.
  private var found: [Tensor?] = []
  /// How often the forward step uses each value.
  private let uses: [Value: Int]

  init(_ scan: Scan, _ context: GradientContext) {
    self.scan = scan
    slots = scan.slots
    self.context = context
    uses = scan.body.uses()
    builder = context.results[0].builder
    joint = GraphBuilder(log: builder.log)
    joint.site = builder.site
    joint.name = builder.name
    makeJoint()
  }

  /// The gradients by the operands.
  var tensors: [Tensor?] {
    guard found.contains(where: { $0 != nil }) else { return context.operands.map { _ in nil } }
    return backward()
  }

  private mutating func makeJoint() {
    let body = scan.body
    inputs = body.inputs.map { joint.addInput(body[$0].types[0], named: body[$0].name) }
    forward = body.inlined(into: joint, inputs: inputs)
    var seeds: [(value: Tensor, seed: Tensor)] = []
    for (i, output) in body.outputs.enumerated() where body.type(output).element.isFloat {
      guard let value = forward[output] else { continue }
      let isStacked = slots.stacks.contains(i)
      guard !isStacked || context.seeds[i] != nil else { continue }
      let seed = joint.addInput(value.type, named: body[output.node].name.map { "d_" + $0 })
      if isStacked { resultSeeds[i] = seed } else { carrySeeds[i] = seed }
      seeds.append((value, seed))
    }
    let sources = scan.passed.map { inputs[$0.input] }
    let gradients = joint.gradients(seeds, by: sources.filter(\.elementType.isFloat))
    var next = gradients.makeIterator()
    found = sources.map { $0.elementType.isFloat ? next.next() ?? nil : nil }
  }

  // The values of the forward step that the gradients need and that are kept.
  private func kept(_ wanted: [Tensor]) -> (values: [Value], inputs: Set<Int>) {
    var origin: [Value: Value] = [:]
    for (old, new) in forward {
      if let value = new.value { origin[value] = old }
    }
    var values: Set<Value> = []
    var positions: Set<Int> = []
    var seen: Set<Value> = []
    var stack = wanted.compactMap(\.value)
    while let value = stack.popLast() {
      guard seen.insert(value).inserted else { continue }
      let node = joint.graph[value.node]
      if let input = node.op as? Input {
        positions.insert(input.position)
      } else if let old = origin[value], scan.memory == .results, isFinished(old) {
        values.insert(old)
      } else {
        stack += node.operands
      }
    }
    return (values.sorted { ($0.node, $0.result) < ($1.node, $1.result) }, positions)
  }

  // True iff a value of the body is expensive, or is the sum in which such a value ends: the sum is
  // kept instead, as gradients of sums need no operands.
  private func isFinished(_ value: Value) -> Bool {
    let node = scan.body[value.node]
    if isExpensive(node) { return true }
    guard let map = node.op as? Map, map.function == .add || map.function == .subtract else {
      return false
    }
    return node.operands.contains { uses[$0] == 1 && isFinished($0) }
  }

  private func isExpensive(_ node: Node) -> Bool {
    switch node.op.role {
    case .contract, .reduce, .opaque, .control: true
    case .map, .view, .choice, .boundary: false
    }
  }

  private func backward() -> [Tensor?] {
    let same = slots.constants.filter { found[$0.operand] != nil }
    let sliced = slots.slices.filter { found[$0.operand] != nil }
    let flowing = slots.carries.filter { carrySeeds[$0.result] != nil }
    let carried = flowing.map {
      found[$0.operand] ?? context.operands[$0.operand].zeros(in: joint)
    }
    let (values, positions) = kept(
      carried + (same + sliced).compactMap { found[$0.operand] })

    // The forward loop with more results.
    let keptCarries = slots.carries.filter { positions.contains($0.input) }
    var body = scan.body
    let first = body.outputs.count
    body.outputs += keptCarries.map { Value(body.inputs[$0.input]) } + values
    let again = builder.apply(
      scan.with(body: body), context.operands, results: body.outputs.count)
    let stacks = Array(again[first...])

    // The inputs of a backward step, in order, and the operands of the backward loop.
    let sums = same.map { slot in
      let name = scan.body[scan.body.inputs[slot.input]].name.map { "d_" + $0 }
      return joint.addInput(context.operands[slot.operand].type, named: name)
    }
    let usedSlices = slots.slices.filter { positions.contains($0.input) }
    let seeded = resultSeeds.keys.sorted()
    let fixed = slots.constants.filter { positions.contains($0.input) }
    let stackedInputs: [Tensor] =
      keptCarries.map { inputs[$0.input] } + values.compactMap { forward[$0] }
      + usedSlices.map { inputs[$0.input] } + seeded.compactMap { resultSeeds[$0] }
    let order = Scan.Slots.inputs(
      step: inputs[slots.step], carries: flowing.compactMap { carrySeeds[$0.result] } + sums,
      slices: stackedInputs,
      constants: fixed.map { inputs[$0.input] })
    let added = zip(sums, same).compactMap { sum, slot in
      found[slot.operand].map { sum.adding($0) }
    }
    let outputs =
      carried + added + sliced.compactMap { found[$0.operand] }
    let step = joint.graph.cut(
      inputs: order.compactMap(\.value), outputs: outputs.compactMap(\.value))
    let operands: [Tensor] =
      flowing.map { context.seeds[$0.result] ?? context.operands[$0.operand].filled(0) }
      + same.map { context.operands[$0.operand].filled(0) } + stacks
      + usedSlices.map { context.operands[$0.operand] } + seeded.compactMap { context.seeds[$0] }
      + fixed.map { context.operands[$0.operand] }
    let back = Scan(
      length: scan.length, carries: flowing.count + same.count,
      slices: stacks.count + usedSlices.count + seeded.count, isReversed: !scan.isReversed,
      memory: scan.memory, body: step)
    let results = builder.apply(back, operands, results: outputs.count)
    var gradients = [Tensor?](repeating: nil, count: context.operands.count)
    for (slot, result) in zip(flowing.map(\.slot) + same + sliced, results) {
      gradients[slot.operand] = result
    }
    return gradients
  }
}

extension Tensor {
  /// The sum of two tensors; if the other one is zeros with a part replaced, only that part of
  /// `self` changes.
  fileprivate func adding(_ other: Tensor) -> Tensor {
    guard let (node, operands) = other.made else { return self + other }
    if node.op as? Map == Map(.add), operands.contains(where: { $0.isPartOfZeros }) {
      return operands.reduce(self) { $0.adding($1) }
    }
    guard other.isPartOfZeros else { return self + other }
    let (patch, starts) = (operands[1], Array(operands.dropFirst(2)))
    let part = builder.apply(DynamicSlice(patch.shape.dims), [self] + starts)[0]
    return builder.apply(DynamicUpdate(), [self, part + patch] + starts)[0]
  }

  private var isPartOfZeros: Bool {
    guard let (node, operands) = made, node.op is DynamicUpdate,
      let constant = operands[0].made?.node.op as? Constant
    else { return false }
    return constant.splat?.double == 0
  }

  // The node that made `self`, and its operands.
  private var made: (node: Node, operands: [Tensor])? {
    node.map { ($0, $0.operands.map { builder.tensor($0) }) }
  }

  /// Zeros of the type of `self` in the graph of another builder.
  fileprivate func zeros(in builder: GraphBuilder) -> Tensor { builder.constant(0, type) }
}
