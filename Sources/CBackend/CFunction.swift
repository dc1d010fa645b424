internal import LoopIR
internal import Support

/// Writes a function of the program: temporaries, then its steps.
struct CFunction {
  private let program: LoopProgram
  private let function: LoopFunction
  private let outer: ProgramNames
  private let names: FunctionNames
  private let name: String

  /// The function with a number in the program.
  init(_ number: Int, of program: LoopProgram, _ outer: ProgramNames) {
    self.program = program
    self.outer = outer
    function = program.functions[number]
    names = FunctionNames(function, outer)
    name = outer.functions[number]
  }

  /// The result and parameters: `int digits_infer(digits_t *m, const float *image, ...)`.
  ///
  /// With a kind of processor, the name is that of the function as compiled for it.
  func signature(for processor: String? = nil, end: String) -> CText {
    var parameters: [CText] = [.word("\(outer.model)_t *\(names.model)")]
    for (array, name) in zip(function.inputs, names.inputs) {
      parameters.append(.word("const \(array.type.cStorage) *\(name)"))
    }
    for (array, name) in zip(function.outputs, names.outputs) {
      parameters.append(.word("\(array.type.cStorage) *\(name)"))
    }
    let type = function.isPreparation ? "static void" : "int"
    let own = processor.map { "rt_\($0)_\(name)" } ?? name
    return .row([.list("\(type) \(own)(", parameters, ")"), .word(end)])
  }

  /// The comment in the header: what the function does and what its arrays are.
  var documentation: [String] {
    var lines = function.summary.isEmpty ? [] : commentLines(function.summary)
    var rows: [[String]] = []
    for (array, name) in zip(function.inputs, names.inputs) {
      rows.append([name, "\(array.type)\(array.shape.isEmpty ? "" : "\(array.shape)")", "in"])
    }
    for (array, name) in zip(function.outputs, names.outputs) {
      rows.append([name, "\(array.type)\(array.shape.isEmpty ? "" : "\(array.shape)")", "out"])
    }
    if !lines.isEmpty && !rows.isEmpty { lines.append("//") }
    return lines + tableLines(rows, right: []).map { "//   " + $0 }
  }

  /// Writes the definition.
  func write(to writer: inout IndentedWriter) {
    if !function.summary.isEmpty {
      for line in commentLines(function.summary) { writer.line(line) }
    }
    writer.write(signature(end: " {"))
    writer.indented { (writer) in
      writeLocals(to: &writer)
      let flag = outer.preparedFlag.map { "\(names.model)->state.\($0)" } ?? ""
      if program.needsPreparation(function), let prepare = outer.preparation {
        writer.line("if (!\(flag)) \(prepare)(\(names.model));")
      }
      CSteps(function, of: program, outer, names).write(function.steps, to: &writer)
      if function.isPreparation { writer.line("\(flag) = true;") }
      if program.spoilsPreparation(function) {
        writer.line("\(flag) = false;")
      }
      if !function.isPreparation { writer.line("return RT_OK;") }
    }
    writer.line("}")
  }

  /// Writes the function of the header for programs that run on any processor: it calls the best
  /// of those compiled for the kinds in `Runtime/model/processor.h`.
  func writeCaller(to writer: inout IndentedWriter) {
    for processor in ["baseline", "avx2", "avx512"] {
      writer.write(signature(for: processor, end: ";"))
    }
    writer.write(signature(end: " {"))
    writer.indented { (writer) in
      let arguments = [names.model] + names.inputs + names.outputs
      writer.write(
        .list(
          "return RT_CALL_BEST(\(name), (", arguments.map { .word($0) }, "));"))
    }
    writer.line("}")
  }

  /// Writes the function that the description of the model points to.
  func writeRunner(named runner: String, to writer: inout IndentedWriter) {
    writer.write(
      .row([
        .list(
          "static int \(runner)(",
          [
            .word("void *model"), .word("const void *const *inputs"),
            .word("void *const *outputs"),
          ], ")"), .word(" {"),
      ]))
    writer.indented { (writer) in
      if function.inputs.isEmpty { writer.line("(void)inputs;") }
      if function.outputs.isEmpty { writer.line("(void)outputs;") }
      let arguments =
        ["model"] + function.inputs.indices.map { "inputs[\($0)]" }
        + function.outputs.indices.map { "outputs[\($0)]" }
      writer.write(
        .row([.list("return \(name)(", arguments.map { .word($0) }, ")"), .word(";")]))
    }
    writer.line("}")
  }
}

extension CFunction {
  // Declares the pointers of a function: the state, the arena, and one for each value that is
  // stored in it.
  private func writeLocals(to writer: inout IndentedWriter) {
    let operands = Set(function.arrays)
    let usesState = operands.contains { if case .state = $0 { true } else { false } }
    let used = function.temporaries.indices.filter { operands.contains(.temporary($0)) }
    let isTimed =
      (outer.profile != nil && function.steps.flattened.contains(where: \.isTimed))
      || (outer.trace == .calls && function.steps.flattened.contains(where: \.isTraced))
    let usesModel = usesState || !used.isEmpty || isTimed
    for unused in unusedParameters(operands, usesModel: usesModel) {
      writer.line("(void)\(unused);")
    }
    if usesState { writer.line("\(outer.model)_state *\(names.state) = &\(names.model)->state;") }
    if !used.isEmpty {
      writer.line("unsigned char *\(names.arena) = \(names.model)->arena;")
      let rows = used.flatMap { (n) -> [[String]] in
        let temporary = function.temporaries[n]
        let (type, name) = (temporary.array.type.cStorage, names.temporaries[n])
        let row = [
          "\(type) *\(name) = (\(type) *)(\(names.arena) + \(temporary.offset));",
          "// \(temporary.array.type)\(temporary.array.shape)",
        ]
        return [row] + values(in: .temporary(n), type, name)
      }
      for line in tableLines(rows, right: []) { writer.line(line) }
    }
    for (n, output) in function.outputs.enumerated() {
      let rows = values(in: .output(n), output.type.cStorage, names.outputs[n])
      for line in tableLines(rows, right: []) { writer.line(line) }
    }
    if !function.steps.isEmpty && (usesState || !used.isEmpty) { writer.line() }
  }

  // More pointers to the same array, one for each value it holds after the first.
  private func values(in base: Operand, _ type: String, _ name: String) -> [[String]] {
    names.values.filter { $0.base == base }.map { value in
      ["\(type) *\(value.name) = \(name);", "// in place"]
    }
  }

  private func unusedParameters(_ operands: Set<Operand>, usesModel: Bool) -> [String] {
    var result = usesModel ? [] : [names.model]
    result += function.inputs.indices.filter { !operands.contains(.input($0)) }
      .map { names.inputs[$0] }
    result += function.outputs.indices.filter { !operands.contains(.output($0)) }
      .map { names.outputs[$0] }
    return result
  }
}
