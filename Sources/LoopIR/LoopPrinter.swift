internal import Support

/// Writes loops as text; `LoopParser` reads it back.
///
///     kernel relu(read x#0: f32[64], write y#1: f32[64]) {
///       for i#0 < 64 parallel {
///         y[i] = maximum(x[i], 0.0f32)
///       }
///     }
///
/// A declaration gives the number of what it declares; where a name is clear it stands alone.
package struct LoopPrinter {
  private let text: ExpressionText

  /// Returns the text of a program.
  package static func print(_ program: LoopProgram) -> String {
    var writer = IndentedWriter()
    write(program, to: &writer)
    return writer.text
  }

  /// Returns the text of a kernel.
  package static func print(_ kernel: Kernel) -> String {
    var writer = IndentedWriter()
    LoopPrinter(text: KernelNames(of: kernel).text).write(kernel, to: &writer)
    return writer.text
  }

  /// Returns the text of an expression whose names are all clear.
  package static func print(_ expression: Expression) -> String {
    KernelNames().text.text(expression)
  }

  /// `name`, in quotes unless it is a word that means nothing else.
  package static func quoted(_ name: String) -> String {
    reserved.contains(name) ? name.quoted : name.quotedUnlessWord
  }

  // Keywords that may appear where a name is expected.
  private static let reserved: Set<String> = Set(
    ElementType.allCases.map(\.rawValue) + [
      "true", "false", "inf", "nan", "origin", "define", "for", "while", "let", "var", "set",
      "array", "if", "in", "tile",
    ])
}

extension LoopPrinter {
  // Writes states, settings, constants, kernels and functions, in this order.
  private static func write(_ program: LoopProgram, to writer: inout IndentedWriter) {
    writer.line("program \(quoted(program.name)) from \(program.source.quoted)")
    writer.line("arena \(program.arenaBytes) at least \(program.arenaLowerBound)")
    for option in program.options { writer.line(option.line) }
    for phase in program.phases { phase.write(to: &writer) }
    for showing in program.showings { writer.line(showing.line) }
    for naming in program.namings { writer.line(naming.line) }
    if !program.states.isEmpty { writer.line() }
    for state in program.states {
      writer.line("state \(declaration(state.array)) \(state.role)\(state.aliases.also)")
    }
    for constant in program.constants {
      let values = constant.values.map(\.description).joined(separator: ", ")
      writer.line("constant \(declaration(constant.array)) = [\(values)]")
    }
    for setting in program.settings { writer.line(setting.line) }
    for id in program.kernels.ids {
      writer.line()
      let kernel = program.kernels[id]
      LoopPrinter(text: KernelNames(of: kernel).text).write(kernel, to: &writer)
    }
    for function in program.functions {
      writer.line()
      write(function, in: program, to: &writer)
    }
  }

  private static func declaration(_ array: ArrayDeclaration) -> String {
    "\(quoted(array.name)): \(array.type)\(array.shape)"
  }

  private static func write(
    _ function: LoopFunction, in program: LoopProgram, to writer: inout IndentedWriter
  ) {
    let inputs = function.inputs.map { declaration($0) }.joined(separator: ", ")
    let outputs = function.outputs.map { declaration($0) }.joined(separator: ", ")
    let head = "function \(quoted(function.name))(\(inputs)) -> (\(outputs))"
    writer.line(head + function.kind.clause(of: function.phase) + " {")
    writer.indented { (writer) in
      writer.line("summary \(function.summary.quoted)")
      for temporary in function.temporaries {
        let life = temporary.life
        writer.line(
          "temporary \(declaration(temporary.array)) at \(temporary.offset) "
            + "in \(life.lowerBound)...\(life.upperBound)")
      }
      write(function.steps, of: program, KernelNames(of: function).text, to: &writer)
    }
    writer.line("}")
  }
}

extension LoopPrinter {
  // Writes the parameters, the body and the equations of a kernel.
  private func write(_ kernel: Kernel, to writer: inout IndentedWriter) {
    let parameters = kernel.parameters.map { parameter in
      "\(parameter.access.rawValue) \(declaration(parameter.buffer))"
        + (parameter.becoming.map { " becoming \(Self.quoted($0))" } ?? "")
    }
    writer.line("kernel \(Self.quoted(kernel.name))(\(parameters.joined(separator: ", "))) {")
    writer.indented { (writer) in
      for origin in kernel.origins { writer.line("origin \(origin.quoted)") }
      if let summary = kernel.summary { writer.line("summary \(summary.quoted)") }
      for definition in kernel.definitions {
        writer.line("define { \(text.declared(definition)) }")
      }
      write(kernel.body, to: &writer)
    }
    writer.line("}")
  }

  private func declaration(_ buffer: Buffer) -> String {
    "\(Self.quoted(buffer.name))#\(buffer.id): \(buffer.type)\(buffer.shape)"
  }

  private func declaration(_ local: Local) -> String {
    "\(Self.quoted(local.name))#\(local.id): \(local.type)"
  }

  private func write(_ body: [Statement], to writer: inout IndentedWriter) {
    for statement in body { write(statement, to: &writer) }
  }

  // Writes one statement; blocks are indented.
  private func write(_ statement: Statement, to writer: inout IndentedWriter) {
    switch statement {
    case .loop(let loop):
      let step = loop.step == 1 ? "" : " step \(loop.step)"
      let kind = loop.kind == .serial ? "" : " \(loop.kind.rawValue)"
      let bounds =
        loop.isWhole ? "" : " from \(text.text(loop.first)) to \(text.text(loop.end))"
      block(
        "for \(text.declaration(loop.variable))\(bounds)\(step)\(kind)"
          + (loop.isSimd ? " simd" : "") + (loop.isRolled ? " rolled" : ""), loop.body, to: &writer)
    case .whileLoop(let condition, let body):
      block("while \(text.text(condition))", body, to: &writer)
    case .constant(let local, let value):
      writer.line("let \(declaration(local)) = \(text.text(value))")
    case .variable(let local, let value):
      writer.line("var \(declaration(local)) = \(text.text(value))")
    case .assign(let local, let value):
      writer.line("set \(text.local(local)) = \(text.text(value))")
    case .array(let buffer, let fill):
      let value = fill.map { " = \(text.text(.literal($0)))" } ?? ""
      writer.line("array \(declaration(buffer))\(value)")
    case .store(let buffer, let indices, let value):
      writer.line("\(text.element(buffer, indices)) = \(text.text(value))")
    case .fetch(let buffer, let indices, let count):
      writer.line("fetch \(count) \(text.element(buffer, indices))")
    case .when(let condition, let then, let otherwise):
      writer.line("if \(text.text(condition)) {")
      writer.indented { write(then, to: &$0) }
      if !otherwise.isEmpty {
        writer.line("} else {")
        writer.indented { write(otherwise, to: &$0) }
      }
      writer.line("}")
    case .tile(let tile):
      let variables = (tile.rows + [tile.column]).map { text.declaration($0) }
      let kind = tile.kind == .serial ? "" : " \(tile.kind.rawValue)"
      writer.line("tile \(variables.joined(separator: ", "))\(kind)\(tile.blocks.words) {")
      writer.indented { (writer) in
        let sum = Expression.reduce(.sum, tile.joined, tile.product)
        writer.line("\(declaration(tile.sum)) = \(text.text(sum))")
        write(tile.body, to: &writer)
      }
      writer.line("}")
    case .transform(let transform): write(transform, to: &writer)
    }
  }

  private func write(_ transform: Transform, to writer: inout IndentedWriter) {
    let (target, source) = (transform.target, transform.source)
    let names = [target.row, target.column, source.row, source.column].map(text.declaration)
    block(
      "transform \(transform.matrix) \(names[0]), \(names[1]) of \(names[2]), \(names[3]) for "
        + text.declaration(transform.lane),
      [.store(target.element.buffer, target.element.indices, source.element.value)], to: &writer)
  }

  private func block(_ head: String, _ body: [Statement], to writer: inout IndentedWriter) {
    writer.line("\(head) {")
    writer.indented { write(body, to: &$0) }
    writer.line("}")
  }
}

extension Tile.Blocks {
  // The attributes that differ from their defaults.
  fileprivate var words: String {
    (panels == 1 ? "" : " panels \(panels)") + (lines.map { " lines \($0)" } ?? "")
      + (endsShort ? " short" : "")
      + (finishesAlongRows ? " alongRows" : "") + (isSimd ? " simd" : "")
  }
}

extension ExpressionText {
  // Free variables are declared first, a scalar with its type.
  fileprivate func declared(_ definition: Definition) -> String {
    let free = definition.freeVariables.map { declaration($0) }.joined(separator: ", ")
    let head = free.isEmpty ? "" : "(\(free)) "
    switch definition.target {
    case .buffer: return head + text(definition)
    case .local(let own):
      let name = "\(LoopPrinter.quoted(own.name))#\(own.id): \(own.type)"
      return "\(head)\(name) = \(text(definition.value))"
    }
  }
}

extension Definition {
  // The variables that no reduction inside is over, in the order in which they occur.
  fileprivate var freeVariables: [Variable] {
    var bound: Set<Variable> = []
    var result: [Variable] = []
    func add(_ indices: [Index]) {
      for v in indices.flatMap(\.variables) where !bound.contains(v) && !result.contains(v) {
        result.append(v)
      }
    }
    value.forEach { (expression) in
      if case .reduce(_, let variables, _) = expression { bound.formUnion(variables) }
    }
    if case .buffer(_, let indices) = target { add(indices) }
    value.forEach { add($0.indices) }
    return result
  }
}
