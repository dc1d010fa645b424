import Foundation
import TestSupport
import Testing

/// How the kernels of large networks, and of an example, become loops.
@Suite struct KernelScheduleTests {
  /// The schedules of a network, each once, by the first kernel that has it: a change of costs
  /// shows as lines that differ.
  @Test(arguments: ["resnet18", "resnet18_train", "gpt2", "gpt2_train", "digits"])
  func schedulesAreAsStored(_ name: String) throws {
    let file = name == "digits" ? "examples/digits/model" : "benchmarks/models/\(name)"
    let model = repository.resolvingSymlinksInPath().appending(path: "\(file).swift").path
    let output = try Workshop.output(["check", model, "--dump-schedules"])
    var seen: Set<Substring> = []
    let lines = output.split(separator: "\n").filter { line in
      guard let colon = line.firstIndex(of: ":"), line.hasSuffix("well-formed") == false else {
        return false
      }
      return seen.insert(line[colon...]).inserted
    }
    #expect(!lines.isEmpty)
    try checkGolden("\(name).txt", in: "schedules", lines.map { $0 + "\n" }.joined())
  }
}
