internal import Support

extension LoopParser {
  /// Takes one part of a program.
  mutating func item(_ program: inout LoopProgram) throws(ParseError) {
    if scanner.accept(word: "option") {
      program.options.append(try ModelOption(from: &scanner))
    } else if scanner.accept(word: "phase") {
      program.phases.append(try Phase(from: &scanner))
    } else if scanner.accept(word: "show") {
      program.showings.append(try Showing(from: &scanner))
    } else if scanner.accept(word: "names") {
      program.namings.append(try Naming(from: &scanner))
    } else if scanner.accept(word: "state") {
      let array = try arrayDeclaration()
      let word = try scanner.word("a role")
      guard let role = StateRole(rawValue: word) else {
        throw scanner.error("no role is called '\(word)'")
      }
      program.states.append(StateSlot(array, role: role, aliases: try scanner.also()))
    } else if scanner.accept(word: "constant") {
      let array = try arrayDeclaration()
      try scanner.expect("=")
      let values = try list("[", "]") { (parser) throws(ParseError) in
        try parser.value(of: array.type)
      }
      program.constants.append(ConstantArray(array, values: values))
    } else if scanner.accept(word: "setting") {
      program.settings.append(try Setting(from: &scanner))
    } else if scanner.accept(word: "function") {
      program.functions.append(try function())
    } else {
      _ = program.kernels.append(try kernel())
    }
  }

  private mutating func arrayDeclaration() throws(ParseError) -> ArrayDeclaration {
    let name = try scanner.name()
    try scanner.expect(":")
    return ArrayDeclaration(name: name, type: try type(), shape: try shape())
  }

  // A number without its type.
  private mutating func value(of type: ElementType) throws(ParseError) -> Literal {
    if scanner.accept(word: "true") { return Literal(Int64(1), type) }
    if scanner.accept(word: "false") { return Literal(Int64(0), type) }
    guard let literal = Literal(reading: try scanner.number(), type) else {
      throw scanner.error("a constant does not fit \(type)")
    }
    return literal
  }

  // As in `function infer(input x: f32[4]) { ... }`, with temporaries and steps.
  private mutating func function() throws(ParseError) -> LoopFunction {
    let name = try scanner.name()
    let inputs = try arrays()
    try scanner.expect("->")
    let outputs = try arrays()
    let (kind, phase) = try scanner.functionKind()
    try scanner.expect("{")
    variables = [:]
    try scanner.expect(word: "summary")
    var function = LoopFunction(
      name: name, kind: kind, phase: phase, inputs: inputs, outputs: outputs, temporaries: [],
      steps: [], summary: try scanner.string())
    while scanner.accept(word: "temporary") { function.temporaries.append(try temporary()) }
    function.steps = try steps()
    return function
  }

  private mutating func arrays() throws(ParseError) -> [ArrayDeclaration] {
    try list("(", ")") { (parser) throws(ParseError) in try parser.arrayDeclaration() }
  }

  // As in `x#0: f32[64] at 256 in 1...4`.
  private mutating func temporary() throws(ParseError) -> Temporary {
    let array = try arrayDeclaration()
    try scanner.expect(word: "at")
    let offset = try scanner.integer()
    try scanner.expect(word: "in")
    let first = try scanner.integer()
    try scanner.expect("...")
    let last = try scanner.integer("a step", in: first...Int.max)
    return Temporary(array, offset: offset, life: first...last)
  }

  // Steps up to the brace that closes their block, and that brace.
  private mutating func steps() throws(ParseError) -> [Step] {
    var result: [Step] = []
    while !scanner.accept("}") { result.append(try step()) }
    return result
  }

  // A call, a fill, a copy, a probe, a loop or a branch.
  private mutating func step() throws(ParseError) -> Step {
    if scanner.accept(word: "fill") {
      let to = try operand()
      try scanner.expect(word: "with")
      let type = try type()
      return .fill(try value(of: type), to)
    }
    if scanner.accept(word: "copy") {
      let from = try operand()
      try scanner.expect(word: "to")
      return .copy(from: from, to: try operand())
    }
    if scanner.accept(word: "probe") {
      let name = try scanner.string()
      return .probe(name, try operand())
    }
    if scanner.accept(word: "for") {
      let variable = try variableDeclaration()
      try scanner.expect("{")
      return .loop(variable, try steps())
    }
    if scanner.accept(word: "repeat") { return try whileLoop() }
    if scanner.accept(word: "if") { return try branch() }
    try scanner.expect(word: "call")
    let kernel = KernelID(index: try scanner.integer(in: 0...Int.max))
    // The name is there for people.
    _ = try scanner.name()
    return .call(
      kernel, try list("(", ")") { (parser) throws(ParseError) in try parser.operand() })
  }

  private mutating func whileLoop() throws(ParseError) -> Step {
    try scanner.expect("{")
    var condition: [Step] = []
    while !scanner.accept(word: "while") { condition.append(try step()) }
    let predicate = try operand()
    return .whileLoop(condition: condition, predicate: predicate, body: try steps())
  }

  private mutating func branch() throws(ParseError) -> Step {
    let predicate = try operand()
    try scanner.expect("{")
    let then = try steps()
    guard scanner.accept(word: "else") else {
      return .branch(predicate: predicate, then: then, otherwise: [])
    }
    try scanner.expect("{")
    return .branch(predicate: predicate, then: then, otherwise: try steps())
  }

  // An array with its positions, parts and names.
  private mutating func operand() throws(ParseError) -> Operand {
    var result = try wholeOperand()
    while true {
      if scanner.accept("[") {
        let index = try index()
        if let start = index.asConstant, scanner.accept("..<") {
          result = .part(result, start..<(try scanner.integer(in: (start + 1)...Int.max)))
        } else {
          result = .element(result, index)
        }
        try scanner.expect("]")
      } else if scanner.accept(word: "as") {
        let shape = try list("[", "]") { (parser) throws(ParseError) in
          try parser.scanner.integer(in: 1...Int.max)
        }
        result = .shaped(result, shape)
      } else if scanner.accept(word: "named") {
        result = .named(result, try scanner.name())
      } else if scanner.accept(word: "becoming") {
        result = .becoming(result, try scanner.name())
      } else {
        return result
      }
    }
  }

  // A state, an input, an output, a temporary, a constant, or a position.
  private mutating func wholeOperand() throws(ParseError) -> Operand {
    let start = scanner
    let word = try scanner.word("an operand")
    if word == ElementType.i32.rawValue {
      try scanner.expect("[")
      let index = try index()
      try scanner.expect("]")
      return .index(index)
    }
    let number = try scanner.integer("a number", in: 0...Int.max)
    switch word {
    case "state": return .state(number)
    case "input": return .input(number)
    case "output": return .output(number)
    case "temporary": return .temporary(number)
    case "constant": return .constant(number)
    default: throw start.expected("an operand")
    }
  }
}
