package import Support

/// Reads what `LoopPrinter` writes.
package struct LoopParser {
  var scanner: Scanner
  // What has been declared in the kernel, by name and by name and number.
  var buffers: [String: Buffer] = [:]
  var locals: [String: Local] = [:]
  var variables: [String: Variable] = [:]

  private init(_ text: String) { scanner = Scanner(text) }

  /// Returns the kernel that `text` describes.
  package static func kernel(_ text: String) throws(ParseError) -> Kernel {
    var parser = LoopParser(text)
    let kernel = try parser.kernel()
    try parser.scanner.expectEnd()
    return kernel
  }

  /// Returns the program that `text` describes.
  package static func program(_ text: String) throws(ParseError) -> LoopProgram {
    var parser = LoopParser(text)
    let program = try parser.program()
    try parser.scanner.expectEnd()
    return program
  }
}

extension LoopParser {
  // As in `kernel relu(read x#0: f32[64], write y#1: f32[64]) { ... }`.
  mutating func kernel() throws(ParseError) -> Kernel {
    (buffers, locals, variables) = ([:], [:], [:])
    try scanner.expect(word: "kernel")
    let name = try scanner.name()
    let parameters = try list("(", ")") { (parser) throws(ParseError) in
      let word = try parser.scanner.word("'read', 'write', 'readWrite' or 'scratch'")
      guard let access = KernelParameter.Access(rawValue: word) else {
        throw parser.scanner.error("no access is called '\(word)'")
      }
      let buffer = try parser.bufferDeclaration()
      let becoming = parser.scanner.accept(word: "becoming") ? try parser.scanner.name() : nil
      return KernelParameter(buffer, access, becoming: becoming)
    }
    try scanner.expect("{")
    var origins: [String] = []
    while scanner.accept(word: "origin") { origins.append(try scanner.string()) }
    let summary = scanner.accept(word: "summary") ? try scanner.string() : nil
    // Definitions may refer to arrays of the body, so they follow it.
    var definitions: [Scanner] = []
    while scanner.accept(word: "define") { definitions.append(try scanner.bracketed("{", "}")) }
    let body = try statements()
    var read: [Definition] = []
    for definition in definitions {
      var parser = self
      parser.scanner = definition
      read.append(try parser.definition())
      try parser.scanner.expectEnd("the end of the definition")
      // A scalar that one definition declares may be used by the next.
      locals = parser.locals
    }
    return Kernel(
      name: name, parameters: parameters, definitions: read, body: body, origins: origins,
      summary: summary)
  }

  // An equation of the kernel, after its body.
  private mutating func definition() throws(ParseError) -> Definition {
    if scanner.accept("(") {
      repeat { _ = try variableDeclaration() } while scanner.accept(",")
      try scanner.expect(")")
    }
    let start = scanner
    let name = try reference()
    if scanner.accept(":") {
      scanner = start
      let local = try localDeclaration()
      try scanner.expect("=")
      return Definition(.local(local), try expression())
    }
    let target = try buffer(name)
    let indices = try indices()
    try scanner.expect("=")
    return Definition(.buffer(target, indices), try expression())
  }

  // Statements up to the brace that closes their block, and that brace.
  private mutating func statements() throws(ParseError) -> [Statement] {
    var result: [Statement] = []
    while !scanner.accept("}") { result.append(try statement()) }
    return result
  }

  // One statement of a body.
  private mutating func statement() throws(ParseError) -> Statement {
    if scanner.accept(word: "for") { return try loop() }
    if scanner.accept(word: "while") {
      let condition = try expression()
      try scanner.expect("{")
      return .whileLoop(condition, try statements())
    }
    if scanner.accept(word: "let") {
      let (local, value) = try initialised()
      return .constant(local, value)
    }
    if scanner.accept(word: "var") {
      let (local, value) = try initialised()
      return .variable(local, value)
    }
    if scanner.accept(word: "set") {
      let local = try local(try reference())
      try scanner.expect("=")
      return .assign(local, try expression())
    }
    if scanner.accept(word: "array") { return try array() }
    if scanner.accept(word: "if") {
      let condition = try expression()
      try scanner.expect("{")
      let then = try statements()
      guard scanner.accept(word: "else") else {
        return .when(condition, then: then, otherwise: [])
      }
      try scanner.expect("{")
      return .when(condition, then: then, otherwise: try statements())
    }
    if scanner.accept(word: "tile") { return try tile() }
    if scanner.accept(word: "transform") { return try transform() }
    if scanner.accept(word: "fetch") {
      let count = try scanner.integer(in: 1...Int.max)
      return .fetch(try buffer(try reference()), try indices(), count: count)
    }
    let target = try buffer(try reference())
    let indices = try indices()
    try scanner.expect("=")
    return .store(target, indices, try expression())
  }

  // As in `for i#0 < 64 step 32 parallel { ... }`.
  private mutating func loop() throws(ParseError) -> Statement {
    let variable = try variableDeclaration()
    var loop = Loop(variable, [])
    if scanner.accept(word: "from") {
      loop.first = try index()
      guard scanner.accept(word: "to") else { throw scanner.expected("'to'") }
      loop.end = try index()
    }
    if scanner.accept(word: "step") { loop.step = try scanner.integer(in: 1...Int.max) }
    loop.kind = loopKind()
    loop.isSimd = scanner.accept(word: "simd")
    loop.isRolled = scanner.accept(word: "rolled")
    try scanner.expect("{")
    loop.body = try statements()
    return .loop(loop)
  }

  private mutating func loopKind() -> Loop.Kind {
    if scanner.accept(word: "parallel") { return .parallel }
    return scanner.accept(word: "independent") ? .independent : .serial
  }

  // As in `tile n < 128, j < 1000 { ... }`.
  private mutating func tile() throws(ParseError) -> Statement {
    var rows = [try variableDeclaration()]
    while scanner.accept(",") { rows.append(try variableDeclaration()) }
    let column = rows.removeLast()
    let kind = loopKind()
    let blocks = try blocks()
    try scanner.expect("{")
    let (sum, value) = try initialised()
    guard case .reduce(.sum, let joined, .apply(.multiply, let factors)) = value,
      case .load(let left, let leftIndices) = factors[0],
      case .load(let right, let rightIndices) = factors[1]
    else { throw scanner.error("a tile sums up products of elements") }
    var tile = Tile(
      rows: rows, column: column, kind: kind, sum: sum, joined: joined,
      left: Element(left, leftIndices), right: Element(right, rightIndices),
      body: try statements())
    tile.blocks = blocks
    return .tile(tile)
  }

  // As in `transform sums2 a < 2, b < 2 of u < 4, v < 4 for l < 32 { ... }`.
  private mutating func transform() throws(ParseError) -> Statement {
    let word = try scanner.word("a matrix")
    guard let matrix = WinogradMatrix(rawValue: word) else {
      throw scanner.error("no matrix is called '\(word)'")
    }
    let target = try pair()
    guard scanner.accept(word: "of") else { throw scanner.expected("'of'") }
    let source = try pair()
    guard scanner.accept(word: "for") else { throw scanner.expected("'for'") }
    let lane = try variableDeclaration()
    try scanner.expect("{")
    let body = try statements()
    guard body.count == 1, case .store(let to, let at, .load(let from, let indices)) = body[0]
    else { throw scanner.error("a transform stores an element for an element") }
    return .transform(
      Transform(
        matrix, LaneMatrices(Element(from, indices), row: source.0, column: source.1),
        into: LaneMatrices(Element(to, at), row: target.0, column: target.1), lane: lane))
  }

  private mutating func pair() throws(ParseError) -> (Variable, Variable) {
    let first = try variableDeclaration()
    try scanner.expect(",")
    return (first, try variableDeclaration())
  }

  private mutating func blocks() throws(ParseError) -> Tile.Blocks {
    var blocks = Tile.Blocks()
    if scanner.accept(word: "panels") { blocks.panels = try scanner.integer(in: 1...Int.max) }
    if scanner.accept(word: "lines") { blocks.lines = try scanner.integer(in: 1...Int.max) }
    blocks.endsShort = scanner.accept(word: "short")
    blocks.finishesAlongRows = scanner.accept(word: "alongRows")
    blocks.isSimd = scanner.accept(word: "simd")
    return blocks
  }

  private mutating func initialised() throws(ParseError) -> (Local, Expression) {
    // A value cannot refer to the local that it defines.
    let before = locals
    let local = try localDeclaration()
    let after = locals
    try scanner.expect("=")
    locals = before
    let value = try expression()
    locals = after
    return (local, value)
  }

  private mutating func array() throws(ParseError) -> Statement {
    let buffer = try bufferDeclaration()
    guard scanner.accept("=") else { return .array(buffer, fill: nil) }
    guard case .literal(let fill) = try expression() else {
      throw scanner.error("an array is filled with a constant")
    }
    return .array(buffer, fill: fill)
  }
}

extension LoopParser {
  /// Takes a list in brackets, separated by commas.
  mutating func list<Element>(
    _ open: String, _ close: String,
    _ element: (inout LoopParser) throws(ParseError) -> Element
  ) throws(ParseError) -> [Element] {
    try scanner.expect(open)
    var result: [Element] = []
    if scanner.accept(close) { return result }
    repeat { result.append(try element(&self)) } while scanner.accept(",")
    try scanner.expect(close)
    return result
  }

  /// Takes an element type.
  mutating func type() throws(ParseError) -> ElementType {
    var ahead = scanner
    guard let type = ElementType(rawValue: try ahead.word("an element type")) else {
      throw scanner.expected("an element type")
    }
    scanner = ahead
    return type
  }

  /// Takes extents, as in `[4, 6]`.
  mutating func shape() throws(ParseError) -> [Int] {
    try list("[", "]") { (parser) throws(ParseError) in
      try parser.scanner.integer("an extent", in: 0...Int.max)
    }
  }

  // The key of what a name, or a name and a number, stands for.
  mutating func reference() throws(ParseError) -> String {
    let name = try scanner.name()
    return scanner.accept("#") ? "\(name)#\(try scanner.integer())" : name
  }

  private mutating func declared() throws(ParseError) -> (name: String, id: Int) {
    let name = try scanner.name()
    try scanner.expect("#")
    return (name, try scanner.integer())
  }

  private mutating func bufferDeclaration() throws(ParseError) -> Buffer {
    let (name, id) = try declared()
    try scanner.expect(":")
    let buffer = Buffer(id: id, name: name, type: try type(), shape: try shape())
    buffers[name] = buffer
    buffers["\(name)#\(id)"] = buffer
    return buffer
  }

  private mutating func localDeclaration() throws(ParseError) -> Local {
    let (name, id) = try declared()
    try scanner.expect(":")
    let local = Local(id: id, name: name, type: try type())
    locals[name] = local
    locals["\(name)#\(id)"] = local
    return local
  }

  /// Takes the declaration of a variable, as in `i#2 < 784`.
  mutating func variableDeclaration() throws(ParseError) -> Variable {
    let (name, id) = try declared()
    try scanner.expect("<")
    let extent = try scanner.integer("an extent", in: 0...Int.max)
    let variable = Variable(id: id, name: name, extent: extent)
    variables[name] = variable
    variables["\(name)#\(id)"] = variable
    return variable
  }

  /// The declaration behind a key.
  func buffer(_ key: String) throws(ParseError) -> Buffer {
    guard let buffer = buffers[key] else { throw scanner.error("no array is called '\(key)'") }
    return buffer
  }

  func local(_ key: String) throws(ParseError) -> Local {
    guard let local = locals[key] else { throw scanner.error("no scalar is called '\(key)'") }
    return local
  }
}

// The program around the kernels.
extension LoopParser {
  private mutating func program() throws(ParseError) -> LoopProgram {
    try scanner.expect(word: "program")
    let name = try scanner.name()
    try scanner.expect(word: "from")
    let source = try scanner.string()
    try scanner.expect(word: "arena")
    let bytes = try scanner.integer()
    try scanner.expect(word: "at")
    try scanner.expect(word: "least")
    var program = LoopProgram(
      name: name, source: source, states: [], constants: [], kernels: DenseMap(), functions: [],
      settings: [], arenaBytes: bytes, arenaLowerBound: try scanner.integer())
    while !scanner.isAtEnd { try item(&program) }
    return program
  }
}
