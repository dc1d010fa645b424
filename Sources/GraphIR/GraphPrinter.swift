internal import LoopIR
internal import Support

/// Returns the text of a program, from which `parseProgram` makes an equal one.
///
///     program "digits" from "model.swift"
///     state @0 "0.weight" parameter f32[16, 1, 3, 3] at model.swift:4:3
///
///     function infer {
///       %0 = input {0} : f32[64, 1, 8, 8] "image"
///       %1 = read {@0} : f32[16, 1, 3, 3] at model.swift:4:3
///       ...
///       return "probability" %9
///     }
package func printProgram(_ program: GraphProgram) -> String {
  var writer = IndentedWriter()
  let text = GraphText(program)
  writer.line("program \(program.name.quoted) from \(program.source.quoted)")
  for line in text.siteLines { writer.line(line) }
  for option in program.options { writer.line(option.line) }
  for setting in program.settings { writer.line(setting.line) }
  for phase in program.phases { phase.write(to: &writer) }
  for showing in program.showings { writer.line(showing.line) }
  for naming in program.namings { writer.line(naming.line) }
  for id in program.states.ids {
    let state = program.states[id]
    writer.line(
      "state \(text.state(id)) \(state.name.quoted) \(state.role) \(state.type)"
        + state.aliases.also + text.site(state.site))
  }
  for function in program.functions {
    writer.line()
    let clause = function.kind.clause(of: function.phase)
    writer.line("function \(function.name.quotedUnlessWord)\(clause) {")
    writer.indented { text.write(function, to: &$0) }
    writer.line("}")
  }
  return writer.text
}

/// Returns the text of a graph alone; places are numbers.
package func printGraph(_ graph: Graph) -> String {
  var writer = IndentedWriter()
  GraphText().write(graph, end: "return", to: &writer)
  return writer.text
}

/// Writes nodes, and the places where they come from.
struct GraphText {
  private var table = DenseMap<SiteID, Site>()
  /// The first of equal places, as that is the one its text stands for.
  private var first: [Site: SiteID] = [:]
  /// The declaration of the places, unless a parser would number them in the same way.
  private(set) var siteLines: [String] = []

  init() {}

  init(_ program: GraphProgram) {
    table = program.sites
    for id in table.ids where first[table[id]] == nil { first[table[id]] = id }
    if SitesInOrder.of(program) != Array(table.ids) || first.count != table.count {
      siteLines = declaration()
    }
  }

  /// The place as a suffix, or nothing.
  func site(_ id: SiteID?) -> String {
    guard let id else { return "" }
    guard id.index < table.count, first[table[id]] == id else { return " at #\(id.index)" }
    let site = table[id]
    return " at \(GraphText.file(site.file)):\(site.line):\(site.column)"
  }

  func state(_ id: StateID) -> String { "@\(id.index)" }

  /// The value as an operand.
  func value(_ value: Value) -> String {
    "%\(value.node.index)" + (value.result == 0 ? "" : ".\(value.result)")
  }

  /// The text of a node up to the graphs that it holds.
  func line(_ id: NodeID, in graph: Graph) -> String {
    let node = graph[id]
    let rules = node.op
    var line = "%\(id.index) = \(rules.mnemonic)"
    if !node.operands.isEmpty { line += " " + node.operands.map(value).joined(separator: ", ") }
    if !rules.attributes.isEmpty { line += " {\(rules.attributes)}" }
    if !node.types.isEmpty {
      line += " : " + node.types.map(\.description).joined(separator: ", ")
    }
    if let name = node.name { line += " " + name.quoted }
    return line + site(node.site)
  }

  func write(_ graph: Graph, end: String, to writer: inout IndentedWriter) {
    writeNodes(of: graph, to: &writer)
    writeList(end, graph.outputs.map(value), to: &writer)
  }

  func write(_ function: GraphFunction, to writer: inout IndentedWriter) {
    writeNodes(of: function.graph, to: &writer)
    let results = zip(function.results, function.graph.outputs).map { result, value in
      switch result {
      case .output(let name): "\(name.quoted) \(self.value(value))"
      case .update(let id): "update \(state(id)) \(self.value(value))"
      case .probe(let name): "probe \(name.quoted) \(self.value(value))"
      }
    }
    writeList("return", results, to: &writer)
  }

  private func writeNodes(of graph: Graph, to writer: inout IndentedWriter) {
    for id in graph.nodes.ids {
      let regions = (graph[id].op as? any RegionOperation)?.regions ?? []
      let line = line(id, in: graph)
      if regions.isEmpty {
        writer.line(line)
        continue
      }
      writer.line(line + " {")
      for (i, region) in regions.enumerated() {
        if i > 0 { writer.line("} {") }
        writer.indented { write(region, end: "yield", to: &$0) }
      }
      writer.line("}")
    }
  }

  // On one line if it fits, else one item on each.
  private func writeList(_ word: String, _ items: [String], to writer: inout IndentedWriter) {
    let line = ([word] + [items.joined(separator: ", ")]).filter { !$0.isEmpty }
      .joined(separator: " ")
    if writer.indentation + line.count <= 100 || items.count < 2 {
      writer.line(line)
      return
    }
    writer.line(word)
    writer.indented { (writer) in
      for (i, item) in items.enumerated() { writer.line(i + 1 < items.count ? item + "," : item) }
    }
  }

  // The whole table: for each run of places in one file its name, then lines and columns.
  private func declaration() -> [String] {
    var lines: [String] = []
    var file: String?
    for site in table.values {
      let place = " \(site.line):\(site.column)"
      if site.file == file, let last = lines.last, last.count + place.count <= 100 {
        lines[lines.count - 1] += place
      } else {
        lines.append("sites \(GraphText.file(site.file))\(place)")
        file = site.file
      }
    }
    return lines
  }

  // A file, in quotes unless it has only the usual characters of paths.
  private static func file(_ name: String) -> String {
    !name.isEmpty && name.utf8.allSatisfy(isPathByte) ? name : name.quoted
  }

  /// True iff a byte may be part of a path without quotes.
  static func isPathByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: byte >= 0x80
    }
  }
}

/// Collects places in the order in which the text of a program names them first.
private struct SitesInOrder {
  private var found: [SiteID] = []
  private var seen: Set<SiteID> = []

  static func of(_ program: GraphProgram) -> [SiteID] {
    var sites = SitesInOrder()
    for state in program.states.values { sites.add(state.site) }
    for function in program.functions { sites.add(function.graph) }
    return sites.found
  }

  private mutating func add(_ id: SiteID?) {
    if let id, seen.insert(id).inserted { found.append(id) }
  }

  private mutating func add(_ graph: Graph) {
    for node in graph.nodes.values {
      add(node.site)
      for region in (node.op as? any RegionOperation)?.regions ?? [] { add(region) }
    }
  }
}
