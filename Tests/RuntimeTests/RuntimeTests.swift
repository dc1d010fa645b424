import Foundation
import TestSupport
import Testing

/// The tests of the C runtime, which are C and shell.
@Suite struct RuntimeTests {
  @Test(arguments: Toolchain.Family.allCases)
  func theScriptPasses(_ family: Toolchain.Family) throws {
    let script = repository.appending(path: "Tests/RuntimeTests/run.sh")
    let (status, output) = try runProgram("sh", [script.path, family.compiler])
    #expect(status == 0, "\(output.suffix(4000))")
    let last = output.split(separator: "\n").last ?? ""
    let counts = last.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    #expect(counts.count == 2 && counts[0] >= 100 && counts[1] == 0, "\(last)")
  }
}
