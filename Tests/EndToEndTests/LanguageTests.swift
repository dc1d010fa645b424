import Foundation
import TestSupport
import Testing

/// Small models that use phases, measures and data in files, trained as users train them.
@Suite struct LanguageTests {
  /// Measures over a whole set equal scikit-learn's, also those of all rows at once.
  @Test func measuresAreThoseOfScikitLearn() throws {
    let averages = ["macro", "weighted", "micro"]
    let measures = ["f1", "precision", "recall"].flatMap { name in
      averages.map { "\"\(name)_\($0)\": .\(name)(batch.score, batch.label, average: .\($0))" }
    }
    let file = repository.appending(path: "Tests/Reference/measures/scores.csv").path
    let source = """
      import GraphKit

      let weight = Parameter([])
      let model = Model("measures", weight)
      let data = DataSet.csv("\(file)", fields: [
        "score": .columns("s0", "s1", "s2", "s3", "s4"), "label": .column(as: .i32)])
      model.train(on: data, batch: 16, epochs: 1, validation: 0.5) { batch in
        let loss = (batch.score * weight.value).mean()
        SGD(rate: 1).minimize(loss, [weight])
        return ["loss": loss]
      } evaluate: { batch in
        ["loss": batch.score.mean(), "confusion": .confusion(batch.score, batch.label),
          "f1_2": .f1(batch.score, batch.label, average: .of(2)),
          "auc": .ofAll([batch.score, batch.label], most: 200) { all, isThere in
            // The share of pairs of a right and a wrong example that are in order.
            let s = all[0][..., 1], isOne = all[1] .== 1
            let (right, wrong) = (isOne .&& isThere, ~isOne .&& isThere)
            let pairs = (right.reshaped([-1, 1]) .&& wrong.reshaped([1, -1])).cast(to: .f64)
            let inOrder = (s.reshaped([-1, 1]) .> s.reshaped([1, -1])).cast(to: .f64)
            return (pairs * inOrder).sum() / pairs.sum()
          },
          \(measures.joined(separator: ",\n    "))]
      }

      """
    try trained(source, "measures", ["--out", "run"]) { folder, _ in
      let output = try run(
        folder, "measures-infer",
        [
          "evaluate", "--weights", "run/weights/last.safetensors", "--split", "all", "--output",
          "metrics=m.json",
        ])
      #expect(output.contains("101 examples"))
      let found = try json(folder.appending(path: "m.json"))["metrics"] as? [String: Any] ?? [:]
      let expected = try json(
        repository.appending(path: "Tests/Reference/measures/expected.json"))
      for (name, value) in expected {
        if let number = value as? Double {
          #expect(abs((found[name] as? Double ?? .nan) - number) < 1e-12, "\(name)")
        } else {
          #expect(found[name] as? [[Double]] == value as? [[Double]], "\(name)")
        }
      }
      #expect(found.count == expected.count + 1)
    }
  }

  /// Examples that are held out in a file of their own are measured by default; those of a file
  /// that is named, alone.
  @Test func aFileIsMeasuredAlone() throws {
    let source = """
      import GraphKit

      let weight = Parameter([])
      let model = Model("files", weight)
      let data = DataSet.csv("a.csv", fields: ["x": .columns("x")]).held(out: "b.csv")
      model.train(on: data, batch: 1, epochs: 1) { batch in
        let loss = pow(batch.x - weight.value, 2).mean()
        SGD(rate: 0.1).minimize(loss, [weight])
        return ["loss": loss]
      } evaluate: { batch in
        ["total": .total([batch.x.sum()]) { $0[0] }]
      }

      """
    let files = ["a.csv": "x\n1\n2\n4\n", "b.csv": "x\n8\n16\n"]
    try trained(source, "files", ["--out", "run"], with: files) { folder, _ in
      func total(_ arguments: [String]) throws -> Double? {
        let weights = ["--weights", "run/weights/last.safetensors", "--output", "metrics=m.json"]
        _ = try run(folder, "files-infer", ["evaluate"] + weights + arguments)
        let metrics = try json(folder.appending(path: "m.json"))["metrics"] as? [String: Any]
        return metrics?["total"] as? Double
      }
      let ofBoth = try total([])
      let ofOne = try total(["--split", "all", "--data", "a.csv"])
      #expect(ofBoth == 24)
      #expect(ofOne == 7)
    }
  }

  /// Two parts of a training, the second of which ends early with the best weights. A run that is
  /// killed goes on in the part where it was, and gives the same bits.
  @Test func phasesFollowEachOther() throws {
    let source = """
      import GraphKit

      let encoder = Sequential { Dense(64, 12); Tanh() }
      let (decoder, head) = (Dense(12, 64), Dense(12, 10))
      let model = Model("parts", ["encoder": encoder, "decoder": decoder, "head": head])
      func pixels(_ image: Tensor) -> Tensor {
        image.cast(to: .f32).reshaped([image.shape[0], 64]) / 16
      }

      model.phase("pretrain", on: .digits, batch: 64, epochs: 2, validation: 0.1) { batch in
        let x = pixels(batch.image)
        let loss = mse(decoder(encoder(x)), x)
        Adam(rate: 1e-2).minimize(loss, encoder.parameters + decoder.parameters)
        return ["loss": loss]
      }
      model.phase(
        "tune", on: DataSet.digits.stratified(by: "label"), batch: 32, epochs: 30, validation: 0.2,
        best: .max("accuracy"), stop: .patience(3)
      ) { batch in
        let logits = head(encoder(pixels(batch.image)))
        let loss = crossEntropy(logits, batch.label)
        let warm = minimum((model.epoch.cast(to: .f32) + 1) / 2, 1)
        Adam(rate: 1e-2).minimize(loss * warm, encoder.parameters + head.parameters)
        return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
      }
      model.every(epochs: 2, "codes", .image(columns: 4)) {
        ["image": sigmoid(encoder.parameters[0].value.reshaped([12, 1, 8, 8]))]
      }

      """
    try trained(source, "parts", ["--out", "whole"]) { folder, output in
      #expect(output.contains("phase tune, 2 of 2"))
      #expect(output.contains("no better result in 3 epochs"))
      let pictures = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "whole/codes").path)
      #expect(pictures.contains("codes-pretrain-0002.png"))
      #expect(pictures.contains("codes-tune-0002.png"))
      // Without steps each phase is evaluated, and nothing is written.
      let evaluated = try run(folder, "parts-train", ["--epochs", "0", "--out", "none"])
      #expect(evaluated.matches(of: /no steps; the weights are evaluated/).count == 2)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "none").path))
      _ = try run(folder, "parts-train", ["--out", "cut", "--save-every", "3"], killedAfter: 0.12)
      for _ in 0..<3 {
        _ = try run(folder, "parts-train", ["--resume", "cut"], killedAfter: 0.1)
      }
      _ = try run(folder, "parts-train", ["--resume", "cut"])
      let best = "weights/best.safetensors"
      #expect(
        try Data(contentsOf: folder.appending(path: "whole/\(best)"))
          == Data(contentsOf: folder.appending(path: "cut/\(best)")))
    }
  }

  /// A language model on text, whose tokenizer goes with its weights.
  @Test func textIsGoneOnWith() throws {
    let source = """
      import GraphKit

      let (length, tokens) = (16, 270)
      let (embed, rnn, head) = (Embedding(tokens, 16), LSTM(16, 32), Dense(32, tokens))
      let model = Model("tale", ["embed": embed, "rnn": rnn, "head": head])
      func logits(_ ids: Tensor) -> Tensor { head(rnn(embed(ids))) }
      let text = DataSet.text("tale.txt", length: length + 1, stride: 3, .pairs(tokens))
      model.train(on: text, batch: 16, epochs: 12, validation: 0.1) { batch in
        let y = logits(batch.tokens[..., ..<length])
        let next = batch.tokens[..., 1...]
        let loss = crossEntropy(y.reshaped([-1, tokens]), next.reshaped([-1]))
        Adam(rate: 1e-2).minimize(loss, rnn.parameters + embed.parameters + head.parameters)
        return ["loss": loss]
      }
      model.infer(Input("tokens", [1, length], .i32)) { ["logits": logits($0)] }
      model.every(epochs: 12, "guesses", .text) {
        ["text": .text(logits(zeros([2, length], .i32)).argmax(axis: -1))]
      }

      """
    let line = "Once upon a time there was a king who had three sons.\n"
    try trained(
      source, "tale", ["--out", "run"],
      with: ["tale.txt": String(repeating: line, count: 120)]
    ) { folder, _ in
      let text = try run(
        folder, "tale-infer",
        [
          "--weights", "run/weights/best.safetensors", "--prompt", "Once upon", "-n", "12",
          "--temp", "0",
        ])
      #expect(text.contains("Once upon a time there was"))
      let guesses = try String(
        contentsOf: folder.appending(path: "run/guesses/guesses-0012.txt"), encoding: .utf8)
      #expect(guesses.split(separator: "\n").contains { $0.count >= 8 }, "\(guesses)")
    }
  }

  // Builds a model and runs its train program.
  func trained(
    _ source: String, _ name: String, _ arguments: [String], with files: [String: String] = [:],
    _ body: (URL, String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      for (file, text) in files.merging(["model.swift": source], uniquingKeysWith: { $1 }) {
        try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
      }
      _ = try Workshop.output([
        "build", "-o", folder.appending(path: "out").path, "--cc", Toolchain.gcc.compiler,
        folder.appending(path: "model.swift").path,
      ])
      try body(folder, run(folder, "\(name)-train", arguments))
    }
  }

  // Runs a program; both streams together.
  func run(
    _ folder: URL, _ program: String, _ arguments: [String], killedAfter seconds: Double? = nil
  ) throws -> String {
    let words = ["out/\(program.prefix { $0 != "-" })/\(program)"] + arguments
    let command = seconds.map { ["timeout", "-s", "KILL", "\($0)"] + words } ?? words
    let (status, output) = try runProgram(command[0], Array(command.dropFirst()), in: folder)
    if status != 0, seconds == nil { throw GoldenMismatch(description: "\(words): \(output)") }
    return output
  }

  func json(_ file: URL) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
  }
}
