internal import GraphIR
internal import LoopIR
internal import Support

// Steps that begin with an operand and go on in its array: a kernel that replaces a part of it, a
// loop that carries it. Where the operand lies elsewhere, it is copied first.
extension Placement {
  /// The operand of a step that its result number `result` begins as, if there is one.
  func start(of result: Int, _ id: NodeID) -> Int? {
    switch graph[id].op {
    case let op as KernelOp: op.replaced.flatMap { op.readsReplaced ? nil : $0 }
    case let op as Scan: op.slots.carries.first { $0.result == result }?.operand
    case let op as While: op.slots.carries.first { $0.result == result }?.operand
    default: nil
    }
  }

  /// Lets the value that `result` of a step begins as be made where it is needed, if it is needed
  /// nowhere else afterwards.
  mutating func handDown(_ result: Value, to place: Operand) {
    guard let value = beginning(of: result), operands[value] == nil else { return }
    let isFree = outsideReaders(of: place).isEmpty || mayReplace(place, by: value)
    if isFree, runsLast(result.node, of: value) {
      operands[value] = place
      handDown(value, to: place)
    }
  }

  /// Lets results in the arena lie where what they begin as lies.
  mutating func joinResults() {
    for id in graph.nodes.ids where isStep(id) {
      for result in graph[id].types.indices.map({ Value(id, $0) }) where operands[result] == nil {
        if let value = beginning(of: result), operands[value] == nil, runsLast(id, of: value) {
          joined[result] = value
        }
      }
    }
  }

  /// Finds places for what loops hand on from step to step.
  mutating func placeCarries() {
    for id in graph.nodes.ids {
      guard let scan = graph[id].op as? Scan else { continue }
      let forms = scan.carryForms(kernels) { operands[Value(id, $0)] == nil }
      carries[id] = zip(forms, scan.slots.carries).map { form, slot in
        carry(form, of: scan, Value(id, slot.result))
      }
    }
  }

  private mutating func carry(_ form: Carry.Form, of scan: Scan, _ result: Value) -> Carry? {
    guard form != .place else { return nil }
    let array = Operand.temporary(firstTemporary + temporaries.count)
    let carry = Carry(form, of: scan, in: array)
    temporaries.append((result, carry.count))
    if operands[result] == nil { operands[result] = carry.last }
    if case .rows(let before, let after) = form {
      for number in before { operands[Value(result.node, number)] = carry.rows(isAfter: false) }
      for number in after { operands[Value(result.node, number)] = carry.rows(isAfter: true) }
    }
    handDown(result, to: carry.first)
    return carry
  }

  // What a result begins as, if that is made in this graph.
  private func beginning(of result: Value) -> Value? {
    guard let operand = start(of: result.result, result.node) else { return nil }
    let value = graph.source(of: graph[result.node].operands[operand])
    guard isStep(value.node), graph.type(value).element == graph.type(result).element,
      !graph.outputs.contains(where: { graph.source(of: $0) == value })
    else { return nil }
    return value
  }

  // True iff all others that read a value can run before a step, which reads it once; from now on
  // they do.
  private mutating func runsLast(_ id: NodeID, of value: Value) -> Bool {
    var others: Set<NodeID> = []
    for user in graph.nodes.ids where isStep(user) {
      let reads = graph[user].operands.count { graph.source(of: $0) == value }
      if user == id, reads > 1 { return false }
      if user != id, reads > 0 { others.insert(user) }
    }
    guard !ancestors(of: others).contains(id) else { return false }
    before[id, default: []].formUnion(others)
    return true
  }
}
