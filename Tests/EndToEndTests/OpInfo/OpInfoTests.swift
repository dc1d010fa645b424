import Foundation
import GraphIR
import LoopIR
import Passes
import RandomModels
import TestSupport
import Testing

/// What gcomp computes in `f64`, compiled, against the samples of PyTorch's own tests.
@Suite struct OpInfoTests {
  @Test(arguments: Toolchain.users)
  func resultsAndGradientsAgree(_ toolchain: Toolchain) throws {
    let library = try OpInfoLibrary.shared.get()
    var models: [Int: LoadedModel] = [:]
    var compared = 0
    for (i, state) in library.states.enumerated() {
      switch state {
      case .inexpressible: continue
      case .mistaken(let text): Issue.record("\(library.title(i)): \(text)")
      case .compiled(let program):
        guard library.toolchains[program].contains(toolchain) else { continue }
        let model = try models[program] ?? library.model(program, toolchain)
        models[program] = model
        if let problem = try library.problem(i, in: model) {
          Issue.record("\(library.title(i)): \(problem)")
        }
        compared += 1
      }
    }
    #expect(compared >= (TestEnvironment.isLong ? 5000 : 2500))
  }

  /// The interpreter, which everything else is compared with, agrees with PyTorch.
  @Test func interpreterAgrees() throws {
    let library = try OpInfoLibrary.shared.get()
    let problems = parallelMap(library.samples.count / 8) { i in
      Result { try library.interpreterProblem(8 * i).map { "\(library.title(8 * i)): \($0)" } }
    }
    for problem in problems {
      if let text = try problem.get() { Issue.record("\(text)") }
    }
  }

  /// Each operation of PyTorch is compared, or there is a reason why it is not; and the list of
  /// samples that are left out is the one that is stored.
  @Test func whatIsLeftOutHasReasons() throws {
    let library = try OpInfoLibrary.shared.get()
    let text = try OpInfoCoverage(library).text
    try checkGolden("left-out.txt", in: "opinfo", text)
  }

  /// How many of the samples hold each operation, which docs/operations.md quotes.
  @Test func operationsAreCounted() throws {
    let library = try OpInfoLibrary.shared.get()
    let counts = library.operationCounts.sorted { $0.key < $1.key }
    #expect(counts.count >= 60)
    try checkGolden(
      "operations.txt", in: "opinfo", counts.map { "\($0.key) \($0.value)\n" }.joined())
  }
}

extension OpInfoLibrary {
  /// In how many samples the results, not the gradients, need each operation.
  fileprivate var operationCounts: [String: Int] {
    var counts: [String: Int] = [:]
    for function in programs.flatMap(\.functions) {
      var graph = function.graph
      graph.outputs = zip(graph.outputs, function.results).compactMap { value, result in
        if case .output(let name) = result, name.hasPrefix("y") { value } else { nil }
      }
      for word in removeDeadNodes(graph).words { counts[word, default: 0] += 1 }
    }
    return counts
  }

  /// What a message calls a sample.
  func title(_ i: Int) -> String { "'\(samples[i].name)', line \(samples[i].line)" }

  /// Returns what is wrong with a sample, or nil.
  func problem(_ i: Int, in model: LoadedModel) throws -> String? {
    compare(i, try model.call("f\(i)", samples[i].inputs.map(\.values)))
  }

  /// Returns what the interpreter makes wrong of a sample, or nil.
  func interpreterProblem(_ i: Int) throws -> String? {
    guard case .compiled(let number) = states[i] else { return nil }
    var program = programs[number]
    program.functions.removeAll { $0.name != "f\(i)" }
    GraphPass.differentiate.run(&program)
    let graph = program.functions[0].graph
    let inputs = zip(graph.inputs, samples[i].inputs).map { id, tensor in
      Numbers(graph[id].types[0], tensor.values)
    }
    var found: [String: [Double]] = [:]
    for (result, numbers) in zip(program.functions[0].results, interpret(graph, inputs: inputs)) {
      if case .output(let name) = result { found[name] = numbers.values }
    }
    return compare(i, found)
  }

  private func compare(_ i: Int, _ found: [String: [Double]]) -> String? {
    let sample = samples[i]
    // PyTorch computes in f32 what has to do with an operand in f32.
    let least = sample.inputs.contains { $0.element == .f32 } ? ElementType.f32 : nil
    for (j, output) in sample.outputs.enumerated() {
      if let problem = difference(found["y\(j)"] ?? [], output.tensor, least) {
        return "result \(j): \(problem)"
      }
    }
    for (j, gradient) in sample.gradients.enumerated() {
      let exactness = Self.inexactSlopes.contains(sample.name) ? .f32 : least ?? .f64
      if let problem = difference(found["g\(j)"] ?? [], gradient.tensor, exactness) {
        return "gradient by input \(gradient.input): \(problem)"
      }
    }
    return nil
  }

  // PyTorch computes 1/6 in f32 for the slope.
  private static let inexactSlopes = ["nn.functional.hardsigmoid"]

  private func difference(
    _ found: [Double], _ expected: OpInfoTensor, _ exactness: ElementType? = nil
  ) -> String? {
    let tolerance: Double =
      switch exactness ?? expected.element {
      case .f64: 1e-9
      case .f32: 1e-5
      case .f16: 2e-3
      case .bf16: 2e-2
      default: 0
      }
    guard found.count == expected.values.count else {
      return "\(found.count) numbers instead of \(expected.values.count)"
    }
    // In f32 a gradient of 0 is what rounding leaves of larger numbers.
    let least = exactness == .f32 ? 1 : 1e-4
    let scale = (expected.values.filter(\.isFinite).map(abs).max() ?? 0) + least
    for (i, (a, b)) in zip(found, expected.values).enumerated() {
      let isSame = a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * scale
      if !isSame { return "element \(i) is \(a) instead of \(b)" }
    }
    return nil
  }
}

/// What is not compared, and why.
struct OpInfoCoverage {
  let text: String

  init(_ library: OpInfoLibrary) throws {
    var reasons: [String: [String: Int]] = [:]
    var counts: [String: Int] = [:]
    for (sample, state) in zip(library.samples, library.states) {
      if case .inexpressible(let reason) = state {
        reasons[sample.name, default: [:]][reason, default: 0] += 1
      } else {
        counts[sample.name, default: 0] += 1
      }
    }
    let compared = counts.values.reduce(0, +)
    var lines = ["\(compared) samples of \(counts.count) operations are compared.", ""]
    lines.append("Samples that are left out:")
    for (name, own) in reasons.sorted(by: { $0.key < $1.key }) {
      for (reason, count) in own.sorted(by: { $0.key < $1.key }) {
        lines.append("  \(name), \(count) of \(count + counts[name, default: 0]): \(reason)")
      }
    }
    lines += ["", "Operations without samples:"]
    let all = try String(
      contentsOf: OpInfoFile.folder.appending(path: "names.txt"), encoding: .utf8)
    let names = all.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    let seen = Set(library.samples.map(\.name))
    let excluded = try OpInfoExclusions()
    for (reason, group) in excluded.grouped(names.filter { !seen.contains($0) }) {
      lines.append("  \(reason):")
      lines.append("    \(group.joined(separator: " "))")
    }
    text = lines.joined(separator: "\n") + "\n"
  }
}

/// The reasons of `scripts/reference/opinfo-excluded.txt`.
private struct OpInfoExclusions {
  private var rules: [(reason: String, patterns: [String])] = []

  init() throws {
    let file = repository.appending(path: "scripts/reference/opinfo-excluded.txt")
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("#") { continue }
      if line.hasPrefix("= ") {
        rules.append((String(line.dropFirst(2)), []))
      } else if !rules.isEmpty {
        rules[rules.count - 1].patterns += line.split(separator: " ").map(String.init)
      }
    }
  }

  // The names by the first reason that fits.
  func grouped(_ names: [String]) -> [(String, [String])] {
    var groups: [String: [String]] = [:]
    for name in names { groups[reason(name), default: []].append(name) }
    return groups.sorted { $0.key < $1.key }
  }

  private func reason(_ name: String) -> String {
    let plain = String(name.split(separator: ":")[0])
    for (reason, patterns) in rules
    where patterns.contains(where: { fits(name, $0) || fits(plain, $0) }) { return reason }
    return "all samples have large tensors or tensors without elements"
  }

  private func fits(_ name: String, _ pattern: String) -> Bool { fnmatch(pattern, name, 0) == 0 }
}
