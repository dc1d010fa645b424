import Foundation
import TestSupport

/// The code in docs/graphkit.md.
struct Guide {
  /// Blocks of Swift.
  private(set) var blocks: [String] = []
  /// What the first columns of tables say can be written.
  private(set) var signatures: [String] = []
  /// Code in other columns and in the text.
  private(set) var examples: [String] = []

  /// Reads the document.
  static func read() throws -> Guide {
    try Guide(
      String(contentsOf: repository.appending(path: "docs/graphkit.md"), encoding: .utf8))
  }

  private init(_ text: String) {
    // Fences are at every other place.
    for (place, part) in text.components(separatedBy: "```").enumerated() {
      if place.isMultiple(of: 2) {
        read(part)
      } else if part.hasPrefix("swift\n") {
        blocks.append(String(part.dropFirst("swift\n".count)))
      }
    }
  }

  private mutating func read(_ text: String) {
    var paragraph = ""
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("| ") {
        // A bar that is written in a cell has a backslash before it.
        let cells = line.replacing("\\|", with: "\u{1}").components(separatedBy: "|").dropFirst()
          .map { $0.replacing("\u{1}", with: "|") }
        signatures += Self.code(in: cells.first ?? "")
        examples += cells.dropFirst().flatMap(Self.code)
      } else {
        paragraph += (line.isEmpty ? "\n" : " ") + line
      }
    }
    examples += paragraph.components(separatedBy: "\n").flatMap(Self.code)
  }

  private static func code(in text: String) -> [String] {
    text.matches(of: /`([^`]+)`/).map { String($0.1) }
  }

  /// All identifiers and operators in its code.
  var words: Set<String> {
    Set(
      (blocks + signatures + examples).flatMap {
        $0.matches(of: /\w+|[^\w\s(){}\[\],"]+/).map { String($0.0) }
      })
  }
}

/// A call as the guide writes it: `x.sum(axes: nil, keep: false)`, `.cosine(from:, to: 0, steps:)`,
/// `cond(test, then: { ... }, else: { ... })`, `Sequential { ... }`, or a name alone.
struct Call {
  struct Argument {
    let label: String?
    /// What is behind the label, or behind `=` for what has none.
    let value: String?
  }

  /// What the result is called, for callables that are used later.
  let instance: String?
  let isMember: Bool
  let name: String
  /// Nil for a name alone.
  let arguments: [Argument]?
  /// The labels of closures behind the parentheses; the first has none.
  let closures: [String?]

  /// Reads one, or returns nil if the text is something else.
  init?(_ text: String) {
    guard let head = text.prefixMatch(of: /(?:(\w+) = )?(\w*\.)?([A-Za-z]\w*)/) else { return nil }
    instance = head.1.map(String.init)
    isMember = head.2 != nil
    name = String(head.3)
    var rest = String(text[head.range.upperBound...])
    if rest.isEmpty {
      (arguments, closures) = (nil, [])
      return
    }
    var list: [Argument] = []
    if rest.hasPrefix("(") {
      guard let parts = Nested.parentheses(of: rest) else { return nil }
      list = Nested.split(parts.inside).map(Argument.init)
      rest = parts.rest
    } else if !rest.hasPrefix(" {") {
      return nil
    }
    var closures: [String?] = []
    while let match = rest.prefixMatch(of: /\ (?:(\w+): )?\{[^}]*\}/) {
      closures.append(match.1.map(String.init))
      rest = String(rest[match.range.upperBound...])
    }
    guard rest.isEmpty else { return nil }
    (arguments, self.closures) = (list, closures)
  }
}

extension Call.Argument {
  /// Reads one: `keep: false`, `steps:`, `rate = 0.5`, `x`.
  init(_ text: String) {
    if let match = text.wholeMatch(of: /(\w+):(?: (.*))?/) {
      self.init(label: String(match.1), value: match.2.map(String.init))
    } else if let match = text.wholeMatch(of: /\w+ = (.*)/) {
      self.init(label: nil, value: String(match.1))
    } else {
      self.init(label: nil, value: nil)
    }
  }
}

// Against the interface.
extension Call {
  /// True iff it writes a declaration down to the letter: all labels in their order, and the
  /// defaults of what can be left out.
  func writes(_ declaration: Declaration) -> Bool {
    let parameters = declaration.parameters
    guard let arguments else { return false }
    guard let behind = parametersOfClosures(parameters),
      arguments.count == parameters.count - behind.count
    else { return false }
    return zip(arguments, parameters).allSatisfy { argument, parameter in
      let value = argument.value == "{ ... }" ? nil : argument.value
      return argument.label == parameter.label && value == parameter.standard
    }
  }

  /// True iff it may be written so: what is left out has a default.
  func uses(_ declaration: Declaration) -> Bool {
    let parameters = declaration.parameters
    guard let arguments else { return false }
    guard let behind = parametersOfClosures(parameters) else { return false }
    var rest = arguments[...]
    for parameter in parameters.dropLast(behind.count) {
      if rest.first?.label == parameter.label, !rest.isEmpty {
        rest.removeFirst()
        while parameter.isVariadic, let next = rest.first, next.label == nil { rest.removeFirst() }
      } else if parameter.standard == nil, !parameter.isVariadic {
        return false
      }
    }
    return rest.isEmpty
  }

  // Those that closures behind the parentheses stand for; nil if they cannot.
  private func parametersOfClosures(
    _ parameters: [Declaration.Parameter]
  ) -> ArraySlice<Declaration.Parameter>? {
    guard closures.count <= parameters.count else { return nil }
    let last = parameters.suffix(closures.count)
    let fits = zip(closures, last).enumerated().allSatisfy { place, pair in
      pair.1.isFunction && (place == 0 ? pair.0 == nil : pair.0 == pair.1.label)
    }
    return fits ? last : nil
  }
}
