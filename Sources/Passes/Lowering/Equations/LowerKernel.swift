internal import GraphIR
internal import LoopIR
internal import Support

/// A kernel, and what puts one of its factors in panels before it.
///
/// The arrays of both are numbered: operands, then results with an array of their own, then the
/// panels, then what the kernel puts aside numbers in. Each leaves out those that only the other
/// one uses.
struct LoweredKernel {
  var kernel: Kernel
  /// The packing kernel, whose last parameter are the panels.
  var packing: Kernel?
  /// What the kernel puts aside numbers in, beside operands and results.
  var scratch: [Buffer] = []
  /// How its schedule was chosen; nil for an operation with loops of its own.
  var choice: ScheduleChoice?
}

extension LoweredKernel {
  /// The arrays that a call needs beside operands and results: panels, then what the kernel puts
  /// aside numbers in.
  var ownArrays: [Buffer] {
    let panels = packing?.parameters.last.map { [$0.buffer] } ?? []
    return panels + scratch
  }
}

/// A kernel where it is called: all that decides its loops beside `LoweringOptions`.
struct KernelCall: Hashable {
  let kernel: KernelOp
  let name: String
  /// For results that lie in the array of an operand, the number of that operand.
  var shared: [Int: Int] = [:]
  /// What the operands and the results are called.
  let operandNames: [String]
  let resultNames: [String]
  /// The places in the model, for the comment.
  var origins: [String] = []
  /// The operands that stay the same from call to call.
  var fixed: Set<Int> = []
  /// Where operands and results lie in larger arrays.
  var windows = KernelWindows()
  /// The results that nothing reads, as an operation's workspace: to the kernel they are scratch.
  var unread: Set<Int> = []
  /// For operands that are overwritten, what their arrays hold then.
  var becoming: [Int: String] = [:]
  /// What the axes of operands and results are called.
  var axes = KernelAxes()
}

extension KernelCall {
  /// A call with arrays of its own for all operands and results, none of which stays the same.
  init(apart kernel: KernelOp) {
    let count = kernel.body.inputs.count + kernel.body.outputs.count
    let names = [String](repeating: "x", count: count)
    self.init(kernel: kernel, name: kernel.name, operandNames: names, resultNames: names)
  }
}

/// Returns the loops of a kernel where it is called.
func lower(_ call: KernelCall, _ options: LoweringOptions) -> LoweredKernel {
  let (op, body) = (call.kernel, call.kernel.body)
  var parameters: [KernelParameter] = []
  var inputs: [Window] = []
  for (i, id) in body.inputs.enumerated() {
    let place = call.windows.operands[i]
    let type = body[id].types[0]
    let buffer = Buffer(
      id: i, name: call.operandNames[i], type: type.element, shape: place?.dims ?? type.dims)
    inputs.append(Window(buffer, place))
    let access: KernelParameter.Access = call.shared.values.contains(i) ? .readWrite : .read
    parameters.append(KernelParameter(buffer, access, becoming: call.becoming[i]))
  }
  var outputs: [Window] = []
  for (i, value) in body.outputs.dropLast(op.temporaries).enumerated() {
    if let operand = call.shared[i] {
      outputs.append(inputs[operand])
      continue
    }
    let place = call.windows.results[i]
    let type = body.type(value)
    let buffer = Buffer(
      id: parameters.count, name: call.resultNames[i], type: type.element,
      shape: place?.dims ?? type.dims)
    outputs.append(Window(buffer, place))
    let access: KernelParameter.Access = op.replaced == nil ? .write : .readWrite
    parameters.append(KernelParameter(buffer, call.unread.contains(i) ? .scratch : access))
  }
  let opaque = op.replaced.map { _ in body.outputs[0].node }
  if let opaque = opaque ?? body.nodes.ids.first(where: { body[$0].op.role == .opaque }) {
    return LoweredKernel(
      kernel: lowerOpaque(
        body, opaque, name: call.name, parameters: parameters, inputs: inputs, outputs: outputs,
        origins: call.origins))
  }
  let stages = KernelStages(
    body, rows: op.rows, parameters: parameters, inputs: inputs, outputs: outputs, axes: call.axes
  ).storingAfterChoices()
  let schedule = schedule(stages, ScheduleContext(fixed: call.fixed, options: options))
  let scratch = schedule.scratch.map { KernelParameter($0, .scratch) }
  guard let panels = schedule.panels else {
    return LoweredKernel(
      kernel: Kernel(
        name: call.name, parameters: schedule.parameters + scratch,
        definitions: schedule.definitions, body: schedule.body, origins: call.origins),
      scratch: schedule.scratch, choice: schedule.choice)
  }
  return split(schedule, panels, scratch, name: call.name, origins: call.origins)
}

// A kernel that reads panels, and its packing kernel.
private func split(
  _ schedule: Schedule, _ panels: Panels, _ scratch: [KernelParameter], name: String,
  origins: [String]
) -> LoweredKernel {
  let source = panels.value
  let own = schedule.definitions.map { definition in
    Definition(
      definition.target,
      definition.value.rewritten {
        $0 == source ? .load(panels.buffer, panels.position) : $0
      })
  }
  let packed = Set(source.loads.map(\.buffer))
  let read = Set(schedule.body.loads + own.flatMap { $0.value.loads }.map(\.buffer))
  let parameters = schedule.parameters.filter {
    $0.access != .read || !packed.contains($0.buffer) || read.contains($0.buffer)
  }
  let sources = schedule.parameters.filter { packed.contains($0.buffer) }
  return LoweredKernel(
    kernel: Kernel(
      name: name,
      parameters: parameters + [KernelParameter(panels.buffer, .read)] + scratch,
      definitions: own, body: schedule.body, origins: origins, summary: schedule.summary),
    packing: Kernel(
      name: "pack_" + panels.buffer.name.dropLast("_panels".count),
      parameters: sources.map { KernelParameter($0.buffer, .read) }
        + [KernelParameter(panels.buffer, .write)],
      definitions: panels.definition.map { [$0] } ?? [], body: panels.body, origins: origins,
      summary: panels.summary), scratch: scratch.map(\.buffer), choice: schedule.choice)
}

extension [Statement] {
  // The arrays that are read.
  fileprivate var loads: [Buffer] {
    var result: [Buffer] = []
    forEachExpression { if case .load(let buffer, _) = $0 { result.append(buffer) } }
    return result
  }
}

// A kernel of one operation with its own loops, which reads its operands through expressions.
private func lowerOpaque(
  _ body: Graph, _ id: NodeID, name: String, parameters: [KernelParameter], inputs: [Window],
  outputs: [Window], origins: [String]
) -> Kernel {
  let node = body[id]
  let elements = KernelElements(
    body, domain: [], inputs: Dictionary(uniqueKeysWithValues: zip(body.inputs, inputs)),
    firstArray: parameters.count)
  // Names would have to be declared inside the operation's loops, so expressions are written out.
  var summary: String?
  var definitions: [Definition] = []
  let context = LoopContext(
    operands: { operand, index in
      elements.scoped { elements.element(node.operands[operand], at: index) }.result
    },
    results: outputs.map(\.buffer), variable: elements.variable, local: elements.local,
    explain: { summary = $0 }, define: { definitions.append($0) })
  let types = node.operands.map { body.type($0) }
  let statements: [Statement]
  if let update = node.op as? any PartialUpdate, body[node.operands[0].node].op is Input {
    statements = update.change(context, types)
  } else if case .loops(let loops) = node.op.definition(types, node.types) {
    statements = loops(context)
  } else {
    preconditionFailure("'\(node.op.mnemonic)' has no loops")
  }
  return Kernel(
    name: name, parameters: parameters, definitions: definitions, body: statements,
    origins: origins,
    summary: summary)
}
