import Foundation
import TestSupport
import Testing

/// docs/graphkit.md says what the compiler says.
///
/// A first column of a table holds signatures: arguments without a label by what they mean,
/// `label:` for one that must be given, `label: value` and `meaning = value` for one that may be
/// left out and its default. A name alone stands for a type, a property, or a function all of whose
/// arguments are given without labels. `name = Type(...)` names what is called later.
@Suite struct GuideTests {
  private static let interface = Result { try PublicInterface.extracted() }

  @Test func signaturesAreThoseOfTheCompiler() throws {
    let (guide, interface) = (try Guide.read(), try Self.interface.get())
    let index = Index(guide, interface)
    #expect(guide.signatures.count > 300)
    let wrong: [String] = guide.signatures.filter { $0.contains(/[A-Za-z]/) }.compactMap { text in
      let found = Call(text).map(index.candidates) ?? []
      if let call = Call(text), found.contains(where: { index.writes(call, $0) }) { return nil }
      return "`\(text)` is none of \(found.map(\.text))"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test func everyDeclarationIsInTheGuide() throws {
    let (guide, interface) = (try Guide.read(), try Self.interface.get())
    let index = Index(guide, interface)
    let written = Dictionary(grouping: guide.signatures.compactMap(Call.init), by: \.name)
    let words = guide.words
    #expect(interface.declarations.count > 900)
    let missing = interface.declarations.filter { declaration in
      if Exceptions.holds(declaration) { return false }
      let names = index.names(of: declaration)
      return declaration.isCallable
        ? !names.flatMap { written[$0] ?? [] }.contains { index.writes($0, declaration) }
        : !names.contains(where: words.contains)
    }
    #expect(
      missing.isEmpty, "\(missing.map { "\($0.owner) \($0.text)" }.joined(separator: "\n"))")
  }

  @Test func wordsAreKnown() throws {
    let guide = try Guide.read()
    let index = Index(guide, try Self.interface.get())
    let unknown = guide.examples.filter { !index.knows($0) }
    #expect(unknown.isEmpty, "\(unknown.joined(separator: "\n"))")
  }

  @Test func referenceHasEveryDeclaration() throws {
    let text = ReferenceDocument(interface: try Self.interface.get()).text
    try checkDocument("docs/graphkit-reference.md", "the declarations", text)
  }

  @Test func codeCompiles() throws {
    let guide = try Guide.read()
    #expect(guide.blocks.count >= 8)
    var text = "import Foundation\nimport GraphKit\n"
    for (place, block) in guide.blocks.enumerated() {
      let lines = block.components(separatedBy: "\n").filter { !$0.hasPrefix("import ") }
      text += "func block\(place)(\(Self.context)) {\n" + lines.joined(separator: "\n") + "\n}\n"
    }
    let index = Index(guide, try Self.interface.get())
    text += "func examples(\(Self.context), step: ScanStep) {\n"
    text += guide.examples.compactMap(index.statement).joined(separator: "\n") + "\n}\n"
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "guide.swift")
      try text.write(to: file, atomically: true, encoding: .utf8)
      let (status, output) = try runProgram(
        "swiftc",
        ["-typecheck", "-suppress-warnings", "-I", PublicInterface.modules, file.path])
      #expect(status == 0, "\(output)")
    }
  }

  @Test func linesGiveWhatTheySay() throws {
    let guide = try Guide.read()
    let block = try #require(guide.blocks.first { $0.contains("// = ") })
    var (givens, values, expected) = ([String](), [String](), [String]())
    for line in block.components(separatedBy: "\n") {
      if let match = line.wholeMatch(of: /(\S.*?) +\/\/ = (.*)/) {
        values.append("\"r\(values.count)\": \(match.1)")
        expected.append("\(match.1) = \(match.2)")
      } else {
        givens.append(line)
      }
    }
    #expect(values.count > 30)
    let model = """
      import GraphKit
      let model = Model("ends")
      model.infer {
      \(givens.joined(separator: "\n"))
      return [\(values.joined(separator: ",\n"))]
      }
      """
    try withTemporaryFolder { folder in
      try SharedCache.begin(at: folder.appending(path: "cache"))
      try model.write(to: folder.appending(path: "ends.swift"), atomically: true, encoding: .utf8)
      let (status, output) = try runProgram(
        "GCOMP_CACHE=\(folder.path)/cache", [gcompExecutable.path, "infer", "ends.swift"],
        in: folder)
      #expect(status == 0, "\(output)")
      // Each output has a line with its name, then lines of numbers; if there are several axes,
      // with the place of a row, below a line with the places of columns.
      var found: [String] = []
      var hasRows = false
      for line in output.components(separatedBy: "\n") {
        if let name = line.prefixMatch(of: /r(\d+) ?/), Int(name.1) == found.count {
          let rest = line[name.range.upperBound...]
          found.append(rest.contains("[") ? "" : String(rest))
          hasRows = rest.contains(",")
        } else if line.hasPrefix("  "), !found.isEmpty, !hasRows || line.contains("[") {
          let numbers = line.replacing(/^ *(\[[\d, ]*\])? */, with: "")
          // A column of numbers has the same digits behind each point.
          let digits = numbers.split(separator: " ").map {
            $0.replacing(/(\.\d*?)0+$/, with: { $0.1 == "." ? "" : String($0.1) })
          }
          let words = [found[found.count - 1]] + digits.map { String($0) }
          found[found.count - 1] = words.filter { !$0.isEmpty }.joined(separator: " ")
        }
      }
      let lines = zip(expected, found).map { expected, found in
        expected.components(separatedBy: " = ").dropLast().joined(separator: " = ") + " = \(found)"
      }
      #expect(lines == expected)
    }
  }

  // What blocks and examples take for given.
  private static let context = """
    x: Tensor, y: Tensor, h: Tensor, c: Tensor, lengths: Tensor, mean: Tensor, logDeviation: Tensor,
    reconstruction: Tensor, net: Sequential, loss: Tensor, batch: Batch, model: Model,
    shape: Shape, labels: Tensor, optimizer: Adam
    """
}

/// What can be called by a name.
private struct Index {
  let aliases: [String: String]
  private let byName: [String: [Declaration]]
  private let labels: Set<String>
  // All identifiers in declarations: also the parts of what is returned.
  private let words: Set<String>
  // The types of what the guide has named.
  private let instances: [String: Set<String>]

  init(_ guide: Guide, _ interface: PublicInterface) {
    aliases = interface.aliases
    byName = Dictionary(grouping: interface.declarations, by: \.calledName)
    labels = Set(interface.declarations.flatMap(\.parameters).compactMap(\.label))
    words = Set(
      interface.declarations.flatMap { $0.text.matches(of: /\w+/).map { String($0.0) } })
    var instances: [String: Set<String>] = [:]
    for call in guide.signatures.compactMap(Call.init) {
      if let instance = call.instance { instances[instance, default: []].insert(call.name) }
    }
    self.instances = instances
  }

  func candidates(_ call: Call) -> [Declaration] {
    if let types = instances[call.name], !call.isMember {
      return (byName["callAsFunction"] ?? []).filter { types.contains($0.owner) }
    }
    let name = aliases[call.name] ?? call.name
    return (byName[name] ?? []).filter { declaration in
      let isMember = declaration.kind != "swift.init" && !declaration.owner.isEmpty
      return declaration.isType ? !call.isMember : isMember == call.isMember
    }
  }

  /// The names by which the guide may call it.
  func names(of declaration: Declaration) -> [String] {
    if declaration.name == "callAsFunction" {
      return instances.filter { $0.value.contains(declaration.owner) }.map(\.key)
    }
    let name = declaration.calledName
    return [name] + aliases.filter { $0.value == name }.map(\.key)
  }

  /// True iff the guide writes the declaration so.
  func writes(_ call: Call, _ declaration: Declaration) -> Bool {
    if call.arguments != nil { return call.writes(declaration) }
    if !declaration.isCallable { return true }
    return declaration.parameters.allSatisfy { $0.label == nil && $0.standard == nil }
  }

  /// Code in the text as a statement that can be compiled; nil for words and parts.
  func statement(_ code: String) -> String? {
    if Exceptions.words.contains(code) || code.contains("...)") || isType(code) { return nil }
    if let match = code.prefixMatch(of: /\.(\w+)/) {
      // What begins with a point belongs to the type that has such a member.
      let kinds = ["swift.enum.case", "swift.type.method", "swift.type.property"]
      let members = byName[String(match.1)] ?? []
      let member = kinds.lazy.compactMap { kind in members.first { $0.kind == kind } }.first
      return member.map { "let _: \(Exceptions.types[$0.owner] ?? $0.owner) = \(code)" }
    }
    guard let match = code.wholeMatch(of: /\w+(\.\w+)*([(\[].*[)\]])?/) else { return nil }
    return match.1 == nil && match.2 == nil ? nil : "_ = { \(code) }"
  }

  // A type of tensors, as messages write it, or a shape: `f32[2, 3]`, `[batch, steps]`.
  private func isType(_ code: String) -> Bool {
    guard let match = code.wholeMatch(of: /(\w*)\[[^\[\]:"]*\]/) else { return false }
    return match.1.isEmpty || byName[String(match.1)]?.first?.owner == "TensorType"
  }

  /// True iff code in the text is GraphKit's, or a word that is listed.
  func knows(_ code: String) -> Bool {
    if Exceptions.words.contains(code) || statement(code) != nil { return true }
    if isType(code) || code.hasPrefix("[\"") || !code.contains(/[A-Za-z]/) { return true }
    // An argument: `kernel: [3, 5]`.
    if let label = code.wholeMatch(of: /(\w+):.*/) { return labels.contains(String(label.1)) }
    guard let call = Call(code) else { return false }
    if call.arguments != nil { return candidates(call).contains(where: call.uses) }
    return words.contains(code)
  }
}
