import CBackend
import LoopIR
import TestSupport
import Testing

@Suite struct TemplateTests {
  private func filled(_ text: String, _ values: [String: String]) throws -> String {
    try Template(name: "t", text: text).filled(values)
  }

  @Test func holesAreFilled() throws {
    #expect(try filled("a @x@ b @y@@x@\n", ["x": "1", "y": "2"]) == "a 1 b 21\n")
    #expect(try filled("$@@ $<", [:]) == "$@ $<")
  }

  /// A line that is a hole vanishes if nothing fills it, and an empty line behind it.
  @Test func emptyHolesLeaveNoTrace() throws {
    #expect(try filled("a\n\n@x@\n\nb\n", ["x": ""]) == "a\n\nb\n")
    #expect(try filled("a\n@x@\nb\n", ["x": ""]) == "a\nb\n")
  }

  @Test func mistakesAreReported() {
    #expect(throws: Template.Mistake.unknownHole("x", template: "t")) { try filled("@x@", [:]) }
    #expect(throws: Template.Mistake.unusedValue("y", template: "t")) {
      try filled("@x@", ["x": "1", "y": "2"])
    }
    #expect(throws: Template.Mistake.openHole(line: 2, template: "t")) {
      try filled("\nwho@home", [:])
    }
    #expect(throws: Template.Mistake.missing(template: "model.h")) {
      try emitC(.tiny, templates: [:])
    }
  }
}
