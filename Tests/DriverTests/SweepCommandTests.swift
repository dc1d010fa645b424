import Foundation
import Testing

/// `gcomp sweep` as users run it, on models that train in a moment.
@Suite struct SweepCommandTests {
  // The loss depends on the settings alone, but for the fold.
  private static func model(_ name: String, loss: String, options: String = "") -> String {
    """
    import GraphKit

    \(options)
    struct Tally: Module { let steps = Parameter.statistic([]) }

    let tally = Tally()
    let model = Model("\(name)", tally)
    let (a, b) = (model.setting("a", 0), model.setting("b", 0))

    model.train(epochs: 2, steps: 1) {
      tally.steps.assign(tally.steps.value + 1)
      let (x, y) = (a.value, b.value)
      return ["loss": \(loss), "accuracy": x * 0.1]
    }

    """
  }

  private static let bowl = model(
    "bowl", loss: "(x - Double(power)) * (x - Double(power)) + y * y + 1",
    options: "let power = option(\"power\", 1)")

  /// Its minimum is 0.397887, at three places.
  private static let branin = model(
    "branin",
    loss: "pow(y - x * x * 0.1291845 + x * 1.5915494 - 6, 2) + cos(x) * 9.6021126 + 10")

  @Test func aGridTriesAllCombinations() throws {
    try Workspace.with(["m.swift": Self.bowl]) { workspace in
      let (status, output) = try workspace.gcomp(
        "sweep", "m.swift", "--quick", "--set", "power=1,2", "--", "--a", "0,1.5,2", "--b=0.5")
      #expect(status == 0, "\(output)")
      #expect(output.contains("\ntrial 6 of 6: power=2 a=2: loss 1.25, "), "\(output)")
      #expect(
        output.contains(
          "the best again: gcomp train m.swift --quick --set power=2 -- --b 0.5 --a 2\n"))
      let table = try #require(workspace.text("sweeps/bowl-1/results.csv"))
      let rows = table.split(separator: "\n").map {
        $0.split(separator: ",").prefix(4).joined(separator: ",")
      }
      #expect(
        rows == [
          "trial,power,a,loss", "1,1,0,2.25", "2,1,1.5,1.5", "3,1,2,2.25", "4,2,0,5.25",
          "5,2,1.5,1.5", "6,2,2,1.25",
        ])
      #expect(workspace.names(in: "sweeps/bowl-1/build") == ["1", "2"])
      let picture = try #require(workspace.text("sweeps/bowl-1/results.svg"))
      #expect(picture.contains(">power</text>") && picture.contains(">--a</text>"))
      // A sweep that goes on repeats nothing.
      let again = try workspace.gcomp(
        "sweep", "m.swift", "--quick", "--set", "power=1,2", "--resume", "sweeps/bowl-1", "--",
        "--a", "0,1.5,2", "--b=0.5", "--measure", "accuracy", "--trials", "2")
      #expect(again.status == 1)
      #expect(again.output.contains("varies other settings, or compares something else\n"))
    }
  }

  @Test func whatFailsIsARow() throws {
    try Workspace.with(["m.swift": Self.model("logs", loss: "log(x) + y")]) { workspace in
      let (status, output) = try workspace.gcomp(
        "sweep", "m.swift", "--quick", "--", "--a", "1,-1,2", "--jobs", "1")
      #expect(status == 0, "\(output)")
      #expect(
        output.contains("trial 2 of 3: a=-1: failed: epoch 1, step 1: expected a finite loss"))
      let failure = "\n  trial 2 failed:\n        a=-1\n        epoch 1, step 1: "
      #expect(output.contains(failure), "\(output)")
      let table = try #require(workspace.text("sweeps/logs-1/results.csv"))
      #expect(table.contains("\n2,-1,,"))
      #expect(table.contains("\n3,2,0.69314"))
    }
  }

  @Test func mistakesEndItAtOnce() throws {
    try Workspace.with(["m.swift": Self.bowl, "none.swift": Models.tiny]) { workspace in
      let cases: [(words: [String], message: String)] = [
        (
          ["m.swift"],
          "gcomp: there is nothing to vary; "
        ),
        (
          ["m.swift", "--set", "power=1,,2"],
          "gcomp: a value of 'power' is empty: '1,,2'\n"
        ),
        (
          ["m.swift", "--set", "power=1,1"],
          "gcomp: '1' stands twice among the values of 'power'\n"
        ),
        (
          ["m.swift", "--", "--a", "2..1"],
          "gcomp: a range goes from the smaller to the larger end, as 1e-4..1e-2; 'a' has "
            + "'2..1'\n"
        ),
        (
          ["m.swift", "--search=grid", "--", "--a", "1..2"],
          "gcomp: a grid needs lists of values, and 'a' has a range; "
        ),
        (
          ["m.swift", "--", "--out", "x", "--a", "1,2"],
          "gcomp: a sweep cannot take '--out': each training has a folder of its own"
        ),
        (
          ["m.swift", "--set", "power=1,two"],
          "error: the option 'power' must be a whole number, such as 1; '--set' gives "
            + "'two'\n"
        ),
        (
          ["m.swift", "--set", "pwer=1,2"],
          "note: did you mean 'power'?\n"
        ),
        (
          ["m.swift", "--measure", "acuracy", "--", "--a", "1,2"],
          "gcomp: '--measure' must be one of 'loss', 'accuracy', not 'acuracy'; did you "
            + "mean 'accuracy'?\n"
        ),
        (
          ["m.swift", "--quick", "--", "--aa", "1,2"],
          "bowl-train: error: "
        ),
        (
          ["none.swift", "--", "--a", "1,2"],
          "error: 'tiny' does not learn; declare how with 'train'\n"
        ),
      ]
      for (words, message) in cases {
        let output = try workspace.gcomp(["sweep"] + words).output
        #expect(output.contains(message), "\(output)")
      }
    }
  }

  @Test func theLargestIsTheBestIfTheMeasureSaysSo() throws {
    try Workspace.with(["m.swift": Self.bowl]) { workspace in
      let (status, output) = try workspace.gcomp(
        "sweep", "m.swift", "--quick", "--search", "random", "--trials", "3", "--measure",
        "accuracy", "--", "--a", "1..5")
      #expect(status == 0, "\(output)")
      let table = try #require(workspace.text("sweeps/bowl-1/results.csv"))
      let values = table.split(separator: "\n").dropFirst().compactMap {
        Int($0.split(separator: ",")[1])
      }
      #expect(Set(values).count == 3, "\(table)")
      #expect(
        output.contains("the best again: gcomp train m.swift --quick -- --a \(values.max() ?? 0)\n")
      )
    }
  }

  /// Of 30 trials each, for several seeds; chance needs far more.
  @Test func aBayesianSearchFindsTheMinimum() throws {
    try Workspace.with(["m.swift": Self.branin]) { workspace in
      func best(_ search: String, seed: Int) throws -> Double {
        let (status, output) = try workspace.gcomp(
          "sweep", "m.swift", "--quick", "--search", search, "--trials", "30", "--jobs", "1",
          "--seed", "\(seed)", "--", "--a=-5.0..10", "--b", "0.0..15")
        #expect(status == 0, "\(output)")
        let number = workspace.names(in: "sweeps").count
        let table = try #require(workspace.text("sweeps/branin-\(number)/results.csv"))
        let values = table.split(separator: "\n").dropFirst().compactMap {
          Double($0.split(separator: ",")[3])
        }
        #expect(values.count == 30)
        return values.min() ?? .infinity
      }
      for seed in 1...3 {
        let least = try best("bayes", seed: seed)
        #expect(least < 0.397887 + 1e-2, "seed \(seed)")
        #expect(least > 0.3978)
        #expect(try best("random", seed: seed) > least)
      }
    }
  }
}
