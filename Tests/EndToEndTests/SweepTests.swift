import Foundation
import TestSupport
import Testing

/// Random kernels and nets compute, compiled with the flags of users and others, what the
/// interpreter does.
///
/// `scripts/sweep` tries thousands of them with any compilers; `GCOMP_LONG=1` tries some more here.
@Suite struct SweepTests {
  @Test func aFewOfThemComputeWhatTheInterpreterDoes() throws {
    let (kernels, nets) = TestEnvironment.isLong ? (2000, 200) : (100, 24)
    try withTemporaryFolder { folder in
      let (status, output) = try runProgram(
        programBeside("gcomp-sweep").path,
        [
          "--kernels", "\(kernels)", "--nets", "\(nets)", "--net-builds", "1", "--models", "1",
          "--seed", "1000", "--out", folder.path,
        ])
      #expect(status == 0, "\(output)")
      let last = "\(kernels) kernels, \(nets) nets, 1 models from seed 1000: 0 failures"
      #expect(output.contains(last))
    }
  }
}
