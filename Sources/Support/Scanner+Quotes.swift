extension Scanner {
  // Takes a text between two quotes; only those of one kind have escapes.
  mutating func quoted(by quote: UInt8, _ what: String) throws(ParseError) -> String {
    skipSeparators()
    var ahead = self
    ahead.offset += 1
    var result: [UInt8] = []
    while ahead.offset < end, ahead.bytes[ahead.offset] != .newline {
      let byte = bytes[ahead.offset]
      ahead.offset += 1
      if byte == quote {
        self = ahead
        return String(decoding: result, as: UTF8.self)
      }
      if byte == .backslash && quote == .quote {
        result += try ahead.escape()
      } else {
        result.append(byte)
      }
    }
    throw error("\(what) does not end on its line")
  }

  // What follows a backslash.
  private mutating func escape() throws(ParseError) -> [UInt8] {
    guard offset < end else { throw error("a text does not end on its line") }
    let byte = bytes[offset]
    if byte != .letterU { offset += 1 }
    switch byte {
    case .quote, .backslash: return [byte]
    case .letterN: return [.newline]
    case .letterT: return [.tab]
    case .letterR: return [.carriageReturn]
    case .letterU:
      var i = offset + 1
      while i < end && bytes[i] != .closeBrace && bytes[i] != .newline { i += 1 }
      guard offset + 2 < i, i < end, bytes[offset + 1] == .openBrace,
        let number = UInt32(text((offset + 2)..<i), radix: 16),
        let scalar = Unicode.Scalar(number)
      else { throw error("'\\u' is followed by a Unicode scalar in braces, as in '\\u{e9}'") }
      offset = i + 1
      return Array(String(scalar).utf8)
    default:
      offset -= 1
      throw error("after a backslash comes one of '\"', '\\', 'n', 't', 'r', 'u'")
    }
  }
}

extension String {
  /// The text in quotes as `Scanner` reads it back.
  package var quoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7f {
          result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// The text as it is if `Scanner` reads it as one word, else in quotes.
  package var quotedUnlessWord: String {
    let bytes = utf8
    guard let first = bytes.first, !first.isDigit, first != .dot, bytes.allSatisfy(\.isWord) else {
      return quoted
    }
    return self
  }
}
