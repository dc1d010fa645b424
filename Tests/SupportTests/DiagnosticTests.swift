import Support
import Testing

/// What a user sees of a mistake.
@Suite struct DiagnosticTests {
  private static let source = "let a = 1\n\tlet größe = 漢字 + b\nend"

  private func text(_ diagnostics: [Diagnostic], isColoured: Bool = false) -> String {
    var renderer = DiagnosticRenderer(isColoured: isColoured) { file in
      file == "m.swift" ? Self.source : nil
    }
    return renderer.text(diagnostics)
  }

  private func error(_ line: Int, _ column: Int) -> Diagnostic {
    .error("no", at: Diagnostic.Place(file: "m.swift", line: line, column: column))
  }

  @Test func placeMessageLineAndCaret() {
    let note = Diagnostic(
      .note, "made here", at: Diagnostic.Place(file: "m.swift", line: 1, column: 5))
    var diagnostic = error(3, 1)
    diagnostic.notes = [note, Diagnostic(.note, "try this")]
    #expect(
      text([diagnostic]) == """
        m.swift:3:1: error: no
        end
        ^
        m.swift:1:5: note: made here
        let a = 1
            ^
        note: try this
        1 error

        """)
  }

  @Test func tabsAndWideCharactersAreCounted() {
    // In bytes: a tab, `let `, `größe` (7), ` = `, two of 3 bytes, ` + `.
    #expect(
      text([error(2, 1 + 1 + 4 + 7 + 3 + 6 + 3)]).contains(
        "\tlet größe = 漢字 + b\n\t                   ^\n"))
    // Inside of a character it points at it.
    #expect(text([error(2, 9)]).contains("\n\t      ^\n"))
  }

  @Test func whatIsNotKnownIsLeftOut() {
    #expect(text([error(9, 1)]) == "m.swift:9:1: error: no\n1 error\n")
    #expect(text([error(1, 99)]) == "m.swift:1:99: error: no\nlet a = 1\n1 error\n")
    #expect(text([.error("no", at: .init(file: "x.gir"))]) == "x.gir: error: no\n1 error\n")
    #expect(text([.error("no")]) == "error: no\n1 error\n")
  }

  @Test func errorsAndWarningsAreCounted() {
    let warning = Diagnostic(.warning, "hm")
    #expect(text([warning]) == "warning: hm\n")
    #expect(text([.error("a"), warning, .error("b")]).hasSuffix("2 errors, 1 warning\n"))
  }

  @Test func coloursOnlyIfAsked() {
    #expect(text([.error("no")], isColoured: true).hasPrefix("\u{1b}[1;31merror:\u{1b}[0m "))
  }

  @Test func fingerprintsTellContentsApart() {
    #expect("\(Fingerprint(""))".count == 32)
    #expect(Fingerprint("a") == Fingerprint("a"))
    var (x, y) = (Fingerprint(), Fingerprint())
    x.add("ab")
    x.add("c")
    y.add("a")
    y.add("bc")
    #expect(x != y)
  }
}
