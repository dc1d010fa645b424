internal import LoopIR
internal import Support

/// Writes the steps of a function: calls of kernels, and the loops and branches around them.
struct CSteps {
  private let program: LoopProgram
  private let function: LoopFunction
  private let outer: ProgramNames
  private let names: FunctionNames
  // Of the loops around a step.
  private var naming: CNaming

  init(
    _ function: LoopFunction, of program: LoopProgram, _ outer: ProgramNames,
    _ names: FunctionNames
  ) {
    self.program = program
    self.function = function
    self.outer = outer
    self.names = names
    naming = CNaming(names.scope)
    let variables = function.steps.flattened.compactMap { (step) -> String? in
      if case .loop(let variable, _) = step { variable.name } else { nil }
    }
    naming.prefer(variables)
  }

  /// Writes `steps` in a block that has begun.
  func write(_ steps: [Step], to writer: inout IndentedWriter) {
    for step in steps { write(step, to: &writer) }
  }

  // Writes a step: a call, a copy, a loop or a branch.
  private func write(_ step: Step, to writer: inout IndentedWriter) {
    switch step {
    case .call(let kernel, let operands):
      let name = outer.kernels[kernel.index]
      let addresses = operands.map { address($0) }
      let call = CText.list("\(name)(", addresses, ")")
      let isTraced = outer.trace == .calls && !operands.isEmpty
      writer.write(
        isTraced
          ? CTrace.traced(call, kernel, addresses, model: names.model) : timed(call, step),
        remark: operands.compactMap { remark($0) }.joined(separator: ", "))
    case .fill(let value, let to): fill(value, to, to: &writer)
    case .copy(let from, let to):
      let array = program.existing(to, in: function)
      let size = "sizeof(\(array.type.cStorage))"
      let bytes = array.shape.isEmpty ? size : "\(array.count) * \(size)"
      let call = CText.list("memcpy(", [address(to), address(from), .word(bytes)], ")")
      writer.write(timed(call, step, copying: array.bytes))
    case .probe(let name, let operand):
      let array = program.existing(operand, in: function)
      let arguments = [
        .word(cString(name)), address(operand), .word(array.type.cConstant),
        CText.word("\(array.count)"),
      ]
      writer.write(.list("rt_probe(", arguments, ");"))
    case .loop(let variable, let body): write(variable, body, to: &writer)
    case .whileLoop(let condition, let predicate, let body):
      writer.line("for (;;) {")
      writer.indented { (writer) in
        write(condition, to: &writer)
        writer.write(
          .row([.word("if (!"), value(predicate), .word(") break;")]))
        write(body, to: &writer)
      }
      writer.line("}")
    case .branch(let predicate, let then, let otherwise):
      write(predicate, then, otherwise, to: &writer)
    }
  }

  // Renames the array to the value it holds from now on.
  private func remark(_ operand: Operand) -> String? {
    guard case .becoming(_, let label) = operand else { return nil }
    let base = operand.base
    return "\(name(operand)) becomes \(names.value(base, label) ?? cIdentifier(label))"
  }

  // Writes a fill: an assignment for a scalar, `memset` for zeros, else a loop.
  private func fill(_ value: Literal, _ to: Operand, to writer: inout IndentedWriter) {
    let array = program.existing(to, in: function)
    if array.shape.isEmpty {
      return writer.write(.row([self.value(to), .word(" = \(value.stored);")]))
    }
    if value.isExactly(0) {
      let bytes = CText.word("\(array.count) * sizeof(\(array.type.cStorage))")
      return writer.write(.list("memset(", [address(to), .word("0"), bytes], ");"))
    }
    var naming = naming
    let variable = Variable(id: -1, name: "i", extent: array.count)
    let name = naming.declare(variable)
    let place = distances(to).isEmpty ? self.name(to) : "(\(address(to).flat))"
    writer.write(
      .hanging(
        .word(Loop(variable, []).head(name)), .word("\(place)[\(name)] = \(value.stored);")))
  }

  private func timed(_ call: CText, _ step: Step, copying bytes: Int = 0) -> CText {
    guard let profile = outer.profile else { return .row([call, .word(";")]) }
    return profile.timed(call, step, copying: bytes, model: names.model)
  }

  private func write(_ variable: Variable, _ body: [Step], to writer: inout IndentedWriter) {
    // The variable of a single iteration is 0 in every index.
    if variable.extent == 1 { return write(body, to: &writer) }
    var inner = self
    let name = inner.naming.declare(variable)
    writer.line(Loop(variable, []).head(name) + " {")
    writer.indented { inner.write(body, to: &$0) }
    writer.line("}")
  }

  private func write(
    _ predicate: Operand, _ then: [Step], _ otherwise: [Step], to writer: inout IndentedWriter
  ) {
    if then.isEmpty && otherwise.isEmpty { return }
    let sign = then.isEmpty ? "!" : ""
    writer.write(.row([.word("if (\(sign)"), value(predicate), .word(") {")]))
    writer.indented { write(then.isEmpty ? otherwise : then, to: &$0) }
    if !then.isEmpty && !otherwise.isEmpty {
      writer.line("} else {")
      writer.indented { write(otherwise, to: &$0) }
    }
    writer.line("}")
  }
}

extension CSteps {
  // Where an operand begins: `x + 512 * t`.
  private func address(_ operand: Operand) -> CText {
    if case .index(let index) = operand {
      let position = naming.value(index).converted(to: .i32)
      return .row([.word("&(int32_t){"), position.text, .word("}")])
    }
    let base = operand.base
    let isMember = isScalarMember(base)
    var result = CValue(primary: .word((isMember ? "&" : "") + name(operand)), .i64)
    for distance in distances(operand) { result = CValue(result, "+", .sum, distance, .i64) }
    return result.text.asPart
  }

  // The first element of an operand.
  private func value(_ operand: Operand) -> CText {
    let base = operand.base
    let distances = distances(operand)
    guard var sum = distances.first else {
      return .word((isScalarMember(base) ? "" : "*") + name(operand))
    }
    for distance in distances.dropFirst() { sum = CValue(sum, "+", .sum, distance, .i64) }
    return .row([.word("\(name(operand))["), sum.text, .word("]")])
  }

  // The offset, in elements, that each position of an operand adds to the beginning of its base.
  private func distances(_ operand: Operand) -> [CValue] {
    guard let whole = operand.whole else { return [] }
    if case .part(_, let range) = operand {
      if range.lowerBound == 0 { return distances(whole) }
      let count = program.existing(.element(whole, Index(0)), in: function).count
      return distances(whole) + [naming.value(Index(range.lowerBound * count))]
    }
    guard case .element(_, let index) = operand else { return distances(whole) }
    let count = program.existing(operand, in: function).count
    if let position = index.asConstant {
      let distance = naming.value(Index(position * count))
      return distances(whole) + (position == 0 ? [] : [distance])
    }
    let position = naming.value(index)
    if count == 1 { return distances(whole) + [position] }
    // C multiplies two ints as int.
    let isWide = position.type != .i64 && index.range.upperBound * count > Int(Int32.max)
    let factor = naming.value(Index(count))
    let wide = isWide ? position.cast(to: .i64) : position
    return distances(whole) + [CValue(factor, "*", .product, wide, wide.type)]
  }

  private func isScalarMember(_ base: Operand) -> Bool {
    if case .state(let n) = base { program.states[n].array.shape.isEmpty } else { false }
  }

  // The pointer to the array that the operand is or lies in.
  private func name(_ operand: Operand) -> String {
    if let (base, label) = operand.label, let name = names.value(base, label) { return name }
    let base = operand.base
    switch base {
    case .state(let n): return "\(names.state)->\(outer.states[n])"
    case .input(let n): return names.inputs[n]
    case .output(let n): return names.outputs[n]
    case .temporary(let n): return names.temporaries[n]
    case .constant(let n): return outer.constants[n]
    case .element, .part, .shaped, .named, .becoming, .index:
      preconditionFailure("\(base) has no name")
    }
  }
}
