import GraphIR
import GraphKit
import LoopIR
import Support
import Testing

/// Settings that are no numbers, and results that are words.
@Suite struct SettingTests {
  @Test func kindsOfSettings() throws {
    let found = try program {
      let model = Model("kinds")
      let net = model.setting("net", choices: ["mlp", "cnn", "rnn"], help: "which")
      let (layers, noise) = (model.setting("layers", integer: 3), model.setting("noise", true))
      model.infer(Input("x", [2])) { x in
        let y = net.choose { name in name == "cnn" ? x * 2 : name == "rnn" ? x * 3 : x }
        return [
          "y": select(noise.value, y, -y), "n": layers.value + 1, "is": net.isChosen("rnn"),
        ]
      }
    }
    #expect(
      found.settings == [
        LoopIR.Setting(
          name: "net", value: 0, help: "which", kind: .choice(["mlp", "cnn", "rnn"])),
        LoopIR.Setting(name: "layers", value: 3, help: "", kind: .integer),
        LoopIR.Setting(name: "noise", value: 1, help: "", kind: .isOn),
      ])
    let types = found.states.values.filter { $0.role == .setting }.map { "\($0.type)" }
    #expect(types == ["i32[]", "i32[]", "bool[]"])
    #expect(try found.function("infer").operations.contains("cond"))
  }

  @Test func wordsAreNamed() throws {
    let found = try program {
      let model = Model("words")
      model.infer(Input("x", [2], .i32)) { x in
        ["animal": .names(x, ["ant", "bee"]), "word": .text(x, of: "ab"), "text": .text(x), "x": x]
      }
      model.every(epochs: 2, "shown", .text) { ["word": .text(range(3), of: "añb")] }
    }
    #expect(
      found.namings == [
        Naming(function: "infer", output: "animal", separator: ", ", names: ["ant", "bee"]),
        Naming(function: "infer", output: "word", names: ["a", "b"]),
        Naming(function: "infer", output: "text"),
        Naming(function: "shown", output: "word", names: ["a", "ñ", "b"]),
      ])
    #expect(found.showings == [Showing(function: "shown", epochs: 2, ending: ".txt")])
    #expect(try found.function("infer").outputNames == ["animal", "word", "text", "x"])
  }

  @Test func classesOfAFieldAreNames() throws {
    let found = try program {
      let weight = Parameter([2, 3])
      let model = Model("classes", weight)
      let data = DataSet("data", fields: ["x": .f32[2], "label": .i32])
      model.train(on: data, batch: 4, epochs: 1) { batch in
        let loss = crossEntropy(batch.x.matmul(weight.value), batch.label)
        SGD(rate: 0.1).minimize(loss, [weight])
        return ["loss": loss]
      }
      model.infer(Input("x", [1, 2])) { x in
        let logits = x.matmul(weight.value)
        return [
          "share": .names(softmax(logits), of: "label"),
          "animal": .names(logits.argmax(), of: "label"),
        ]
      }
    }
    #expect(
      found.namings == [
        Naming(function: "infer", output: "share", field: "label"),
        Naming(function: "infer", output: "animal", field: "label"),
      ])
  }
}

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct SettingMistakes {
  @Test func choices() {
    let found = mistakes {
      let model = Model("a")
      let net = model.setting("net", choices: ["mlp", "cnn"])
      let rate = model.setting("rate", 1)
      _ = model.setting("kind", choices: ["a b", "c"])
      model.infer(Input("x", [2])) { x in
        _ = net.isChosen("cnm")
        _ = net.isChosen("transformer")
        _ = rate.isChosen("mlp")
        _ = rate.choose { _ in x }
        return ["y": x]
      }
    }.filter { !$0.hasSuffix("called from here") }
    #expect(
      found == [
        "4: the setting 'kind' needs at least one choice, each once, of ASCII letters, digits and "
          + "'_-.+'; they are [\"a b\", \"c\"]",
        "6: the setting 'net' has no choice 'cnm'", "  2: did you mean 'cnn'?",
        "7: the setting 'net' has no choice 'transformer'", "  2: its choices are 'mlp', 'cnn'",
        "8: the setting 'rate' has no choice 'mlp'",
        "  3: declare it with 'choices: [\"mlp\", \"cnn\"]'",
        "9: the setting 'rate' has no choices",
        "  3: declare it with 'choices: [\"mlp\", \"cnn\"]'",
      ])
  }

  @Test func words() {
    let found = mistakes {
      let model = Model("a")
      model.every(epochs: 1, "shown", .text) { ["text": .text(range(3))] }
      model.every(epochs: 1, "plain", .text) { ["ids": range(3)] }
      model.infer(Input("x", [2])) { x in ["y": .names(x, ["a"]), "z": .names(x, [])] }
      model.train(epochs: 1, steps: 1) { ["loss": Tensor(1), "word": .text(range(2), of: "ab")] }
      model.every(epochs: 1, "text", .text) { ["ids": .names(range(3), of: "label")] }
    }.filter { !$0.hasSuffix("called from here") }
    #expect(
      found == [
        "2: 'text' is shown as tokens, but the model learns no text",
        "  train on a 'DataSet.text', or give the characters: '.text(numbers, of: \"abc\")'",
        "3: 'ids' is shown as text, but is numbers",
        "  write '.text(numbers)' or '.names(numbers, [\"ant\", \"bee\"])'",
        "4: words are made of integers; the numbers of 'y' are 'f32[2]'",
        "4: words are made of integers; the numbers of 'z' are 'f32[2]'",
        "4: 'names' needs at least one name",
        "5: the training step returns the words 'word'; return them from 'infer', or from 'every'",
        "6: 'ids' is shown as text, but is numbers",
        "  write '.text(numbers)' or '.names(numbers, [\"ant\", \"bee\"])'",
        "6: 'ids' is shown as classes of 'label', a field that the data of no training have",
        "  the model is not trained on data",
      ])
  }

  @Test func classesOfNoField() {
    let found = mistakes {
      let model = Model("a")
      model.infer(Input("x", [2])) { x in ["y": .names(x, of: "label")] }
    }.filter { !$0.hasSuffix("called from here") }
    #expect(
      found == [
        "2: 'y' is shown as classes of 'label', a field that the data of no training have",
        "  the model is not trained on data",
      ])
  }

  @Test func placesOfRates() {
    let found = mistakes {
      let w = Parameter([])
      _ = SGD(rate: .piecewise([(10, 1e-2), (20, 1e-3)]))
      _ = SGD(rate: .piecewise([(0, 1e-2), (20, 1e-3), (20, 1e-4)]))
      _ = SGD(rate: .cosine(from: 1, warmUp: 1.5))
      Model("a", w).infer(Input("x", [2])) { x in ["y": x] }
    }
    #expect(
      found == [
        "2: the rates of 'piecewise' must begin at rising numbers of updates, the first at 0; they "
          + "begin at [10, 20]",
        "3: the rates of 'piecewise' must begin at rising numbers of updates, the first at 0; they "
          + "begin at [0, 20, 20]",
        "4: the warm-up of 'cosine' must be at least 0 and below 1; found 1.5",
      ])
  }
}
