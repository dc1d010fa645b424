package import LoopIR

/// A named step of the compiler from loops to loops; its name serves as that of a `GraphPass` does.
package struct LoopPass: Sendable {
  package let name: String
  /// What the pass does, for `--help`.
  package let summary: String
  package let run: @Sendable (inout LoopProgram) -> Void

  package init(
    _ name: String, _ summary: String, _ run: @escaping @Sendable (inout LoopProgram) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }
}
