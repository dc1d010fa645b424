/// A public declaration.
struct Declaration {
  let kind: String
  /// The names of the types around it, and its own.
  let path: [String]
  /// The declaration in Swift, without its body.
  let text: String
  let comment: String
  /// The protocols of its module that a type conforms to.
  let conformances: [String]
  /// Where it stands, from the folder of sources on.
  let file: String
  let line: Int

  /// The type that it belongs to; empty for what stands alone.
  var owner: String { path.dropLast().joined(separator: ".") }

  /// Its name without labels.
  var name: String { String((path.last ?? "").prefix { $0 != "(" }) }

  var isType: Bool {
    ["struct", "class", "enum", "protocol", "typealias"].contains { kind == "swift." + $0 }
  }

  var isCallable: Bool {
    ["func", "method", "init", "type.method"].contains { kind == "swift." + $0 }
  }

  /// The name by which it is called; that of the type for an initialiser.
  var calledName: String {
    if kind == "swift.init" { return path.dropLast().last ?? "" }
    return name
  }

  /// What it takes.
  var parameters: [Parameter] {
    guard let list = Nested.parentheses(of: text) else { return [] }
    return Nested.split(list.inside).map(Parameter.init)
  }

  /// A parameter of a function.
  struct Parameter: Equatable {
    /// Nil if the argument is written without one.
    let label: String?
    let name: String
    let type: String
    let standard: String?

    /// Reads one as it is declared: `_ x: Tensor`, `axis: Int = -1`.
    init(_ text: String) {
      let colon = text.firstIndex(of: ":") ?? text.endIndex
      let words = text[..<colon].split(separator: " ").map(String.init)
        .filter { !$0.hasPrefix("@") }
      // An enumeration's case may have a type alone.
      label = words.first == "_" || colon == text.endIndex ? nil : words.first
      name = words.last ?? ""
      let rest = text[colon...].dropFirst()
      let equals = rest.firstRange(of: " = ")
      type = rest[..<(equals?.lowerBound ?? rest.endIndex)].drop { $0 == " " }.description
      standard = equals.map { String(rest[$0.upperBound...]) }
    }

    var isVariadic: Bool { type.hasSuffix("...") || type.hasPrefix("repeat ") }
    var isFunction: Bool { type.contains("->") }
  }
}

/// Text with parentheses in it.
enum Nested {
  /// Returns what stands in the first pair of parentheses, and what follows.
  static func parentheses(of text: String) -> (inside: String, rest: String)? {
    guard let open = text.firstIndex(of: "(") else { return nil }
    var depth = 0
    for index in text[open...].indices {
      if text[index] == "(" { depth += 1 }
      if text[index] == ")" { depth -= 1 }
      if depth == 0 {
        let inside = text[text.index(after: open)..<index]
        return (String(inside), String(text[index...].dropFirst()))
      }
    }
    return nil
  }

  /// Returns the parts between commas that stand in no parentheses.
  static func split(_ text: String) -> [String] {
    var parts = [""]
    var depth = 0
    var previous: Character = " "
    for character in text {
      if "([{<".contains(character) { depth += 1 }
      if ")]}".contains(character) || (character == ">" && previous != "-") { depth -= 1 }
      if character == ",", depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
      previous = character
    }
    return parts.map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
  }
}
