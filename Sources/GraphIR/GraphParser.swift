internal import LoopIR
package import Support

/// Returns the program that a text describes; docs/ir.md has the grammar.
package func parseProgram(_ text: String) throws(ParseError) -> GraphProgram {
  var parser = GraphParser(text)
  return try parser.program()
}

private struct GraphParser {
  private var scanner: Scanner
  private var sites = DenseMap<SiteID, Site>()
  private var known: [Site: SiteID] = [:]
  private var depth = 0

  init(_ text: String) { scanner = Scanner(text) }
}

// Programs.
extension GraphParser {
  mutating func program() throws(ParseError) -> GraphProgram {
    try scanner.expect(word: "program")
    let name = try scanner.string("the program's name in quotes")
    try scanner.expect(word: "from")
    var program = GraphProgram(name: name, source: try scanner.string("a file in quotes"))
    while !scanner.isAtEnd {
      if scanner.accept(word: "sites") {
        try siteTable()
      } else if scanner.accept(word: "setting") {
        program.settings.append(try Setting(from: &scanner))
      } else if scanner.accept(word: "option") {
        program.options.append(try ModelOption(from: &scanner))
      } else if scanner.accept(word: "phase") {
        program.phases.append(try Phase(from: &scanner))
      } else if scanner.accept(word: "show") {
        program.showings.append(try Showing(from: &scanner))
      } else if scanner.accept(word: "names") {
        program.namings.append(try Naming(from: &scanner))
      } else if scanner.accept(word: "state") {
        try state(&program)
      } else if scanner.accept(word: "function") {
        program.functions.append(try function())
      } else {
        throw scanner.expected(
          "'option', 'setting', 'phase', 'show', 'names', 'state' or 'function'")
      }
    }
    program.sites = sites
    return program
  }

  private mutating func state(_ program: inout GraphProgram) throws(ParseError) {
    let place = scanner
    let id = try scanner.stateID()
    guard id.index == program.states.count else {
      throw place.expected("'@\(program.states.count)', as states are numbered in order")
    }
    let name = try scanner.string("the state's name in quotes")
    // Derived states are made after the graph passes.
    let all = StateRole.allCases.filter { $0 != .derived }
    let roles = all.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    let role: StateRole = try scanner.choice("one of \(roles)")
    if role == .derived { throw scanner.error("no state of a graph is 'derived'") }
    let type = try scanner.tensorType()
    let aliases = try scanner.also()
    _ = program.states.append(
      State(name: name, type: type, role: role, aliases: aliases, site: try site()))
  }

  private mutating func function() throws(ParseError) -> GraphFunction {
    let name = try scanner.name("the function's name")
    // A preparation exists only as loops.
    let (kind, phase) = try scanner.functionKind(
      FunctionKind.allCases.filter { $0 != .prepare })
    try scanner.expect("{")
    var block = Block()
    try nodes(until: "return", &block)
    var results: [GraphFunction.Result] = []
    if !scanner.accept("}") {
      repeat {
        if scanner.accept(word: "update") {
          results.append(.update(try scanner.stateID()))
        } else if scanner.accept(word: "probe") {
          results.append(.probe(try scanner.string("a name in quotes")))
        } else {
          results.append(.output(try scanner.string("a name in quotes, 'update' or 'probe'")))
        }
        block.graph.outputs.append(try value(block))
      } while scanner.accept(",")
      try scanner.expect("}")
    }
    return GraphFunction(
      name: name, kind: kind, phase: phase, graph: block.graph, results: results)
  }
}

// Places.
extension GraphParser {
  private mutating func siteTable() throws(ParseError) {
    let file = try file()
    repeat {
      _ = sites.append(try place(file))
      let id = SiteID(index: sites.count - 1)
      if known[sites[id]] == nil { known[sites[id]] = id }
    } while scanner.startsNumber
  }

  // Nothing, or `at` and a place.
  private mutating func site() throws(ParseError) -> SiteID? {
    guard scanner.accept(word: "at") else { return nil }
    let start = scanner
    if scanner.accept("#") {
      let number = try scanner.integer("the number of a place", in: 0...(1 << 30))
      guard number < sites.count else { throw start.error("there is no place #\(number)") }
      return SiteID(index: number)
    }
    let file = try file()
    try scanner.expect(":")
    let site = try place(file)
    if let id = known[site] { return id }
    let id = sites.append(site)
    known[site] = id
    return id
  }

  private mutating func file() throws(ParseError) -> String {
    if scanner.startsQuote { return try scanner.string() }
    return try scanner.run("a file", while: GraphText.isPathByte)
  }

  private mutating func place(_ file: String) throws(ParseError) -> Site {
    let line = try scanner.integer("a line")
    try scanner.expect(":")
    return Site(file: file, line: line, column: try scanner.integer("a column"))
  }
}

// Graphs.
extension GraphParser {
  /// A graph that is being read.
  private struct Block {
    var graph = Graph()
    var labels: [String: NodeID] = [:]
  }

  private mutating func nodes(until word: String, _ block: inout Block) throws(ParseError) {
    while !scanner.accept(word: word) {
      guard scanner.accept("%") else { throw scanner.expected("'%' or '\(word)'") }
      let place = scanner
      let label = try label()
      guard block.labels[label] == nil else {
        throw place.error("'%\(label)' is defined twice")
      }
      try scanner.expect("=")
      block.labels[label] = block.graph.append(try node(block))
    }
  }

  private mutating func node(_ block: Block) throws(ParseError) -> Node {
    let start = scanner
    let mnemonic = try scanner.word("the name of an operation")
    guard let operation = OperationList.named(mnemonic) else {
      throw start.error("there is no operation '\(mnemonic)'")
    }
    var operands: [Value] = []
    if scanner.startsOperand {
      repeat { operands.append(try value(block)) } while scanner.accept(",")
    }
    let attributes = scanner.startsBrace ? try scanner.bracketed("{", "}") : scanner.exhausted
    let place = scanner
    var types: [TensorType] = []
    if scanner.accept(":") {
      repeat { types.append(try scanner.tensorType()) } while scanner.accept(",")
    }
    let name = scanner.startsQuote ? try scanner.string() : nil
    let site = try site()
    let brace = scanner
    let regions = try regions()
    var text = OperationText(
      mnemonic: mnemonic, attributes: attributes, types: types, regions: regions, place: place)
    let op: any Operation = try operation.init(from: &text)
    try text.attributes.expectEnd("the end of the attributes of '\(mnemonic)'")
    guard regions.isEmpty || op is any RegionOperation else {
      throw brace.error("'\(mnemonic)' has no graph in braces")
    }
    let node = Node(op, operands, types: types, name: name, site: site)
    if let problem = block.graph.typeProblem(of: node) { throw start.error(problem) }
    return node
  }

  // Graphs in braces, as many as there are.
  private mutating func regions() throws(ParseError) -> [Graph] {
    var regions: [Graph] = []
    while scanner.startsBrace {
      guard depth < 64 else { throw scanner.error("graphs are nested more than 64 deep") }
      depth += 1
      try scanner.expect("{")
      var block = Block()
      try nodes(until: "yield", &block)
      if !scanner.accept("}") {
        repeat { block.graph.outputs.append(try value(block)) } while scanner.accept(",")
        try scanner.expect("}")
      }
      depth -= 1
      regions.append(block.graph)
    }
    return regions
  }

  // A value, as `%3`, or `%3.1` for the second result.
  private mutating func value(_ block: Block) throws(ParseError) -> Value {
    let place = scanner
    guard scanner.accept("%") else { throw scanner.expected("a value, as in '%0'") }
    let label = try label()
    guard let id = block.labels[label] else {
      throw place.error("'%\(label)' is not defined above")
    }
    let result = scanner.accept(".") ? try scanner.integer("the number of a result") : 0
    let count = block.graph[id].types.count
    guard result >= 0, result < count else {
      throw place.error("'%\(label)' has no result \(result); it has \(count)")
    }
    return Value(id, result)
  }

  private mutating func label() throws(ParseError) -> String {
    try scanner.run("the number of a value") {
      GraphText.isPathByte($0) && ![UInt8(ascii: "."), UInt8(ascii: "/")].contains($0)
    }
  }
}

extension Scanner {
  private func starts(_ symbol: String) -> Bool {
    var ahead = self
    return ahead.accept(symbol)
  }

  fileprivate var startsOperand: Bool { starts("%") }
  fileprivate var startsBrace: Bool { starts("{") }
  fileprivate var startsNumber: Bool { startsDigit || starts("-") }
}
