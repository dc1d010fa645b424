internal import Foundation

/// What the environment says about tests.
package enum TestEnvironment {
  /// True iff `GCOMP_LONG=1`: suites that draw or sweep run their longer form.
  package static let isLong = ProcessInfo.processInfo.environment["GCOMP_LONG"] == "1"
}
