internal import LoopIR
internal import Support

/// Writes the description of the model that the runtime works with.
struct CDescription {
  private let program: LoopProgram
  private let names: ProgramNames
  /// The allowed values of integer inputs, by function and input.
  private let ranges: [String: [String: IntegerRange]]

  init(
    _ program: LoopProgram, _ names: ProgramNames, _ ranges: [String: [String: IntegerRange]]
  ) {
    self.program = program
    self.names = names
    self.ranges = ranges
  }

  /// Writes all tables except `rt_model` itself, which is in a template.
  func write(to writer: inout IndentedWriter) {
    for (number, runner) in names.runners.enumerated()
    where !program.functions[number].isPreparation {
      CFunction(number, of: program, names).writeRunner(named: runner, to: &writer)
      writer.line()
    }
    if let flag = names.preparedFlag {
      writer.line(
        "static void changed(void *model) { ((\(names.model)_t *)model)->state.\(flag) = false; }")
      writer.line()
    }
    if names.profile != nil {
      writer.line(
        "static rt_profile *profile(void *model) { return &((\(names.model)_t *)model)->profile; }")
      writer.line()
    }
    writeStates(to: &writer)
    writeSettings(to: &writer)
    writeOptions(to: &writer)
    writePhases(to: &writer)
    writeShowings(to: &writer)
    writeNamings(to: &writer)
    writeFunctions(to: &writer)
    table("rt_range ranges", rangeRows, to: &writer)
  }

  /// The members of `rt_model` that point to the table of ranges; empty without one.
  var rangeFields: String {
    rangeRows.isEmpty ? "" : "\n  .range_count = \(rangeRows.count),\n  .ranges = ranges,"
  }

  // A row for each integer input whose allowed values are known.
  private var rangeRows: [[String]] {
    program.functions.flatMap { function in
      function.inputs.compactMap { input in
        guard let range = ranges[function.name]?[input.name] else { return nil }
        let others = range.others.map { "\($0)" }.joined(separator: ", ")
        return [
          cString(function.name), cString(input.name), "\(range.count)", "\(range.others.count)",
          others.isEmpty ? "NULL" : "(const int64_t[]){\(others)}",
        ]
      }
    }
  }

  private func tensor(_ array: ArrayDeclaration) -> [String] {
    let extents = array.shape.map { "\($0)" }.joined(separator: ", ")
    let shape = array.shape.isEmpty ? "NULL" : "(const int[]){\(extents)}"
    return [cString(array.name), array.type.cConstant, "\(array.shape.count)", shape]
  }

  // Each row is enclosed in braces.
  private func table(_ head: String, _ rows: [[String]], to writer: inout IndentedWriter) {
    if rows.isEmpty { return }
    writer.line("static const \(head)[] = {")
    writer.indented { (writer) in
      for row in rows { writer.write(.list("{", row.map { .word($0) }, "},")) }
    }
    writer.line("};")
    writer.line()
  }

  // Writes the table of states, with their names in files, offsets and roles.
  private func writeStates(to writer: inout IndentedWriter) {
    let visible = zip(program.states, names.states).filter { $0.0.role != .derived }
    let rows = visible.map { (state, member) in
      [
        ".tensor = {\(tensor(state.array).joined(separator: ", "))}",
        ".offset = offsetof(\(names.model)_state, \(member))", ".role = \(state.role.cConstant)",
      ] + aliases(state)
    }
    table("rt_state states", rows, to: &writer)
  }

  // Only for functions that have inputs or outputs.
  private func aliases(_ state: StateSlot) -> [String] {
    if state.aliases.isEmpty { return [] }
    let names = state.aliases.map(cString).joined(separator: ", ")
    return [
      ".alias_count = \(state.aliases.count)", ".aliases = (const char *const[]){\(names)}",
    ]
  }

  private func writeSettings(to writer: inout IndentedWriter) {
    let rows = program.settings.map { (setting) in
      [
        cString(setting.name), "\(program.state(of: setting))",
        Literal(setting.value, .f64).cText, cString(setting.help),
      ] + kind(of: setting)
    }
    table("rt_setting settings", rows, to: &writer)
  }

  // The last members of `rt_setting`.
  private func kind(of setting: Setting) -> [String] {
    switch setting.kind {
    case .number: ["RT_NUMBER", "0", "NULL"]
    case .integer: ["RT_INTEGER", "0", "NULL"]
    case .isOn: ["RT_SWITCH", "0", "NULL"]
    case .choice(let names):
      [
        "RT_CHOICE", "\(names.count)",
        "(const char *const[]){\(names.map(cString).joined(separator: ", "))}",
      ]
    }
  }

  // Writes what the model was compiled with.
  private func writeOptions(to writer: inout IndentedWriter) {
    let rows = program.options.map {
      [cString($0.name), cString($0.value), $0.kind == .text ? "1" : "0", cString($0.help)]
    }
    table("rt_option options", rows, to: &writer)
  }

  // Writes how the train program trains; nothing if the model does not learn.
  private func writePhases(to writer: inout IndentedWriter) {
    for (phase, (sets, fields)) in zip(program.phases, zip(names.sets, names.fields)) {
      for (set, name) in zip(phase.sets, fields) {
        table("rt_field_recipe \(name)", set.fields.map(\.members), to: &writer)
      }
      table(
        "rt_data_recipe \(sets)", zip(phase.sets, fields).map { $0.members(fields: $1) },
        to: &writer)
    }
    table(
      "rt_phase phases", zip(program.phases, names.sets).map { $0.members(sets: $1) }, to: &writer)
  }

  private func writeShowings(to writer: inout IndentedWriter) {
    let rows = program.showings.map {
      [cString($0.function), "\($0.epochs)", cString($0.ending), "\($0.columns)"]
    }
    table("rt_showing showings", rows, to: &writer)
  }

  private func writeNamings(to writer: inout IndentedWriter) {
    let rows = program.words.map { naming in
      let names = naming.names.map(cString).joined(separator: ", ")
      return [
        cString(naming.function), cString(naming.output),
        naming.separator.isEmpty ? "NULL" : cString(naming.separator), "\(naming.names.count)",
        naming.names.isEmpty ? "NULL" : "(const char *const[]){\(names)}",
      ]
    }
    table("rt_naming namings", rows, to: &writer)
    let classes = program.classes.map { naming in
      [naming.function, naming.output, naming.field ?? ""].map(cString)
    }
    table("rt_output_classes classes", classes, to: &writer)
  }

  // Writes the table of functions, with their kinds, inputs, outputs and entry points.
  private func writeFunctions(to writer: inout IndentedWriter) {
    var rows: [[String]] = []
    for (n, function) in program.functions.enumerated() {
      guard let kind = function.kind.row.constant else { continue }
      let (inputs, outputs) = (function.inputs, function.outputs)
      table("rt_tensor \(names.inputs[n])", inputs.map { tensor($0) }, to: &writer)
      table("rt_tensor \(names.outputs[n])", outputs.map { tensor($0) }, to: &writer)
      rows.append([
        cString(function.name), kind, "\(program.phaseNumber(of: function))",
        "\(inputs.count)", inputs.isEmpty ? "NULL" : names.inputs[n],
        "\(outputs.count)", outputs.isEmpty ? "NULL" : names.outputs[n], names.runners[n],
      ])
    }
    table("rt_function functions", rows, to: &writer)
  }
}

extension LoopProgram {
  /// The number of the phase that a function belongs to; -1 for none.
  fileprivate func phaseNumber(of function: LoopFunction) -> Int {
    if !function.kind.isOfPhase { return -1 }
    return phases.firstIndex { $0.name == function.phase } ?? -1
  }

  /// The number of the state that holds the value of `setting`.
  func state(of setting: Setting) -> Int {
    guard let state = states.firstIndex(where: { $0.array.name == setting.name }) else {
      preconditionFailure("setting '\(setting.name)' has no state")
    }
    return state
  }
}

extension StateRole {
  fileprivate var cConstant: String { "RT_" + rawValue.uppercased() }
}

extension LoopProgram {
  /// The outputs whose integers have names of their own, or are tokens.
  var words: [Naming] { namings.filter { $0.field == nil } }
  /// The outputs that have the classes of an input of the training.
  var classes: [Naming] { namings.filter { $0.field != nil } }
}
