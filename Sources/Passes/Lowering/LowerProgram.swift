package import GraphIR
package import LoopIR
internal import Support

/// Returns the loops of a program whose graphs consist of kernels.
package func lowerToLoops(_ program: GraphProgram) -> LoopProgram {
  var result = LoopProgram(
    name: program.name, source: program.source,
    states: program.states.values.map {
      StateSlot(ArrayDeclaration($0.name, $0.type), role: $0.role)
    },
    constants: [], kernels: DenseMap(), functions: [], settings: program.settings,
    recipe: program.recipe, arenaBytes: 0, arenaLowerBound: 0)
  var known = KernelTable()
  for function in program.functions {
    lower(function, of: program, into: &result, &known)
  }
  return result
}

extension ArrayDeclaration {
  /// An array that holds a tensor of a given type.
  package init(_ name: String, _ type: TensorType) {
    self.init(name: name, type: type.element, shape: type.dims)
  }
}

private func lower(
  _ function: GraphFunction, of program: GraphProgram, into result: inout LoopProgram,
  _ known: inout KernelTable
) {
  let graph = function.graph
  let lowering = FunctionLowering(function, of: program, firstConstant: result.constants.count)
  for constant in lowering.placement.constants {
    let name = "constant_\(result.constants.count)"
    result.constants.append(
      ConstantArray(ArrayDeclaration(name, constant.type), values: constant.values))
  }
  var steps: [Step] = []
  for id in lowering.placement.order {
    guard let op = graph[id].op as? KernelOp else { continue }
    let (kernel, operands) = lowering.call(id, op)
    steps.append(.call(known.add(kernel, to: &result), operands))
  }
  steps += lowering.lastSteps

  // Where they lie is planned later.
  let temporaries = lowering.placement.temporaries.map {
    Temporary(ArrayDeclaration(graph.name($0), graph.type($0)), offset: 0, life: 0...0)
  }
  result.functions.append(
    LoopFunction(
      name: function.name,
      inputs: graph.inputs.map { ArrayDeclaration(graph[$0].name ?? "input", graph[$0].types[0]) },
      outputs: zip(graph.outputs, function.results).compactMap { value, kind in
        if case .output(let name) = kind { return ArrayDeclaration(name, graph.type(value)) }
        return nil
      },
      temporaries: temporaries, steps: steps, summary: summary(of: function)))
}

/// What the steps of one function need to know.
private struct FunctionLowering {
  let function: GraphFunction
  let program: GraphProgram
  let placement: Placement
  /// The number that the function's first constant has in the program.
  private let firstConstant: Int

  init(_ function: GraphFunction, of program: GraphProgram, firstConstant: Int) {
    self.function = function
    self.program = program
    placement = Placement(function)
    self.firstConstant = firstConstant
  }

  private var graph: Graph { function.graph }

  /// Returns the kernel of node `id` and the arrays to call it with.
  func call(_ id: NodeID, _ op: KernelOp) -> (Kernel, [Operand]) {
    let node = graph[id]
    let results = node.types.indices.map { Value(id, $0) }
    var shared: [Int: Int] = [:]
    for (i, value) in results.enumerated() {
      if let j = node.operands.firstIndex(where: { operand($0) == operand(value) }) {
        shared[i] = j
      }
    }
    let kernel = lower(
      op, name: kernelName(op, results.map(operand)), shared: shared,
      operandNames: node.operands.map(name),
      resultNames: results.map { resultName($0, function) },
      origins: origins(of: op.body, in: program))
    let own = results.indices.filter { shared[$0] == nil }.map { operand(results[$0]) }
    return (kernel, node.operands.map(operand) + own)
  }

  // A kernel that changes a state is named after that.
  private func kernelName(_ op: KernelOp, _ results: [Operand]) -> String {
    let states = results.compactMap { operand -> State? in
      if case .state(let i) = operand { return program.states[StateID(index: i)] }
      return nil
    }
    guard let main = states.first(where: { $0.role == .parameter }) ?? states.first else {
      return op.name
    }
    return (function.name == "init" ? "init_" : "update_") + main.name
  }

  /// Probes, and copies of values that have two homes.
  var lastSteps: [Step] {
    let probes = zip(graph.outputs, function.results).compactMap { value, kind -> Step? in
      if case .probe(let name) = kind { .probe(name, operand(value)) } else { nil }
    }
    return probes + placement.copies.map { .copy(from: numbered($0.from), to: $0.to) }
  }

  private func operand(_ value: Value) -> Operand { numbered(placement.operand(value)) }

  private func numbered(_ operand: Operand) -> Operand {
    if case .constant(let i) = operand { return .constant(firstConstant + i) }
    return operand
  }

  private func name(_ value: Value) -> String {
    switch placement.operand(value) {
    case .state(let i): program.states[StateID(index: i)].name
    case .input, .constant, .output, .temporary, .element, .index:
      graph.name(placement.source(value))
    }
  }
}

/// The kernels of a program so far; those that do the same are one.
private struct KernelTable {
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

// The name of a result: that of the output it becomes, else its own.
private func resultName(_ value: Value, _ function: GraphFunction) -> String {
  for (output, kind) in zip(function.graph.outputs, function.results) where output == value {
    if case .output(let name) = kind { return name }
  }
  return function.graph.name(value)
}

extension Graph {
  /// What a value is called: in a graph of kernels, what it is called inside the kernel.
  fileprivate func name(_ value: Value) -> String {
    let node = self[value.node]
    if let kernel = node.op as? KernelOp {
      return kernel.body.name(kernel.body.outputs[value.result])
    }
    return node.name ?? node.op.verb
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

// One sentence for the header. The names are those that `Runtime/model.h` gives a meaning.
private func summary(of function: GraphFunction) -> String {
  switch function.name {
  case "init": return "Sets every state; the same seed gives the same numbers."
  case "train_step": return "Learns from one batch."
  case "eval_step": return "Measures one batch of held-out examples."
  case "eval_rest": return "Measures the smaller batch that is left at the end of an evaluation."
  case "evaluated": return "Takes in what an evaluation has measured."
  default:
    let outputs = function.results.compactMap { result in
      if case .output(let name) = result { name } else { nil }
    }
    return outputs.isEmpty ? "Changes the state." : "Computes \(outputs.joined(separator: ", "))."
  }
}
