import Foundation
import TestSupport
import Testing

// What the user of the programs decides: settings, the length of a training, what is shown.
extension LanguageTests {
  // Two parts of a training, whose steps subtract the rate from a number.
  private static let rates = """
    import GraphKit

    let (w, v) = (Parameter([]), Parameter([]))
    let model = Model("rates", ["w": w, "v": v])
    let net = model.setting("net", choices: ["up", "down", "still"], help: "where to")
    let twice = model.setting("twice", false, help: "both ways")
    let times = model.setting("times", integer: 1)
    func step(_ w: Parameter, _ optimizer: SGD) -> Outputs {
      let before = w.value.stopGradient()
      optimizer.minimize(w.value, [w])
      let way = net.choose { name in
        name == "up" ? Tensor(1) : name == "down" ? Tensor(-1) : Tensor(0)
      }
      return [
        "loss": w.value, "rate": before - w.value, "share": model.progress,
        "way": select(twice.value, way * 2, way) * times.value.cast(to: .f32),
      ]
    }
    model.phase("first", epochs: 2, steps: 5) { step(w, SGD(rate: .linear(from: 1))) }
    model.phase("second", epochs: 1, steps: 8) {
      step(v, SGD(rate: .cosine(from: 1, warmUp: 0.25)))
    }
    model.every(epochs: 1, "words", .text) {
      ["word": .text((range(6) + model.epoch.cast(to: .i32)) % 3, of: "añ "),
        "way": .names(net.value, ["north", "south", "nowhere"])]
    }
    model.every(epochs: 2, "said", .printed) { ["animal": .names(range(3), ["ant", "bee"])] }
    model.infer(Input("x", [2])) { x in
      ["y": x, "sign": .names((x .> 0).cast(to: .i32), ["minus", "plus"])]
    }

    """

  /// Rates over a part of a training, whatever its length is; a run that goes on is no exception.
  @Test func ratesOverATraining() throws {
    try trained(Self.rates, "rates", ["--out", "whole"]) { folder, output in
      func log(_ arguments: [String]) throws -> [String: [Double]] {
        _ = try run(folder, "rates-train", arguments + ["--log", "log.csv", "--quiet"])
        return try columns(of: folder.appending(path: "log.csv"))
      }
      func isNear(_ found: [Double]?, _ expected: [Double]) -> Bool {
        found?.count == expected.count
          && zip(found ?? [], expected).allSatisfy { abs($0 - $1) < 2e-6 }
      }
      let ten = try log(["--phase", "first", "--out", "ten"])
      // The table has the rate of the last step of each epoch.
      let epochs = try columns(of: folder.appending(path: "whole/results-first.csv"))
      #expect(isNear(epochs["learning_rate"], [0.6, 0.1]), "\(epochs)")
      #expect(isNear(ten["rate"], (0..<10).map { 1 - Double($0) / 10 }), "\(ten)")
      let four = try log(["--phase", "first", "--epochs", "4", "--steps", "16", "--out", "16"])
      #expect(isNear(four["rate"], (0..<16).map { 1 - Double($0) / 16 }))
      // The last five of fifteen steps.
      let more = try log(["--resume", "ten", "--epochs", "3"])
      #expect(isNear(more["rate"].map { $0.suffix(5) }, (10..<15).map { 1 - Double($0) / 15 }))
      // The second part begins at its own beginning, after the ten steps of the first.
      let second = try columns(of: folder.appending(path: "whole/results-second.csv"))
      #expect(isNear(second["share"], [3.5 / 8]), "\(second)")
      let rates = try log(["--phase", "second", "--out", "second"])["rate"]
      var expected = [0, 0.5]
      for k in 0..<6 { expected.append((cos(Double.pi * Double(k) / 6) + 1) / 2) }
      #expect(isNear(rates, expected), "\(rates ?? [])")
      // Nothing is held out in either phase.
      let none = try run(folder, "rates-train", ["--epochs", "0", "--out", "none"])
      #expect(none.contains("held out in the phase 'first', which is not evaluated"), "\(none)")
      #expect(none.contains("in the phase 'second', which is not evaluated"), "\(none)")
    }
  }

  /// Choices, switches and whole numbers on the command line, in files, and in messages.
  @Test func settingsThatAreNoNumbers() throws {
    try trained(Self.rates, "rates", ["--out", "whole"]) { folder, output in
      func way(_ arguments: [String]) throws -> Double? {
        _ = try run(
          folder, "rates-train",
          ["--phase", "first", "--steps", "1", "--log", "log.csv", "--quiet"] + arguments)
        return try columns(of: folder.appending(path: "log.csv"))["way"]?.first
      }
      #expect(try way([]) == 1)
      #expect(try way(["--net", "down", "--times=3", "--out", "down"]) == -3)
      #expect(try way(["--net=still", "--twice"]) == 0)
      #expect(try way(["--twice", "on", "--times", "-2"]) == -4)
      let told = try json(folder.appending(path: "down/args.json"))
      let settings = told["settings"] as? [String: Any] ?? [:]
      #expect(settings["net"] as? String == "down" && settings["twice"] as? Bool == false)
      #expect(settings["times"] as? Int == 3)
      #expect((told["command"] as? String)?.contains("--net down --twice off --times 3") == true)
      // A run that goes on has its choice.
      let again = try run(folder, "rates-train", ["--resume", "down", "--net", "up"])
      #expect(again.contains("net: down -> up"))
      let (status, refused) = try runProgram(
        "out/rates/rates-train", ["--net", "dwon"], in: folder)
      #expect(status == 2)
      let message = "--net: expected up, down or still, found 'dwon'; did you mean down?"
      #expect(refused.contains(message))
      let help = try run(folder, "rates-train", ["--help"])
      #expect(help.contains("--net NAME          where to: up, down or still (default up)"))
      #expect(help.contains("--twice on|off      both ways (default off)"))
    }
  }

  /// Integers that are words, in files and on the terminal.
  @Test func integersAsWords() throws {
    try trained(Self.rates, "rates", ["--out", "run", "--net", "down"]) { folder, output in
      func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "run/words/\(name)"), encoding: .utf8)
      }
      #expect(try text("word-first-0001.txt") == "añ añ \n")
      #expect(try text("word-first-0002.txt") == "ñ añ a\n")
      #expect(try text("way-second-0001.txt") == "south\n")
      #expect(output.contains("word ñ añ a") && output.contains("way south"))
      #expect(output.contains("animal ant, bee, <2>"))
      let shown = try run(
        folder, "rates-infer",
        ["--weights", "run/weights/last.safetensors", "--input", "x=-1,2"])
      #expect(shown.contains("sign minus, plus"))
      _ = try run(
        folder, "rates-infer",
        [
          "--weights", "run/weights/last.safetensors", "--input", "x=-1,2", "--output",
          "sign=sign.txt",
        ])
      #expect(
        try String(contentsOf: folder.appending(path: "sign.txt"), encoding: .utf8)
          == "minus, plus\n")
    }
  }
}
