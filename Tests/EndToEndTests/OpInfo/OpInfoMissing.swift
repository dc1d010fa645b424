import Foundation

extension OpInfoTable {
  /// Why there is no row for an operation whose samples are stored: what gcomp lacks.
  ///
  /// A row takes precedence, and so ends the need for a reason. A row may also say of a single
  /// sample why it cannot be written down.
  static func reason(_ name: String) -> String? {
    missing.first { reason, patterns in patterns.contains { fnmatch($0, name, 0) == 0 } }?.reason
  }

  // Every operation with samples has a row at present.
  private static let missing: [(reason: String, patterns: [String])] = []
}
