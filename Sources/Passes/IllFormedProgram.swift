/// A program that a pass has made ill-formed, which is a mistake of ours.
package struct IllFormedProgram: CustomStringConvertible {
  /// The name of the pass.
  package let pass: String
  /// What is wrong, in words.
  package let problems: [String]
  /// The program after the pass.
  package let text: String

  package var description: String {
    "the program is ill-formed after pass '\(pass)':\n" + problems.joined(separator: "\n") + "\n"
      + text
  }

  /// Ends the process with the program.
  package func trap() -> Never { preconditionFailure(description) }
}
