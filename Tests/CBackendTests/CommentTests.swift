import CBackend
import LoopIR
import TestSupport
import Testing

/// Text of the user's that stands in comments and strings.
@Suite struct CommentTests {
  /// Neither can end what it stands in, be it a comment, a string or a line.
  @Test func textCannotEscape() throws {
    var program = LoopProgram.tiny
    let evil = "*/ \\\n??/\n\"%s\\\" // größe\t??!\\"
    program.source = evil
    program.settings = [Setting(name: "rate", value: 0.5, help: evil)]
    program.functions[0].summary = evil
    program.functions[1].steps[1] = .probe(evil, .temporary(0))
    try withTemporaryFolder { (folder) in
      _ = try CompiledProgram(program, in: folder, with: .gcc)
    }
  }
}
