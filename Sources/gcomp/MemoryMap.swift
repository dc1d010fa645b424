internal import LoopIR

/// Where everything lies, as tables.
struct MemoryMap {
  private let program: LoopProgram

  init(_ program: LoopProgram) { self.program = program }

  // The tables of all functions, and of the states.
  var text: String {
    let layout = StateLayout(program.states)
    var text = "\(program.name): state, \(layout.bytes.grouped) bytes\n"
    var states = TextTable(["offset", "bytes", "name", "type"], numbers: [0, 1])
    for (slot, offset) in zip(program.states, layout.offsets) {
      states.add(row(slot.array, offset))
    }
    text += states.text
    text += "working memory, \(program.arenaBytes.grouped) bytes, "
    text += "\(program.arenaLowerBound.grouped) alive at once\n"
    for function in program.functions {
      text += "\n\(function.name), \(function.steps.flattened.count) steps\n"
      var table = TextTable(
        ["offset", "bytes", "name", "type", "alive in steps"], numbers: [0, 1])
      for temporary in function.temporaries.sorted(by: { $0.offset < $1.offset }) {
        let life = "\(temporary.life.lowerBound)-\(temporary.life.upperBound)"
        table.add(row(temporary.array, temporary.offset) + [life])
      }
      text += table.text
    }
    return text
  }

  private func row(_ array: ArrayDeclaration, _ offset: Int) -> [String] {
    [offset.grouped, array.bytes.grouped, array.name, "\(array.type)\(array.shape)"]
  }
}
