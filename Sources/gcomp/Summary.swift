internal import GraphIR
internal import LoopIR
internal import Support

/// The contents and the cost of a model, as tables.
struct Summary {
  private let program: GraphProgram
  private let loops: LoopProgram

  /// The summary of a program of kernels and of its loops.
  init(_ program: GraphProgram, _ loops: LoopProgram) {
    self.program = program
    self.loops = loops
  }

  var text: String {
    let state = StateLayout(loops.states).bytes
    return """
      \(program.name), from \(program.source)

      \(options)parameters
      \(parameters)
      other state
      \(otherState)
      functions
      \(functions)
      memory: \(state.grouped) bytes of state, \(loops.arenaBytes.grouped) bytes of working \
      memory, of which \(loops.arenaLowerBound.grouped) are alive at once

      """
  }

  // What the model was compiled with; nothing if it has no options.
  private var options: String {
    let options = program.options
    return options.isEmpty ? "" : "options\n\(OptionTable(options: options).text)\n"
  }

  // The states by role, with their numbers of elements and bytes.
  private var parameters: String {
    var table = TextTable(["name", "type", "numbers", "bytes"], numbers: [2, 3])
    let states = program.states.values.filter { $0.role == .parameter }
    for state in states {
      let count = state.type.shape.count
      table.add([state.name, "\(state.type)", count.grouped, state.type.bytes.grouped])
    }
    let count = states.reduce(0) { $0 + $1.type.shape.count }
    let bytes = states.reduce(0) { $0 + $1.type.bytes }
    table.add(["total", "", count.grouped, bytes.grouped])
    return table.text
  }

  // One row for each role.
  private var otherState: String {
    var table = TextTable(["role", "tensors", "numbers", "bytes"], numbers: [1, 2, 3])
    for role in StateRole.allCases where role != .parameter {
      let states = program.states.values.filter { $0.role == role }
      if states.isEmpty { continue }
      table.add([
        role.rawValue, states.count.grouped,
        states.reduce(0) { $0 + $1.type.shape.count }.grouped,
        states.reduce(0) { $0 + $1.type.bytes }.grouped,
      ])
    }
    return table.text
  }

  // The functions with their kernels, operations and memory.
  private var functions: String {
    var table = TextTable(
      ["name", "inputs", "kernels", "operations", "bytes moved", "working memory"],
      numbers: [2, 3, 4, 5])
    for (function, loops) in zip(program.functions, loops.functions) {
      let cost = self.loops.cost(of: loops)
      let inputs = loops.inputs.map { "\($0.name) \($0.type)\($0.shape)" }.joined(separator: ", ")
      let memory = loops.temporaries.map { $0.offset + $0.array.bytes }.max() ?? 0
      let calls = loops.steps.flattened.count { if case .call = $0 { true } else { false } }
      table.add([
        function.name, inputs, calls.grouped, cost.operations.grouped, cost.bytes.grouped,
        memory.grouped,
      ])
    }
    return table.text
  }
}

extension TensorType {
  fileprivate var bytes: Int { shape.count * element.size }
}
