import Foundation
import TestSupport
import Testing

/// A training whose numbers stop to be finite ends with the operation that is to blame.
@Suite struct ExplainTests {
  /// Terms of a loss, each of which is finite unless its number is planted, and the operation whose
  /// result is the first that is not finite then. The last one has a good result and an infinite
  /// gradient.
  private static let terms = [
    ("log(at(1, 1, -1))", "log"),
    ("sqrt(at(2, 1, -1))", "sqrt"),
    ("1 / (at(3, 1, 0) - weight.value * 1e-3)", "divide"),
    ("exp(at(4, 1, 200))", "exp"),
    ("pow(at(5, 2, -2), 0.5)", "power"),
    ("asin(at(6, 0.5, 2))", "asin"),
    ("acos(at(7, 0.5, 2))", "acos"),
    ("acosh(at(8, 2, 0))", "acosh"),
    ("atanh(at(9, 0.5, 2))", "atanh"),
    ("log1p(at(10, 1, -3))", "log1p"),
    ("rsqrt(at(11, 1, -1))", "rsqrt"),
    ("expm1(at(12, 1, 200))", "expm1"),
    ("sinh(at(13, 1, 200))", "sinh"),
    ("cosh(at(14, 1, 200))", "cosh"),
    ("at(15, 1, 1e30) * at(15, 1, 1e30)", "multiply"),
    ("at(16, 1, 3e38).sum()", "sum"),
    ("at(17, 1, 1e30).reshaped([1, 4]).matmul(at(17, 1, 1e30).reshaped([4, 1]))", "multiply"),
    ("at(18, 1, 3e38).cumulativeSum(axis: 0)", "cumulative_sum"),
    ("at(19, 1, 0) / (at(19, 1, 0) - weight.value * 1e-3)", "divide"),
    ("sqrt(at(20, 1, 0) - weight.value * 1e-3)", "divide"),
  ]

  private static var model: String {
    """
    import GraphKit

    let weight = Parameter([4], initialiser: .ones)
    let model = Model("planted", weight)
    let plant = model.setting("plant", 0)

    func at(_ number: Int, _ good: Double, _ bad: Double) -> Tensor {
      let chosen = select(plant.value .== Double(number), Tensor(bad), Tensor(good))
      return weight.value * 1e-3 + chosen
    }

    model.train(epochs: 2, steps: 3) {
      let terms = [
    \(terms.map { "    (\($0.0)).mean(),\n" }.joined())
      ]
      let loss = terms.reduce(Tensor(0)) { $0 + $1 }
      SGD(rate: 1e-3).minimize(loss, [weight])
      return ["loss": loss]
    }

    """
  }

  @Test func plantedOperationsAreNamed() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "model.swift")
      try Self.model.write(to: file, atomically: true, encoding: .utf8)
      let lines = Self.model.split(separator: "\n", omittingEmptySubsequences: false)
      let first = try #require(lines.firstIndex { $0.contains("at(1, ") }) + 1
      for (n, term) in Self.terms.enumerated() {
        let (status, output) = try train(file, ["--plant", "\(n + 1)"])
        #expect(status == 3, "\(output)")
        let name = "'\(term.1)' (model.swift:\(first + n))"
        #expect(
          output.contains(": step 1 of the run: \(name) is the first operation with a result that"),
          "\(output)")
      }
      #expect(try train(file, []).status == 0)
    }
  }

  /// The steps since the last checkpoint are repeated, and the first bad one is kept.
  @Test func stepsAreRepeated() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "model.swift")
      let text = """
        import GraphKit

        let x = Parameter([1], initialiser: .ones)
        let model = Model("falling", x)
        model.train(epochs: 10, steps: 100) {
          let loss = (log(x.value) + x.value * 10).mean()
          SGD(rate: 1e-2).minimize(loss, [x])
          return ["loss": loss]
        }

        """
      try text.write(to: file, atomically: true, encoding: .utf8)
      let (status, output) = try train(file, [])
      #expect(status == 3, "\(output)")
      #expect(output.contains(/step \d+ of the run: 'log' \(model.swift:6\)/), "\(output)")
      #expect(output.contains(/f32\[1\] +-0\.\d+\n/), "\(output)")
      let kept = folder.appending(path: "runs/falling-1/failure/states.safetensors")
      #expect(FileManager.default.fileExists(atPath: kept.path))
    }
  }

  private func train(_ file: URL, _ flags: [String]) throws -> (status: Int32, output: String) {
    let folder = try Workshop.folder.get()
    return try runProgram(
      "GCOMP_CACHE=\(folder.path)/cache",
      [gcompExecutable.path, "train", file.lastPathComponent, "--"] + flags,
      in: file.deletingLastPathComponent())
  }
}
