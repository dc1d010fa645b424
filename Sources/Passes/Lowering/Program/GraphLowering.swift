internal import GraphIR
internal import LoopIR
internal import Support

/// Turns the graphs of one function, those inside loops and branches included, into steps.
struct GraphLowering {
  private let program: GraphProgram
  /// The name of the function, for the report.
  private let functionName: String
  /// The kind of the function.
  private let kind: FunctionKind
  /// The states that it changes.
  private let updated: Set<Int>
  /// What is known of kernels, and what they become.
  private let kernels: KernelPlans
  /// Called with the schedule of each kernel.
  private let report: ((KernelSchedule) -> Void)?
  private let inputs: [TensorType]
  /// The outputs of the function.
  let outputs: [ArrayDeclaration]
  /// Gets the kernels and the constants.
  private(set) var result: LoopProgram
  private(set) var known: KernelTable
  /// The arrays that lie in the arena.
  private(set) var temporaries: [ArrayDeclaration] = []
  /// How many loops there are so far.
  private var loops = 0
  /// The arrays that are invariant in all enclosing loops.
  private var steady: Set<Operand> = []
  /// The names of arrays from outside the enclosing loop or branch.
  var outerNames: [Operand: String] = [:]
  /// The names of the axes of states.
  let stateAxes: [StateID: ValueAxes.Names]

  init(
    _ program: GraphProgram, _ function: GraphFunction, _ result: LoopProgram,
    _ known: KernelTable, _ kernels: KernelPlans, stateAxes: [StateID: ValueAxes.Names],
    _ report: ((KernelSchedule) -> Void)?
  ) {
    self.kernels = kernels
    self.report = report
    self.stateAxes = stateAxes
    self.program = program
    functionName = function.name
    kind = function.kind
    updated = Set(
      function.results.compactMap { kind in
        if case .update(let state) = kind { state.index } else { nil }
      })
    let graph = function.graph
    inputs = graph.inputs.map { graph[$0].types[0] }
    outputs = zip(graph.outputs, function.results).compactMap { value, kind in
      if case .output(let name) = kind { ArrayDeclaration(name, graph.type(value)) } else { nil }
    }
    self.result = result
    self.known = known
  }

  /// Finds a place for each value of a graph.
  mutating func place(_ graph: Graph, inputs: [Operand], homes: [Home]) -> Placement {
    let placement = Placement(
      graph, kernels, inputs: inputs, homes: homes, firstTemporary: temporaries.count,
      firstConstant: result.constants.count, known: known.constants)
    for constant in placement.constants {
      known.constants[constant] = result.constants.count
      let name = "constant_\(result.constants.count)"
      result.constants.append(
        ConstantArray(ArrayDeclaration(name, constant.type), values: constant.values))
    }
    temporaries += placement.temporaries.map { value, places in
      let type = graph.type(value)
      return ArrayDeclaration(
        name: graph.name(value), type: type.element, shape: (places.map { [$0] } ?? []) + type.dims)
    }
    return placement
  }

  /// Returns the steps of a graph, with copies at the end of values that are needed in two places.
  mutating func steps(_ region: PlacedGraph) -> [Step] {
    let (graph, placement) = (region.graph, region.placement)
    var steps: [Step] = []
    for id in placement.order {
      let operands = graph[id].operands.map { placement.operand($0) }
      let results = graph[id].types.indices.map { placement.operand(Value(id, $0)) }
      if let op = graph[id].op as? KernelOp {
        steps += calls(id, op, region)
        continue
      }
      let outer = outerNames
      noteNames(id, region)
      switch graph[id].op {
      case let op as Scan:
        steps += loop(
          id, op, zip(operands, graph[id].operands).map { shaped($0, as: graph.type($1)) },
          zip(results, graph[id].types).map { shaped($0, as: $1) },
          zip(op.slots.carries, placement.carries[id] ?? []).map { slot, carry in
            let (result, type) = (results[slot.result], graph[id].types[slot.result])
            return carry ?? Carry(.place, of: op, in: shaped(result, as: type))
          }, region)
      case let op as While: steps += loop(id, op, operands, results, region)
      case let op as Cond: steps.append(branch(id, op, operands, results, region))
      default: preconditionFailure("'\(graph[id].op.mnemonic)' is no step")
      }
      outerNames = outer
    }
    return steps
  }

  /// The copies at the end of a graph. A state that is filled with one number is no copy of
  /// another.
  func copies(_ region: PlacedGraph) -> [Step] {
    region.placement.copies.map { copy in
      if let value = region.filling(copy.value), case .state = copy.to {
        return .fill(value, copy.to)
      }
      return .copy(from: argument(copy.value, at: copy.from, region), to: outside(copy.to))
    }
  }

  // The steps of a graph inside a loop, in which some arrays stay the same, or inside a branch.
  private mutating func inside(
    _ graph: Graph, _ inputs: [Operand], _ homes: [Home], axes: [ValueAxes.Names],
    names: [String], steady own: [Operand] = []
  ) -> [Step] {
    let outer = steady
    steady.formUnion(own)
    defer { steady = outer }
    let placement = place(graph, inputs: inputs, homes: homes)
    let region = PlacedGraph(
      graph, placement, axes: ValueAxes(graph, inputs: axes, states: stateAxes),
      names: zip(graph.outputs, names).reduce(into: [:]) { $0[$1.0] = $0[$1.0] ?? $1.1 },
      isFunction: false)
    return steps(region) + copies(region)
  }

  // Each step works on slices of the stacked arrays.
  private mutating func loop(
    _ id: NodeID, _ scan: Scan, _ operands: [Operand], _ results: [Operand], _ carries: [Carry],
    _ region: PlacedGraph
  ) -> [Step] {
    let variable = Variable(id: loops, name: "t", extent: scan.length)
    loops += 1
    let position = scan.isReversed ? Index(scan.length - 1) - Index(variable) : Index(variable)
    let slots = scan.slots
    var homes = results.map { Home.new($0) }
    for i in slots.stacks { homes[i] = .new(results[i].slice(at: position)) }
    for (slot, carry) in zip(slots.carries, carries) {
      let place = carry.value(after: Index(variable) + 1)
      homes[slot.result] = carry.form == .place ? .update(place) : .new(place)
    }
    let constants = slots.constants.map { operands[$0.operand] }
    let node = region.graph[id]
    let body = inside(
      scan.body,
      Scan.Slots.inputs(
        step: .index(position), carries: carries.map { $0.value(after: Index(variable)) },
        slices: slots.slices.map { operands[$0.operand].slice(at: position) },
        constants: constants),
      homes, axes: ValueAxes.inputs(of: scan, node.operands.map { region.axes[$0] }),
      names: resultNames(id, region), steady: constants)
    let last = zip(slots.carries, carries).compactMap { slot, carry -> Step? in
      let (from, to) = (carry.last, results[slot.result])
      if from == to { return nil }
      return .copy(
        from: outside(from), to: argument(Value(id, slot.result), at: to, region))
    }
    return copies(slots.carries, node, operands, carries.map(\.first), region)
      + [.loop(variable, body)] + last
  }

  private mutating func loop(
    _ id: NodeID, _ op: While, _ operands: [Operand], _ results: [Operand], _ region: PlacedGraph
  ) -> [Step] {
    let predicate = Operand.temporary(temporaries.count)
    temporaries.append(ArrayDeclaration("goes_on", TensorType(.bool, [])))
    let steady = op.slots.constants.map { operands[$0.operand] }
    let inputs = results + steady
    let axes = region.graph[id].operands.map { region.axes[$0] }
    let condition = inside(
      op.condition, inputs, [.new(predicate)], axes: axes, names: ["goes_on"],
      steady: steady)
    let body = inside(
      op.body, inputs, results.map { .update($0) }, axes: axes, names: resultNames(id, region),
      steady: steady)
    return copies(op.slots.carries, region.graph[id], operands, results, region)
      + [.whileLoop(condition: condition, predicate: predicate, body: body)]
  }

  // An array that is sliced has the shape that the graph says; where it lies may have another.
  private func shaped(_ operand: Operand, as type: TensorType) -> Operand {
    dims(operand) == type.dims ? operand : .shaped(operand, type.dims)
  }

  private func dims(_ operand: Operand) -> [Int] {
    switch operand {
    case .state(let i): program.states[StateID(index: i)].type.dims
    case .input(let i): inputs[i].dims
    case .output(let i): outputs[i].shape
    case .temporary(let i): temporaries[i].shape
    case .constant(let i): result.constants[i].array.shape
    case .element(let whole, _): Array(dims(whole).dropFirst())
    case .part(let whole, let range): [range.count] + dims(whole).dropFirst()
    case .shaped(_, let shape): shape
    case .named(let whole, _), .becoming(let whole, _): dims(whole)
    case .index: []
    }
  }

  // Copies the first value of a carry to its place.
  private func copies(
    _ carries: [CarrySlot], _ node: Node, _ operands: [Operand], _ places: [Operand],
    _ region: PlacedGraph
  ) -> [Step] {
    zip(carries, places).compactMap { carry, place in
      let operand = operands[carry.operand]
      if operand == place { return nil }
      return .copy(
        from: argument(node.operands[carry.operand], at: operand, region), to: outside(place))
    }
  }

  private mutating func branch(
    _ id: NodeID, _ op: Cond, _ operands: [Operand], _ results: [Operand], _ region: PlacedGraph
  ) -> Step {
    let node = region.graph[id]
    let inputs = Cond.inputs(operands)
    let homes = results.map { Home.new($0) }
    let axes = Cond.inputs(node.operands).map { region.axes[$0] }
    let names = resultNames(id, region)
    let then = inside(op.then, inputs, homes, axes: axes, names: names)
    let otherwise = inside(op.otherwise, inputs, homes, axes: axes, names: names)
    return .branch(
      predicate: argument(
        node.operands[Cond.condition], at: operands[Cond.condition], region),
      then: then, otherwise: otherwise)
  }

  // The call of the kernel of node `id`, behind that which puts a factor in panels.
  private mutating func calls(_ id: NodeID, _ op: KernelOp, _ region: PlacedGraph) -> [Step] {
    let placement = region.placement
    let node = region.graph[id]
    let results = node.types.indices.map { Value(id, $0) }
    var operands = node.operands.map { placement.operand($0) }
    let homes = results.map { placement.operand($0) }
    if placement.windows.holders.contains(id) { return border(id, op, region) }
    if let fills = fills(op, homes) { return fills }
    let windows = windows(of: node, results, placement)
    var arguments = zip(node.operands, operands).map { argument($0, at: $1, region) }
    let own = zip(results, homes).map { argument($0, at: $1, region) }
    func name(_ operand: Operand, else own: String) -> String {
      if case .state(let i) = operand { program.states[StateID(index: i)].name } else { own }
    }
    var operandNames = zip(node.operands, operands).map { value, operand in
      name(operand, else: region.operandName(value))
    }
    var copies: [Step] = []
    if let i = op.replaced, operands[i] != homes[0] {
      copies = [.copy(from: arguments[i], to: own[0])]
      if !op.readsReplaced {
        (operands[i], arguments[i]) = (homes[0], own[0])
        operandNames[i] = name(homes[0], else: region.resultName(results[0]))
      }
    }
    var shared: [Int: Int] = [:]
    var becoming: [Int: String] = [:]
    for (i, home) in homes.enumerated() where windows.results[i] == nil {
      guard let j = operands.firstIndex(of: home) else { continue }
      shared[i] = j
      guard arguments[j] != own[i], own[i].isNameable else { continue }
      arguments[j] = .becoming(arguments[j], region.name(results[i]))
      becoming[j] = region.resultName(results[i])
    }
    let lowered = kernels.lowered(
      KernelCall(
        kernel: op, name: kernelName(op, homes), shared: shared, operandNames: operandNames,
        resultNames: results.map { region.resultName($0) },
        origins: origins(of: op.body, in: program),
        fixed: Set(operands.indices.filter { isFixed(operands[$0]) }), windows: windows,
        unread: Set(results.indices.filter { region.isUnread(results[$0]) }), becoming: becoming,
        axes: axes(of: node, homes, region)))
    report?(
      KernelSchedule(functionName, lowered.kernel, lowered.choice, kernels.options.machine))
    // A kernel that reads only call-invariant operands has call-invariant results, e.g. folded
    // batch-norm scales.
    if shared.isEmpty, !operands.isEmpty, operands.allSatisfy({ isFixed($0) }) {
      steady.formUnion(homes)
    }
    arguments += homes.indices.filter { shared[$0] == nil }.map { own[$0] }
    return copies + calls(lowered, &arguments)
  }

  // The calls of a kernel and of its packing kernel; `arguments` gets its panels and scratch
  // arrays.
  private mutating func calls(_ lowered: LoweredKernel, _ arguments: inout [Operand]) -> [Step] {
    for buffer in lowered.ownArrays {
      arguments.append(.temporary(temporaries.count))
      temporaries.append(
        ArrayDeclaration(name: buffer.name, type: buffer.type, shape: buffer.shape))
    }
    return [lowered.packing, lowered.kernel].compactMap { $0 }.map { kernel in
      .call(known.add(kernel, to: &result), kernel.parameters.map { arguments[$0.buffer.id] })
    }
  }

  // The steps of a kernel that fills states with constants; nil for others.
  private func fills(_ op: KernelOp, _ homes: [Operand]) -> [Step]? {
    let fillings = kernels[op].fillings
    let fills = homes.enumerated().compactMap { i, home -> Step? in
      guard case .state = home else { return nil }
      return fillings[i].map { .fill($0, home) }
    }
    return fills.count == homes.count ? fills : nil
  }

  // The places of operands and results in larger arrays.
  private func windows(
    of node: Node, _ results: [Value], _ placement: Placement
  ) -> KernelWindows {
    var windows = KernelWindows()
    for (i, value) in node.operands.enumerated() {
      windows.operands[i] = placement.windows.places[value]?.place
    }
    for (i, value) in results.enumerated() {
      windows.results[i] = placement.windows.places[value]?.place
    }
    return windows
  }

  // The names of the axes of a kernel's operands, and of its results for states.
  private func axes(of node: Node, _ homes: [Operand], _ region: PlacedGraph) -> KernelAxes {
    var axes = KernelAxes(operands: node.operands.map { region.axes[$0] })
    if case .state(let i) = homes.first { axes.result = stateAxes[StateID(index: i)] }
    return axes
  }

  // The call that fills the rest of an array whose parts other kernels write.
  private mutating func border(_ id: NodeID, _ op: KernelOp, _ region: PlacedGraph) -> [Step] {
    let (graph, body) = (region.graph, op.body)
    guard let pad = body[body.outputs[0].node].op as? Pad,
      let place = region.placement.windows.places[graph[id].operands[0]]?.place
    else { return [] }
    let type = graph[id].types[0]
    let array = Buffer(
      id: 0, name: graph.name(Value(id)), type: type.element, shape: type.dims)
    let kernel = borderKernel(
      op.name, of: array, axes: ValueAxes.complete(region.axes[Value(id)]), around: place,
      extents: graph.type(graph[id].operands[0]).dims, with: pad.value,
      origins: origins(of: body, in: program))
    let home = region.placement.operand(Value(id))
    return [.call(known.add(kernel, to: &result), [argument(Value(id), at: home, region)])]
  }

  // True iff the array is a parameter that does not change while the function is called again, or
  // stays the same in a loop: panels of it are made in front of that.
  private func isFixed(_ operand: Operand) -> Bool {
    if steady.contains(operand) { return true }
    guard case .state(let i) = operand, !kind.isOfTraining, !updated.contains(i) else {
      return false
    }
    return program.states[StateID(index: i)].role.isInWeights
  }

  // A kernel that changes a state is named after it; statistics and caches are often by-products.
  private func kernelName(_ op: KernelOp, _ results: [Operand]) -> String {
    let states = results.compactMap { operand -> State? in
      if case .state(let i) = operand { return program.states[StateID(index: i)] }
      return nil
    }
    let others = states.filter { $0.role != .statistic && $0.role != .cache }
    let first = states.count == results.count ? states.first : others.first
    guard let main = states.first(where: { $0.role == .parameter }) ?? first else {
      return op.name
    }
    return (kind.initialises ? "init_" : "update_") + main.name
  }
}

// The lines of the model that a kernel comes from.
private func origins(of body: Graph, in program: GraphProgram) -> [String] {
  var origins: [String] = []
  for node in body.nodes.values {
    if node.op is Input { continue }
    guard let id = node.site else { continue }
    let site = program.sites[id]
    let text = "\(site.file):\(site.line)"
    if !origins.contains(text) { origins.append(text) }
  }
  return origins
}
