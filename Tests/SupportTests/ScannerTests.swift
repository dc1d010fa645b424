import Support
import Testing

/// The tokens that both textual IRs are made of.
@Suite struct ScannerTests {
  @Test func tokensAreReadInOrder() throws {
    var scanner = Scanner("for i#0 < 64 { // all\n x.y = -1.5e-3, \"a\\n\\u{e9}\" `b c` inf }")
    try scanner.expect(word: "for")
    #expect(try scanner.name() == "i")
    try scanner.expect("#")
    #expect(try scanner.integer() == 0)
    try scanner.expect("<")
    #expect(try scanner.integer("an extent", in: 1...100) == 64)
    var block = try scanner.bracketed("{", "}")
    try scanner.expectEnd()
    #expect(try block.word() == "x.y")
    try block.expect("=")
    #expect(try block.double() == -1.5e-3)
    let comma = block.accept(",")
    #expect(comma)
    #expect(try block.string() == "a\né")
    #expect(try block.name() == "b c")
    #expect(try block.number() == "inf")
    #expect(block.isAtEnd)
  }

  @Test func aFailureReadsNothing() throws {
    var scanner = Scanner(" 12 abc")
    #expect(throws: ParseError.self) { try scanner.integer("a digit", in: 0...9) }
    #expect(throws: ParseError.self) { try scanner.word() }
    #expect(throws: ParseError.self) { try scanner.string() }
    let wrong = scanner.accept(word: "ab")
    #expect(!wrong)
    #expect(try scanner.integer() == 12)
    #expect(try scanner.word() == "abc")
  }

  @Test(arguments: [
    ("", "1:1: expected a number, found the end of the text"),
    ("\n  // nothing\n", "3:1: expected a number, found the end of the text"),
    ("é\n x", "1:1: expected a number, found 'é'"),
    ("--3", "1:1: expected a number, found '-'"),
    ("\"one two\" 3", "1:1: expected a number, found \"one two\""),
    ("1e", "1:1: expected a number, found '1e'"),
    ("infinite", "1:1: expected a number, found 'infinite'"),
  ])
  func errorsSayWhatWasFound(text: String, message: String) {
    var scanner = Scanner(text)
    #expect { try scanner.double() } throws: { "\($0)" == message }
  }

  @Test(arguments: [
    ("\"abc", "1:1: a text in quotes does not end on its line"),
    ("\"abc\ndef\"", "1:1: a text in quotes does not end on its line"),
    (#""a\q""#, #"1:4: after a backslash comes one of '"', '\', 'n', 't', 'r', 'u'"#),
    (#""\u{110000}""#, #"1:3: '\u' is followed by a Unicode scalar in braces, as in '\u{e9}'"#),
    (#""\u""#, #"1:3: '\u' is followed by a Unicode scalar in braces, as in '\u{e9}'"#),
    (#""\"#, "1:3: a text does not end on its line"),
  ])
  func textsInQuotesAreChecked(text: String, message: String) {
    var scanner = Scanner(text)
    #expect { try scanner.string() } throws: { "\($0)" == message }
  }

  @Test(arguments: ["", "plain", "a \"b\" \\", "\n\r\t\u{0}\u{7f}", "é\u{301}", "👩‍👩‍👧", "\r\n"])
  func quotedTextsReadBack(text: String) throws {
    var scanner = Scanner(text.quoted)
    #expect(try Array(scanner.string().utf8) == Array(text.utf8))
    #expect(scanner.isAtEnd)
    var name = Scanner(text.quotedUnlessWord)
    #expect(try name.name() == text)
  }

  @Test func anOpenBracketIsReported() {
    var scanner = Scanner("{ a { \"}\" }\n")
    #expect { try scanner.bracketed("{", "}") } throws: {
      "\($0)" == "2:1: expected '}' for the '{' at 1:1, found the end of the text"
    }
  }
}
