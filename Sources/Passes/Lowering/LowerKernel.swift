internal import GraphIR
internal import LoopIR
internal import Support

/// Returns the kernel for a group of operations.
///
/// - Parameters:
///   - shared: for results that lie in the array of an operand, the number of that operand.
///   - names: what the operands and the results are called.
///   - origins: the places in the model, for the comment.
func lower(
  _ op: KernelOp, name: String, shared: [Int: Int], operandNames: [String],
  resultNames: [String], origins: [String]
) -> Kernel {
  let body = op.body
  var parameters: [KernelParameter] = []
  var inputs: [Buffer] = []
  for (i, id) in body.inputs.enumerated() {
    let type = body[id].types[0]
    let buffer = Buffer(id: i, name: operandNames[i], type: type.element, shape: type.dims)
    inputs.append(buffer)
    parameters.append(KernelParameter(buffer, shared.values.contains(i) ? .readWrite : .read))
  }
  var outputs: [Buffer] = []
  for (i, value) in body.outputs.dropLast(op.held).enumerated() {
    if let operand = shared[i] {
      outputs.append(inputs[operand])
      continue
    }
    let type = body.type(value)
    let buffer = Buffer(
      id: parameters.count, name: resultNames[i], type: type.element, shape: type.dims)
    outputs.append(buffer)
    parameters.append(KernelParameter(buffer, .write))
  }
  if let opaque = body.nodes.ids.first(where: { body[$0].op.role == .opaque }) {
    return lowerOpaque(
      body, opaque, name: name, parameters: parameters, inputs: inputs, outputs: outputs,
      origins: origins)
  }
  let stages = KernelStages(
    body, rows: op.rows, parameters: parameters, inputs: inputs, outputs: outputs)
  let schedule = schedule(stages)
  return Kernel(
    name: name,
    parameters: schedule.parameters + schedule.scratch.map { KernelParameter($0, .scratch) },
    definitions: stages.definitions.map { $0.seeing(schedule.parameters.map(\.buffer)) },
    body: schedule.body, origins: origins)
}

extension Definition {
  // The same equation about arrays that may have another shape.
  fileprivate func seeing(_ arrays: [Buffer]) -> Definition {
    func own(_ buffer: Buffer) -> Buffer { arrays.first { $0.id == buffer.id } ?? buffer }
    let value = value.rewritten { part in
      guard case .load(let buffer, let indices) = part else { return part }
      return .load(own(buffer), indices)
    }
    switch target {
    case .buffer(let buffer, let indices): return Definition(.buffer(own(buffer), indices), value)
    case .local: return Definition(target, value)
    }
  }
}

// A kernel of one operation with loops of its own, which reads its operands through expressions.
private func lowerOpaque(
  _ body: Graph, _ id: NodeID, name: String, parameters: [KernelParameter], inputs: [Buffer],
  outputs: [Buffer], origins: [String]
) -> Kernel {
  let node = body[id]
  let elements = KernelElements(
    body, domain: [], buffers: Dictionary(uniqueKeysWithValues: zip(body.inputs, inputs)),
    firstArray: parameters.count)
  let definition = node.op.definition(node.operands.map { body.type($0) }, node.types)
  guard case .loops(let loops) = definition else {
    preconditionFailure("'\(node.op.mnemonic)' has no loops")
  }
  // Names would have to be made inside the operation's loops; expressions are written out.
  var summary: String?
  let context = LoopContext(
    operands: { operand, index in
      elements.scoped { elements.element(node.operands[operand], at: index) }.result
    },
    results: outputs, variable: elements.variable, local: elements.local,
    explain: { summary = $0 })
  let statements = loops(context)
  return Kernel(
    name: name, parameters: parameters, definitions: [], body: statements, origins: origins,
    summary: summary)
}
