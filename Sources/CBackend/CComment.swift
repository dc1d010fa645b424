/// Returns `text` as comment lines of at most 100 columns, later ones indented by four.
///
/// Lines do not break inside square brackets.
func commentLines(_ text: String) -> [String] {
  var lines: [String] = []
  var line = "//"
  for word in unbrokenWords(commentText(text)) {
    if line.count + 1 + word.count > lineLimit, line.count > 6 {
      lines.append(line)
      line = "//    "
    }
    line += " " + word
  }
  return lines + [line]
}

/// Returns `text` without what would end or disturb a comment.
func commentText(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    // A backslash at the end of a line would continue the comment on the next; "??/" is a backslash
    // too.
    switch scalar {
    case "\\": result += "/"
    case "?" where result.hasSuffix("?"): result += " ?"
    case "\n", "\r", "\t": result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

// The words of a text, where brackets and what they enclose belong to one word.
private func unbrokenWords(_ text: String) -> [String] {
  var words: [String] = [""]
  var depth = 0
  for c in text {
    if c == "[" { depth += 1 }
    if c == "]" { depth -= 1 }
    if c == " " && depth == 0 {
      words.append("")
    } else {
      words[words.count - 1].append(c)
    }
  }
  // Breaks a line before `&&` and `||` rather than after them.
  var result: [String] = []
  for word in words where !word.isEmpty {
    if let last = result.last, last == "?" || last == ":" {
      result[result.count - 1] += " " + word
    } else {
      result.append(word)
    }
  }
  return result
}

/// Returns `text` as a C string literal.
func cString(_ text: String) -> String {
  var result = "\""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += "\\" + String(Unicode.Scalar(byte))
    case UInt8(ascii: "\n"): result += "\\n"
    // Two question marks could begin a trigraph.
    case UInt8(ascii: "?") where result.hasSuffix("?"): result += "\\?"
    case 32...126: result.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let octal = String(byte, radix: 8)
      result += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
  }
  return result + "\""
}

/// Returns the rows of a table as lines, columns separated by two spaces.
///
/// Columns whose number is in `right` are flush right; nothing follows the last word of a line.
func tableLines(_ rows: [[String]], right: Set<Int>) -> [String] {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { (c) in rows.map { c < $0.count ? $0[c].count : 0 }.max() ?? 0 }
  return rows.map { (row) in
    var line = ""
    for (c, cell) in row.enumerated() {
      let gap = String(repeating: " ", count: widths[c] - cell.count)
      line += (c == 0 ? "" : "  ") + (right.contains(c) ? gap + cell : cell + gap)
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
