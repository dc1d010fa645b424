internal import LoopIR
internal import Support

/// Writes what the model keeps in memory: the state block, the arena, and tables of both.
struct CMemory {
  private let program: LoopProgram
  private let names: ProgramNames
  private let layout: StateLayout

  init(_ program: LoopProgram, _ names: ProgramNames) {
    self.program = program
    self.names = names
    layout = StateLayout(program.states)
  }

  /// The state block as a struct: members are flat, so that kernels take them without a cast, and
  /// give their shape as a product.
  var stateBlock: String {
    if program.states.isEmpty { return "" }
    var lines = ["// What outlives a call.", "typedef struct {"]
    for (state, name) in zip(program.states, names.states) {
      let array = state.array
      let extents = array.shape.isEmpty ? "" : "[\(product(array.shape))]"
      lines.append(
        "  _Alignas(\(StateLayout.alignment)) \(array.type.cStorage) \(name)\(extents);")
    }
    lines.append("} \(names.model)_state;")
    lines.append("")
    lines.append(
      "_Static_assert(sizeof(\(names.model)_state) == \(layout.bytes), \"as gcomp has planned\");")
    return lines.joined(separator: "\n")
  }

  private func product(_ shape: [Int]) -> String {
    let count = shape.reduce(1, *)
    // C multiplies as int.
    if count > Int(Int32.max) { return "\(count)" }
    return count == 0 ? "1" : shape.map { "\($0)" }.joined(separator: " * ")
  }

  /// The members of the struct that is the model.
  var modelBlock: String {
    var lines: [String] = []
    if !program.states.isEmpty { lines.append("  \(names.model)_state state;") }
    if program.arenaBytes > 0 || program.states.isEmpty {
      lines.append(
        "  _Alignas(\(StateLayout.alignment)) unsigned char arena[\(max(program.arenaBytes, 1))];")
    }
    lines += (names.profile?.members ?? []) + (names.trace?.members ?? [])
    return lines.joined(separator: "\n")
  }

  /// The body of the function that makes a model of zeroed memory.
  var making: String {
    if program.settings.isEmpty && names.profile == nil { return "  return memory;" }
    let defaults = program.settings.map { (setting) in
      let state = program.state(of: setting)
      let value = Literal(setting.value, program.states[state].array.type).stored
      return "  m->state.\(names.states[state]) = \(value);"
    }
    let lines =
      ["  \(names.model)_t *m = memory;"] + defaults + (names.profile?.creation ?? [])
      + ["  return m;"]
    return lines.joined(separator: "\n")
  }

  /// The members of `rt_model` for what the program has.
  var descriptionFields: String {
    var lines: [String] = []
    func field(_ name: String, _ value: String) { lines.append("  .\(name) = \(value),") }
    func table(_ name: String, _ counter: String, _ count: Int) {
      guard count > 0 else { return }
      field(counter, "\(count)")
      field(name, name)
    }
    table("states", "state_count", program.states.count { $0.role != .derived })
    table("settings", "setting_count", program.settings.count)
    table("options", "option_count", program.options.count)
    let functions = program.functions.count { !$0.isPreparation }
    field("function_count", "\(functions)")
    field("functions", functions == 0 ? "NULL" : "functions")
    if program.preparation != nil { field("changed", "changed") }
    table("phases", "phase_count", program.phases.count)
    table("showings", "showing_count", program.showings.count)
    table("classes", "class_count", program.classes.count)
    table("namings", "naming_count", program.words.count)
    if names.profile != nil { field("profile", "profile") }
    field("state_bytes", "\(layout.bytes)")
    field("arena_bytes", "\(program.arenaBytes)")
    return lines.joined(separator: "\n")
  }
}

extension CMemory {
  /// The tables at the head of the file, as comment lines.
  var tables: String {
    var lines = optionTable
    if !program.states.isEmpty { lines += (lines.isEmpty ? [] : [""]) + stateTable }
    for (number, function) in program.functions.enumerated() where !function.temporaries.isEmpty {
      lines += lines.isEmpty ? [] : [""]
      lines += arenaTable(number)
    }
    lines += lines.isEmpty ? [] : [""]
    lines.append(
      "The state has \(layout.bytes) bytes, the arena \(program.arenaBytes); "
        + "no arena can do with less than \(program.arenaLowerBound).")
    return lines.map { $0.isEmpty ? "//" : "// " + commentText($0) }.joined(separator: "\n")
  }

  // What the model was compiled with.
  private var optionTable: [String] {
    if program.options.isEmpty { return [] }
    let rows = program.options.map { [$0.name, $0.value, $0.standard] }
    let head = ["option", "value", "default"]
    return tableLines([head] + rows, right: []).map { "  " + $0 }
  }

  private var stateTable: [String] {
    let rows = zip(program.states, names.states).map { (state, name) in
      [name, typeText(state.array), "\(state.array.bytes)", state.role.rawValue]
    }
    return tableLines([["state", "type", "bytes", "role"]] + rows, right: [2]).map { "  " + $0 }
  }

  // The table of a function's temporaries: type, bytes, offset and live range.
  private func arenaTable(_ number: Int) -> [String] {
    let function = program.functions[number]
    let own = FunctionNames(function, names)
    let rows = zip(function.temporaries, own.temporaries).map { (temporary, name) in
      [
        name, typeText(temporary.array), "\(temporary.array.bytes)", "\(temporary.offset)",
        "\(temporary.life.lowerBound)-\(temporary.life.upperBound)",
      ]
    }
    .enumerated().map { (n, row) in
      let values = own.values.filter { $0.base == .temporary(n) }.map(\.name)
      return values.isEmpty ? row : row + ["then " + values.joined(separator: ", ")]
    }
    let title = names.functions[number].dropFirst(names.model.count + 1)
    let head = [String(title), "type", "bytes", "offset", "lives in steps"]
    return tableLines([head] + rows, right: [2, 3]).map { "  " + $0 }
  }

  private func typeText(_ array: ArrayDeclaration) -> String {
    "\(array.type)" + (array.shape.isEmpty ? "" : "\(array.shape)")
  }
}

extension Literal {
  /// The constant as it is written to memory: the bits of a 16-bit float.
  var stored: String { type.isHalf ? "\(halfBits)" : cText }
}
