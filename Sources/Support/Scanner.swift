/// Reads the words, numbers, strings and symbols of a textual IR from front to back.
///
/// Space, line ends and comments, from `//` to the end of the line, only separate. Every function
/// that reads skips them first and, if it throws or returns nil, has read nothing more.
package struct Scanner {
  let bytes: [UInt8]
  /// How many bytes have been read.
  package internal(set) var offset = 0
  var end: Int

  package init(_ text: String) {
    bytes = Array(text.utf8)
    end = bytes.count
  }

  /// An empty scanner at the same place, for a part that is missing.
  package var exhausted: Scanner {
    var result = self
    result.skipSeparators()
    result.end = result.offset
    return result
  }

  /// True iff only separators are left.
  package var isAtEnd: Bool {
    var rest = self
    rest.skipSeparators()
    return rest.offset == end
  }

  /// Moves to where the next token begins.
  package mutating func skipSeparators() {
    while offset < end {
      let byte = bytes[offset]
      if byte == .space || byte == .newline || byte == .tab || byte == .carriageReturn {
        offset += 1
      } else if byte == .slash && offset + 1 < end && bytes[offset + 1] == .slash {
        while offset < end && bytes[offset] != .newline { offset += 1 }
      } else {
        return
      }
    }
  }

  /// True iff a number without a sign comes next. Unlike trying to take one, this makes no error,
  /// whose place would be searched for.
  package var startsDigit: Bool { next?.isDigit ?? false }

  /// True iff a text in quotes comes next.
  package var startsQuote: Bool { next == .quote }

  /// Takes `symbol` if it comes next.
  package mutating func accept(_ symbol: String) -> Bool {
    skipSeparators()
    let count = symbol.utf8.count
    guard offset + count <= end else { return false }
    var i = offset
    for byte in symbol.utf8 {
      if bytes[i] != byte { return false }
      i += 1
    }
    offset += count
    return true
  }

  /// Takes `symbol`, which must come next.
  package mutating func expect(_ symbol: String) throws(ParseError) {
    guard accept(symbol) else { throw expected("'\(symbol)'") }
  }

  /// Takes `word` if it comes next and ends there.
  package mutating func accept(word: String) -> Bool {
    var ahead = self
    guard ahead.scanWord() == word else { return false }
    self = ahead
    return true
  }

  /// Takes `word`, which must come next.
  package mutating func expect(word: String) throws(ParseError) {
    guard accept(word: word) else { throw expected("'\(word)'") }
  }

  /// Takes a word: letters, digits, `_` and `.`, not beginning with a digit or `.`.
  package mutating func word(_ what: String = "a word") throws(ParseError) -> String {
    guard let word = scanWord() else { throw expected(what) }
    return word
  }

  /// Takes the raw value of one case of an enumeration.
  package mutating func choice<Choice>(_ what: String) throws(ParseError) -> Choice
  where Choice: RawRepresentable<String> {
    var ahead = self
    guard let choice = Choice(rawValue: try ahead.word(what)) else { throw expected(what) }
    self = ahead
    return choice
  }

  /// Takes a word, or anything in quotes or backquotes.
  package mutating func name(_ what: String = "a name") throws(ParseError) -> String {
    if next == .quote { return try string(what) }
    if next == .backquote { return try quoted(by: .backquote, what) }
    return try word(what)
  }

  /// Takes a text in quotes.
  package mutating func string(_ what: String = "a text in quotes") throws(ParseError) -> String {
    guard next == .quote else { throw expected(what) }
    return try quoted(by: .quote, what)
  }

  /// Takes an integer in a range.
  package mutating func integer(
    _ what: String = "an integer", in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(ParseError) -> Int {
    skipSeparators()
    var i = offset
    if i < end && bytes[i] == .minus { i += 1 }
    let first = i
    while i < end && bytes[i].isDigit { i += 1 }
    guard i > first else { throw expected(what) }
    guard let value = Int(text(offset..<i)), range.contains(value) else {
      let upper = range.upperBound == Int.max ? "" : " to \(range.upperBound)"
      throw expected("\(what) from \(range.lowerBound)\(upper)")
    }
    offset = i
    return value
  }

  /// Takes what looks like a number, `inf` and `nan` included, as text.
  package mutating func number(_ what: String = "a number") throws(ParseError) -> String {
    skipSeparators()
    var i = offset
    if i < end && bytes[i] == .minus { i += 1 }
    let start = i
    while i < end {
      let isExponent = i > start && (bytes[i - 1] | 0x20) == 0x65 && bytes[start].isDigit
      let isSign = isExponent && (bytes[i] == .minus || bytes[i] == .plus)
      guard bytes[i].isWord || isSign else { break }
      i += 1
    }
    guard i > start, bytes[start].isDigit || ["inf", "nan"].contains(text(start..<i)) else {
      throw expected(what)
    }
    defer { offset = i }
    return text(offset..<i)
  }

  /// Takes a number as Swift reads it.
  package mutating func double(_ what: String = "a number") throws(ParseError) -> Double {
    var ahead = self
    guard let value = Double(try ahead.number(what)) else { throw expected(what) }
    self = ahead
    return value
  }

  /// Takes bytes up to the first that `stop` holds for, at least one.
  package mutating func run(_ what: String, while holds: (UInt8) -> Bool) throws(ParseError)
    -> String
  {
    skipSeparators()
    var i = offset
    while i < end && holds(bytes[i]) { i += 1 }
    guard i > offset else { throw expected(what) }
    defer { offset = i }
    return text(offset..<i)
  }

  /// Takes `open`, its contents and the matching `close`; returns a scanner for the contents.
  /// Symbols in quotes do not count.
  package mutating func bracketed(_ open: String, _ close: String) throws(ParseError) -> Scanner {
    var ahead = self
    try ahead.expect(open)
    var inner = ahead
    var depth = 1
    while true {
      ahead.skipSeparators()
      inner.end = ahead.offset
      if ahead.accept(close) {
        depth -= 1
        if depth == 0 { break }
      } else if ahead.accept(open) {
        depth += 1
      } else if ahead.next == .quote || ahead.next == .backquote {
        _ = try ahead.name()
      } else if ahead.offset == ahead.end {
        throw ahead.expected("'\(close)' for the '\(open)' at \(position)")
      } else {
        ahead.offset += 1
      }
    }
    self = ahead
    return inner
  }

  /// Throws unless only separators are left.
  package func expectEnd(_ what: String = "the end") throws(ParseError) {
    guard isAtEnd else { throw expected(what) }
  }
}

extension Scanner {
  // The first byte of the next token.
  var next: UInt8? {
    var rest = self
    rest.skipSeparators()
    return rest.offset < end ? bytes[rest.offset] : nil
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func scanWord() -> String? {
    skipSeparators()
    guard offset < end, bytes[offset].isWord, !bytes[offset].isDigit, bytes[offset] != .dot else {
      return nil
    }
    let start = offset
    while offset < end && bytes[offset].isWord { offset += 1 }
    return text(start..<offset)
  }
}

extension UInt8 {
  static let tab: UInt8 = 0x09
  static let newline: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let plus: UInt8 = 0x2b
  static let minus: UInt8 = 0x2d
  static let dot: UInt8 = 0x2e
  static let slash: UInt8 = 0x2f
  static let backslash: UInt8 = 0x5c
  static let underscore: UInt8 = 0x5f
  static let backquote: UInt8 = 0x60
  static let letterN: UInt8 = 0x6e
  static let letterR: UInt8 = 0x72
  static let letterT: UInt8 = 0x74
  static let letterU: UInt8 = 0x75
  static let openBrace: UInt8 = 0x7b
  static let closeBrace: UInt8 = 0x7d

  var isDigit: Bool { self >= 0x30 && self <= 0x39 }

  /// True iff the byte may be part of a word, as every byte beyond ASCII may.
  var isWord: Bool {
    isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7a) || self == .underscore || self == .dot
      || self >= 0x80
  }
}
