import TestSupport

/// Programs as text with small damage: bytes, words, numbers, types and lines.
struct TextMutation {
  private var random: RandomSource

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  /// Returns `text` with one or two changes.
  mutating func mutated(_ text: String) -> String {
    var text = text
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      text =
        switch Int.random(in: 0..<10, using: &random) {
        case 0: changedByte(text)
        case 1: changedLines(text)
        case 2, 3, 4, 5: changedEverywhere(text)
        default: changedWord(text)
        }
    }
    return text
  }

  // One character less, more, or another one.
  private mutating func changedByte(_ text: String) -> String {
    var bytes = Array(text.utf8)
    guard let place = bytes.indices.randomElement(using: &random) else { return text }
    let byte = Array("0123456789[]{}()%@-,.:=\"| \n xf".utf8).randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<3, using: &random) {
    case 0: bytes[place] = byte
    case 1: bytes.insert(byte, at: place)
    default: bytes.remove(at: place)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // A line twice, not at all, or in the place of another.
  private mutating func changedLines(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let one = lines.indices.randomElement(using: &random),
      let other = lines.indices.randomElement(using: &random)
    else { return text }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: lines.insert(lines[one], at: other)
    case 1: lines.remove(at: one)
    case 2: lines.swapAt(one, other)
    default: lines[one] = lines[other]
    }
    return lines.joined(separator: "\n")
  }

  // One word becomes another of the text, or one that is at an end of what is possible.
  private mutating func changedWord(_ text: String) -> String {
    var words = Self.words(of: text)
    guard let place = Self.places(in: words).randomElement(using: &random) else { return text }
    words[place] = replacement(for: words[place], in: words)
    return words.joined()
  }

  // All words that are alike become another: an extent or a type that stays the same throughout.
  private mutating func changedEverywhere(_ text: String) -> String {
    let words = Self.words(of: text)
    let places = Self.places(in: words).filter {
      Self.types.contains(words[$0]) || words[$0].allSatisfy(\.isNumber)
    }
    guard let place = places.randomElement(using: &random) else { return text }
    let old = words[place]
    let new =
      Self.types.contains(old)
      ? Self.types.randomElement(using: &random) ?? old
      : ["0", "1", "2", "3", "5", "7", "16", "33", "1000"].randomElement(using: &random) ?? old
    // Numbers of nodes and states are words of their own.
    return words.map { $0 == old ? new : $0 }.joined()
  }

  private mutating func replacement(for word: String, in words: [String]) -> String {
    let alike: [String]
    if word.hasPrefix("%") {
      alike = words.filter { $0.hasPrefix("%") } + ["%0", "%1", "%99", "%-1"]
    } else if word.hasPrefix("@") {
      alike = words.filter { $0.hasPrefix("@") } + ["@0", "@1", "@9"]
    } else if Self.types.contains(word) {
      alike = Self.types
    } else if word.first?.isNumber == true || word.first == "-" {
      alike = Self.numbers
    } else if word.first?.isLetter == true {
      alike = words.filter { $0.first?.isLetter == true } + Self.operations
    } else {
      alike = ["", "(", ")", "[", "]", "{", "}", ",", "|", "=", ":", "\""]
    }
    return alike.randomElement(using: &random) ?? word
  }

  private static let types = [
    "f32", "f64", "f16", "bf16", "i8", "u8", "i16", "i32", "i64", "u32", "u64", "bool",
  ]

  private static let numbers = [
    "0", "1", "-1", "2", "3", "4", "7", "8", "16", "100", "65537", "2147483647", "2147483648",
    "4294967296", "4611686018427387904", "9223372036854775807", "-9223372036854775808",
    "18446744073709551615", "99999999999999999999", "0.5", "-0.0", "1e-40", "1e300", "1e400",
    "inf", "-inf", "nan",
  ]

  private static let operations = [
    "add", "multiply", "divide", "remainder", "maximum", "select", "sqrt", "log", "exp", "cast",
    "reduce", "transpose", "reshape", "broadcast", "slice", "concat", "pad", "contract", "gather",
    "scatter_add", "iota", "constant", "input", "read", "update", "yield", "return", "sum", "max",
    "argmax", "random_bits", "arg_sort", "cumulative", "scan", "cond", "while", "kernel",
    "gradient",
  ]

  // Words, numbers and single characters; together they are the text.
  private static func words(of text: String) -> [String] {
    let word = /(?:[%@]-?\d+|-?\d+(\.\d+)?(e-?\d+)?|[A-Za-z_]\w*|\s+|.)/.dotMatchesNewlines()
    return text.matches(of: word).map { String($0.0) }
  }

  private static func places(in words: [String]) -> [Int] {
    words.indices.filter { words[$0].contains { !$0.isWhitespace } }
  }
}
