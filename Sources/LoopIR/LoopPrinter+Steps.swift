internal import Support

extension LoopPrinter {
  /// Writes the steps of a function, names of variables as in `text`.
  ///
  /// Operands are numbers, so that equal names do not matter:
  ///
  ///     for t#0 < 10 {
  ///       call 3 cell(state 0, input 1[t], i32[t], temporary 0[t % 2])
  ///     }
  ///     repeat {
  ///       call 4 is_large(temporary 0, temporary 1)
  ///       while temporary 1
  ///       call 5 halve(temporary 0)
  ///     }
  static func write(
    _ steps: [Step], of program: LoopProgram, _ text: ExpressionText,
    to writer: inout IndentedWriter
  ) {
    func block(_ steps: [Step]) {
      writer.indented { write(steps, of: program, text, to: &$0) }
    }
    for step in steps {
      switch step {
      case .call(let kernel, let operands):
        let list = operands.map { text.text($0) }.joined(separator: ", ")
        writer.line("call \(kernel.index) \(quoted(program.kernels[kernel].name))(\(list))")
      case .fill(let value, let to):
        writer.line("fill \(text.text(to)) with \(value.type) \(value)")
      case .copy(let from, let to):
        writer.line("copy \(text.text(from)) to \(text.text(to))")
      case .probe(let name, let operand):
        writer.line("probe \(name.quoted) \(text.text(operand))")
      case .loop(let variable, let body):
        writer.line("for \(text.declaration(variable)) {")
        block(body)
        writer.line("}")
      case .whileLoop(let condition, let predicate, let body):
        writer.line("repeat {")
        block(condition)
        writer.indented { $0.line("while \(text.text(predicate))") }
        block(body)
        writer.line("}")
      case .branch(let predicate, let then, let otherwise):
        writer.line("if \(text.text(predicate)) {")
        block(then)
        if !otherwise.isEmpty {
          writer.line("} else {")
          block(otherwise)
        }
        writer.line("}")
      }
    }
  }
}

extension ExpressionText {
  /// The text of an operand: its kind and number, a position on each axis that is gone, and
  /// shapes.
  func text(_ operand: Operand) -> String {
    switch operand {
    case .state(let n): "state \(n)"
    case .input(let n): "input \(n)"
    case .output(let n): "output \(n)"
    case .temporary(let n): "temporary \(n)"
    case .constant(let n): "constant \(n)"
    case .element(let whole, let index): "\(text(whole))[\(text(index))]"
    case .part(let whole, let range):
      "\(text(whole))[\(range.lowerBound)..<\(range.upperBound)]"
    case .shaped(let whole, let shape): "\(text(whole)) as \(shape)"
    case .named(let whole, let name): "\(text(whole)) named \(LoopPrinter.quoted(name))"
    case .becoming(let whole, let name): "\(text(whole)) becoming \(LoopPrinter.quoted(name))"
    case .index(let index): "i32[\(text(index))]"
    }
  }
}

extension Operand: CustomStringConvertible {
  /// The text of an operand whose names are all clear: `state 3[t]`.
  package var description: String { KernelNames().text.text(self) }
}
