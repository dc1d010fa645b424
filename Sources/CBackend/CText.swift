/// A piece of C and the places where its line may break.
indirect enum CText {
  case word(String)
  /// Parts that follow each other directly.
  case row([CText])
  /// Parts with a space or a line break between them; each line starts below the first part.
  case chain([CText])
  /// A chain inside another one; its later lines are indented by four, as its operator binds more
  /// tightly.
  case nested([CText])
  /// A part followed by another one, after a space or on its own line, indented by four.
  case hanging(CText, CText)

  /// The number of columns on one line.
  var width: Int {
    switch self {
    case .word(let text): text.count
    case .row(let parts): parts.reduce(0) { $0 + $1.width }
    case .chain(let parts), .nested(let parts): parts.reduce(parts.count - 1) { $0 + $1.width }
    case .hanging(let head, let body): head.width + 1 + body.width
    }
  }

  /// The text on one line.
  var flat: String {
    switch self {
    case .word(let text): text
    case .row(let parts): parts.map(\.flat).joined()
    case .chain(let parts), .nested(let parts): parts.map(\.flat).joined(separator: " ")
    case .hanging(let head, let body): head.flat + " " + body.flat
    }
  }

  /// A list in brackets, broken after commas: `f(a, b)`.
  static func list(_ open: String, _ items: [CText], _ close: String) -> CText {
    if items.isEmpty { return .word(open + close) }
    let separated = items.enumerated().map { (n, item) in
      n == items.count - 1 ? item : .row([item, .word(",")])
    }
    return .row([.word(open), .chain(separated), .word(close)])
  }

  /// The text as a part of a chain.
  var asPart: CText {
    if case .chain(let parts) = self { return .nested(parts) }
    return self
  }

  /// The text in parentheses.
  var inParentheses: CText { .row([.word("("), self, .word(")")]) }
}

/// The last column that text may reach.
let lineLimit = 100

extension CText {
  /// Returns the text as lines of at most 100 columns where it can be broken so.
  ///
  /// The first line begins at column `start`, without the indentation; the others have theirs.
  func lines(at start: Int) -> [String] {
    var output = Output(column: start)
    output.write(self, trailing: 0)
    return output.lines
  }

  // The columns up to the first place where the text can break, and whether there is one.
  fileprivate var head: (width: Int, breaks: Bool) {
    switch self {
    case .word(let text): return (text.count, false)
    case .chain(let parts), .nested(let parts):
      return (parts.first?.head.width ?? 0, parts.count > 1)
    case .row(let parts):
      var width = 0
      for part in parts {
        let head = part.head
        width += head.width
        if head.breaks { return (width, true) }
      }
      return (width, false)
    case .hanging(let head, _): return (head.head.width, true)
    }
  }
}

/// Lines that are being filled.
private struct Output {
  var lines = [""]
  var column: Int

  mutating func put(_ text: String) {
    lines[lines.count - 1] += text
    column += text.count
  }

  mutating func newLine(at start: Int) {
    lines.append(String(repeating: " ", count: start))
    column = start
  }

  // Writes `text`; the next `trailing` columns must fit after it.
  mutating func write(_ text: CText, trailing: Int) {
    if column + text.width + trailing <= lineLimit { return put(text.flat) }
    switch text {
    case .word(let word): put(word)
    case .row(let parts):
      for (n, part) in parts.enumerated() {
        let rest = CText.row(Array(parts[(n + 1)...]))
        write(part, trailing: rest.head.breaks ? rest.head.width : rest.width + trailing)
      }
    case .chain(let parts): write(chain: parts, later: column, trailing: trailing)
    case .nested(let parts): write(chain: parts, later: column + 4, trailing: trailing)
    case .hanging(let head, let body):
      let start = column
      write(head, trailing: 0)
      // Moves the value to the next line only if that keeps it on one line.
      let isWhole = start + 4 + body.width + trailing <= lineLimit
      if isWhole || column > lineLimit / 2 { newLine(at: start + 4) } else { put(" ") }
      write(body, trailing: trailing)
    }
  }

  private mutating func write(chain parts: [CText], later start: Int, trailing: Int) {
    for (n, part) in parts.enumerated() {
      let after = n == parts.count - 1 ? trailing : 0
      if n > 0 {
        if column + 1 + part.width + after <= lineLimit { put(" ") } else { newLine(at: start) }
      }
      write(part, trailing: after)
    }
  }
}
