internal import GraphIR
internal import LoopIR
internal import Support

/// Turns the graphs of one function, those inside loops and branches included, into steps.
struct GraphLowering {
  private let program: GraphProgram
  /// The name of the function.
  private let function: String
  private let inputs: [TensorType]
  private let outputs: [TensorType]
  /// Gets the kernels and the constants.
  private(set) var result: LoopProgram
  private(set) var known: KernelTable
  /// The arrays that lie in the arena.
  private(set) var temporaries: [ArrayDeclaration] = []
  /// How many loops there are so far.
  private var loops = 0

  init(
    _ program: GraphProgram, _ function: GraphFunction, _ result: LoopProgram,
    _ known: KernelTable
  ) {
    self.program = program
    self.function = function.name
    let graph = function.graph
    inputs = graph.inputs.map { graph[$0].types[0] }
    outputs = zip(graph.outputs, function.results).compactMap { value, kind in
      if case .output = kind { graph.type(value) } else { nil }
    }
    self.result = result
    self.known = known
  }

  /// Finds a place for each value of a graph.
  mutating func place(_ graph: Graph, inputs: [Operand], homes: [Home]) -> Placement {
    let placement = Placement(
      graph, inputs: inputs, homes: homes, firstTemporary: temporaries.count,
      firstConstant: result.constants.count)
    for constant in placement.constants {
      let name = "constant_\(result.constants.count)"
      result.constants.append(
        ConstantArray(ArrayDeclaration(name, constant.type), values: constant.values))
    }
    temporaries += placement.temporaries.map { ArrayDeclaration(graph.name($0), graph.type($0)) }
    return placement
  }

  /// Returns the steps of a placed graph without the copies at its end; `names` are what some of
  /// its values are called outside.
  mutating func steps(_ graph: Graph, _ placement: Placement, names: [Value: String] = [:])
    -> [Step]
  {
    var steps: [Step] = []
    for id in placement.order {
      let operands = graph[id].operands.map { placement.operand($0) }
      let results = graph[id].types.indices.map { placement.operand(Value(id, $0)) }
      switch graph[id].op {
      case let op as KernelOp: steps.append(call(id, op, graph, placement, names))
      case let op as Scan:
        steps += loop(
          op, zip(operands, graph[id].operands).map { shaped($0, as: graph.type($1)) },
          zip(results, graph[id].types).map { shaped($0, as: $1) })
      case let op as While: steps += loop(op, operands, results)
      case let op as Cond: steps.append(branch(op, operands, results))
      default: preconditionFailure("'\(graph[id].op.mnemonic)' is no step")
      }
    }
    return steps
  }

  // The steps of a graph inside a loop or a branch.
  private mutating func inside(_ graph: Graph, _ inputs: [Operand], _ homes: [Home]) -> [Step] {
    let placement = place(graph, inputs: inputs, homes: homes)
    return steps(graph, placement) + placement.copies.map { .copy(from: $0.from, to: $0.to) }
  }

  // Carries lie where the results are wanted; each step works on slices of the stacked arrays.
  private mutating func loop(_ scan: Scan, _ operands: [Operand], _ results: [Operand]) -> [Step] {
    let variable = Variable(id: loops, name: "t", extent: scan.length)
    loops += 1
    let position = scan.isReversed ? Index(scan.length - 1) - Index(variable) : Index(variable)
    let homes = results.enumerated().map { i, result -> Home in
      i < scan.carries ? .update(result) : .new(.element(result, position))
    }
    let inputs =
      [.index(position)] + results[..<scan.carries]
      + operands.enumerated().dropFirst(scan.carries).map { i, operand -> Operand in
        scan.isSlice(i) ? .element(operand, position) : operand
      }
    let body = inside(scan.body, inputs, homes)
    return begin(operands, results[..<scan.carries]) + [.loop(variable, body)]
  }

  private mutating func loop(_ op: While, _ operands: [Operand], _ results: [Operand]) -> [Step] {
    let predicate = Operand.temporary(temporaries.count)
    temporaries.append(ArrayDeclaration("goes_on", TensorType(.bool, [])))
    let inputs = results + operands[op.carries...]
    let condition = inside(op.condition, inputs, [.new(predicate)])
    let body = inside(op.body, inputs, results.map { .update($0) })
    return begin(operands, results[...])
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
    case .output(let i): outputs[i].dims
    case .temporary(let i): temporaries[i].shape
    case .constant(let i): result.constants[i].array.shape
    case .element(let whole, _): Array(dims(whole).dropFirst())
    case .shaped(_, let shape): shape
    case .index: []
    }
  }

  // Copies the first values of what a loop carries.
  private func begin(_ operands: [Operand], _ carries: ArraySlice<Operand>) -> [Step] {
    zip(operands, carries).map { .copy(from: $0, to: $1) }
  }

  private mutating func branch(_ op: Cond, _ operands: [Operand], _ results: [Operand]) -> Step {
    let inputs = Array(operands.dropFirst())
    let homes = results.map { Home.new($0) }
    let then = inside(op.then, inputs, homes)
    let otherwise = inside(op.otherwise, inputs, homes)
    return .branch(predicate: operands[0], then: then, otherwise: otherwise)
  }

  // The call of the kernel of node `id`.
  private mutating func call(
    _ id: NodeID, _ op: KernelOp, _ graph: Graph, _ placement: Placement, _ names: [Value: String]
  ) -> Step {
    let node = graph[id]
    let results = node.types.indices.map { Value(id, $0) }
    let operands = node.operands.map { placement.operand($0) }
    let homes = results.map { placement.operand($0) }
    var shared: [Int: Int] = [:]
    for (i, home) in homes.enumerated() {
      if let j = operands.firstIndex(of: home) { shared[i] = j }
    }
    let kernel = lower(
      op, name: kernelName(op, homes), shared: shared,
      operandNames: zip(node.operands, operands).map { value, operand in
        if case .state(let i) = operand { return program.states[StateID(index: i)].name }
        return graph.name(placement.source(value))
      },
      resultNames: results.map { names[$0] ?? graph.name($0) },
      origins: origins(of: op.body, in: program))
    let own = homes.indices.filter { shared[$0] == nil }.map { homes[$0] }
    let scratch = kernel.parameters.filter { $0.access == .scratch }.map(\.buffer)
    let aside = scratch.indices.map { Operand.temporary(temporaries.count + $0) }
    temporaries += scratch.map {
      ArrayDeclaration(name: $0.name, type: $0.type, shape: $0.shape)
    }
    return .call(known.add(kernel, to: &result), operands + own + aside)
  }

  // A kernel that changes a state is named after that; statistics are often made beside the rest.
  private func kernelName(_ op: KernelOp, _ results: [Operand]) -> String {
    let states = results.compactMap { operand -> State? in
      if case .state(let i) = operand { return program.states[StateID(index: i)] }
      return nil
    }
    let others = states.filter { $0.role != .statistic }
    let first = states.count == results.count ? states.first : others.first
    guard let main = states.first(where: { $0.role == .parameter }) ?? first else {
      return op.name
    }
    return (function == "init" ? "init_" : "update_") + main.name
  }
}

/// The kernels of a program so far; those that do the same are one.
struct KernelTable {
  private struct Key: Hashable {
    let parameters: [KernelParameter]
    let definitions: [Definition]
    let body: [Statement]
  }

  private var known: [Key: KernelID] = [:]

  /// Returns the number of a kernel in the program.
  mutating func add(_ kernel: Kernel, to program: inout LoopProgram) -> KernelID {
    let key = Key(
      parameters: kernel.parameters, definitions: kernel.definitions, body: kernel.body)
    guard let id = known[key] else {
      let id = program.kernels.append(kernel)
      known[key] = id
      return id
    }
    let origins = program.kernels[id].origins
    program.kernels[id].origins += kernel.origins.filter { !origins.contains($0) }
    return id
  }
}

extension Graph {
  /// What a value is called: in a graph of kernels, what it is called inside the kernel.
  fileprivate func name(_ value: Value) -> String {
    let node = self[value.node]
    if let kernel = node.op as? KernelOp {
      return kernel.body.name(kernel.body.outputs[value.result])
    }
    let words = node.op.resultWords
    guard words.indices.contains(value.result) else { return node.name ?? node.op.verb }
    let word = words[value.result]
    // The first is what the node is for, the others are beside it.
    return node.name.map { value.result == 0 ? $0 : "\($0)_\(word)" } ?? word
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
