import Foundation
import TestSupport
import Testing

// Small systems as a course on learning has them, trained as its students would.
extension LanguageTests {
  /// A body that another model has learned, with a new head that alone is trained.
  @Test func aBodyGetsANewHead() throws {
    func source(_ name: String, _ data: String, _ classes: Int) -> String {
      """
      import GraphKit

      struct Net: Layer {
        let body = Sequential { Flatten(); Dense(64, 16); BatchNorm(16); ReLU() }
        let head = Dense(16, \(classes))
        func callAsFunction(_ x: Tensor) -> Tensor { head(body(x)) }
      }
      let net = Net()
      let model = Model("\(name)", net)
      model.train(on: \(data), batch: 32, epochs: 3, validation: 0.2) { batch in
        let logits = net(batch.image.cast(to: .f32) / 16)
        let loss = crossEntropy(logits, batch.label)
        Adam(rate: 1e-2).minimize(loss, net.parameters)
        return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
      }

      """
    }
    let few = "DataSet.digits.where(\"label\", in: [0, 1])"
    try trained(source("ten", ".digits", 10), "ten", ["--out", "run"]) { first, _ in
      let weights = first.appending(path: "run/weights/best.safetensors")
      try trained(
        source("two", few, 2), "two",
        [
          "--init", weights.path, "--init-partial", "--only", "head.*", "--out", "run", "--epochs",
          "8",
        ]
      ) { folder, output in
        #expect(output.contains("7 of 9 states of 'two' are loaded"))
        #expect(output.contains("'head.weight': expected f32[2, 16], found f32[10, 16]"))
        let (old, new) = try (
          tensors(in: weights), tensors(in: folder.appending(path: "run/weights/best.safetensors"))
        )
        for (name, numbers) in old where name.hasPrefix("body") {
          #expect(new[name] == numbers, "\(name)")
        }
        let results = try columns(of: folder.appending(path: "run/results.csv"))
        #expect((results["validation_accuracy"]?.last ?? 0) > 0.95, "\(results)")
      }
    }
  }

  /// A target network begins where the other one does, also where a file has only that one; then it
  /// follows. The task is a walk to the right end of a corridor.
  @Test func aTargetNetwork() throws {
    func source(_ name: String, _ rest: String) -> String {
      """
      import GraphKit

      let online = Sequential { Dense(6, 24); Tanh(); Dense(24, 2) }
      \(rest)
      func hot(_ place: Tensor) -> Tensor { place.oneHot(6).cast(to: .f32) }
      func act(_ place: Tensor, _ isRight: Tensor) -> Tensor {
        clamp(place + isRight.cast(to: .i32) * 2 - 1, 0...5)
      }
      model.train(epochs: 10, steps: 60) {
        let place = randomIntegers([32], 0..<5)
        let action = randomIntegers([32], 0..<2)
        let next = act(place, action .== 1)
        let isEnd = next .== 5
        let later = target(hot(next)).max(axes: [1]) * 0.9
        let goal = select(isEnd, ones([32]), later).stopGradient()
        let value = online(hot(place)).takeAlongAxis(action.expanded(at: 1), axis: 1)
        let loss = huber(value.squeezed(1), goal)
        Adam(rate: 1e-2).minimize(loss, online.parameters)
        \(name == "dqn" ? "target.follow(online, 0.9)" : "")
        return ["loss": loss]
      }
      model.function("values") {
        let all = hot(range(5))
        return ["online": online(all), "target": target(all), "best": online(all).argmax(axis: 1)]
      }

      """
    }
    let alone = source(
      "one", "let model = Model(\"one\", [\"online\": online])\nlet target = online")
    let both = source(
      "dqn",
      "let target = online.copy()\n"
        + "let model = Model(\"dqn\", [\"target\": target, \"online\": online])")
    try trained(alone, "one", ["--out", "run", "--epochs", "1"]) { first, _ in
      let weights = first.appending(path: "run/weights/last.safetensors")
      try trained(both, "dqn", ["--init", weights.path, "--out", "run", "--quiet"]) { folder, _ in
        func values(_ file: String) throws -> [String: Any] {
          _ = try run(
            folder, "dqn-infer", ["values", "--weights", file, "--output", "values.json"])
          return try json(folder.appending(path: "values.json"))
        }
        // The file of the other model has no target, which begins as the net does.
        let begun = try values(weights.path)
        #expect(begun["online"] as? [[Double]] == begun["target"] as? [[Double]])
        let found = try values("run/weights/last.safetensors")
        #expect(found["best"] as? [Int] == [1, 1, 1, 1, 1])
        let (online, target) = (found["online"] as? [[Double]], found["target"] as? [[Double]])
        for (place, value) in (online ?? []).enumerated() {
          #expect(abs(value[1] - pow(0.9, Double(4 - place))) < 0.1, "\(value)")
          #expect(abs(value[1] - (target?[place][1] ?? 0)) < 0.1)
        }
      }
    }
  }

  /// Centres begin at examples, by `prepare`, and move to the means of their clusters.
  @Test func clustersBegunFromData() throws {
    let source = """
      import GraphKit

      let centres = Parameter.statistic([10, 64])
      let model = Model("clusters", ["centres": centres])
      func pixels(_ image: Tensor) -> Tensor {
        image.cast(to: .f32).reshaped([image.shape[0], 64])
      }
      func distances(_ x: Tensor) -> Tensor {
        pow(x.expanded(at: 1) - centres.value, 2).sum(axes: [2])
      }
      model.prepare(on: .digits, batch: 599) { batch in
        centres.assign(pixels(batch.image)[..<10])
      }
      model.phase("move", on: .digits, batch: 599, epochs: 6) { batch in
        let x = pixels(batch.image)
        let apart = distances(x)
        let member = apart.argmin(axis: 1).oneHot(10).cast(to: .f32)
        let count = member.sum(axes: [0]).expanded(at: 1)
        let means = member.transposed().matmul(x) / maximum(count, 1)
        let moved = select((count .> 0).broadcast(to: [10, 64]), means, centres.value)
        centres.assign(centres.value * 0.5 + moved * 0.5)
        return ["loss": apart.min(axes: [1]).mean()]
      }
      model.prepare(on: .digits, batch: 599) { batch in
        centres.assign(minimum(centres.value, pixels(batch.image).max()))
      }
      model.every(epochs: 1, "shown", .printed) { ["largest": centres.value.max()] }

      """
    try trained(source, "clusters", ["--out", "run"]) { folder, output in
      #expect(output.ranges(of: "largest").count == 6)
      let results = try columns(of: folder.appending(path: "run/results-move.csv"))
      let losses = results["loss"] ?? []
      #expect(losses.count == 6 && losses[5] < losses[0] * 0.95 && losses[5] > 400, "\(losses)")
      let saved = try tensors(in: folder.appending(path: "run/weights/last.safetensors"))
      #expect(saved["centres"]?.count == 640)
      #expect((saved["centres"] ?? []).allSatisfy { (0...16).contains($0) })
      // The flags say how long the training is, not how long first values are made.
      _ = try run(folder, "clusters-train", ["--epochs", "2", "--steps", "4", "--out", "short"])
      let prepared = try columns(of: folder.appending(path: "short/results-prepare.csv"))
      let moved = try columns(of: folder.appending(path: "short/results-move.csv"))
      #expect(prepared["step"] == [3] && moved["step"] == [3, 4], "\(prepared) \(moved)")
      // A phase that is asked for begins with what prepares it.
      _ = try run(folder, "clusters-train", ["--phase", "move", "--steps", "4", "--out", "one"])
      let alone = try columns(of: folder.appending(path: "one/results-move.csv"))
      #expect(alone["loss"] == moved["loss"])
      // A run that is past a phase does not go back to it, also not from what prepares a later one.
      let program = folder.appending(path: "out/clusters/clusters-train").path
      let back = ["--resume", "run", "--phase", "move"]
      let (status, message) = try runProgram(program, back, in: folder)
      #expect(status == 1 && message.contains("a run in the phase 'move', found one in 'prepare2'"))
    }
  }

  /// The Fréchet distance of 2,000 samples, of which an evaluation sees 100 at a time, from four
  /// points of mean 0 and covariance 1.
  @Test func frechetDistanceOfAllSamples() throws {
    let source = """
      import GraphKit

      let generator = Dense(2, 2)
      let model = Model("samples", generator)
      func truth() -> Tensor { Tensor([[1, 0], [-1, 0], [0, 1], [0, -1]]) * sqrt(Tensor(1.5)) }
      func samples() -> Tensor { generator(randomNormal([100, 2])) }
      model.train(epochs: 1, steps: 1, evaluation: 20) {
        let loss = mse(samples(), zeros([100, 2]))
        SGD(rate: 0.1).minimize(loss, generator.parameters)
        return ["loss": loss]
      } evaluate: {
        let x = samples()
        func all(_ result: @escaping (Tensor) -> Tensor) -> Measure {
          .ofAll([x], most: 2000) { rows, _ in result(rows[0].cast(to: .f64)) }
        }
        func covariance(_ i: Int, _ j: Int) -> Measure {
          all { x in
            let centred = x - x.mean(axis: 0, keep: true)
            return (centred[.all, i] * centred[.all, j]).sum() / 1999
          }
        }
        return [
          "loss": x.mean(),
          "distance": .ofAll([x], most: 2000) { frechetDistance($0[0], truth(), isThere: $1) },
          "more": .ofAll([x], most: 3000) { frechetDistance($0[0], truth(), isThere: $1) },
          "m0": all { $0[.all, 0].mean() }, "m1": all { $0[.all, 1].mean() },
          "c00": covariance(0, 0), "c01": covariance(0, 1), "c11": covariance(1, 1),
        ]
      }

      """
    try trained(source, "samples", ["--out", "run"]) { folder, _ in
      let results = try columns(of: folder.appending(path: "run/results.csv"))
      func value(_ name: String) -> Double { results["validation_\(name)"]?.last ?? .nan }
      let trace = value("c00") + value("c11")
      let determinant = value("c00") * value("c11") - value("c01") * value("c01")
      // The trace of the root of a matrix of two rows.
      let root = (trace + 2 * determinant.squareRoot()).squareRoot()
      let mean = value("m0") * value("m0") + value("m1") * value("m1")
      let exact = mean + trace + 2 - 2 * root
      #expect(exact > 0.01 && abs(value("distance") - exact) < 1e-5, "\(results)")
      #expect(abs(value("more") - exact) < 1e-5)
    }
  }

  /// Five steps of a critic in a loop with one Adam, then one of the generator.
  @Test func fiveStepsOfACritic() throws {
    let source = """
      import GraphKit

      let critic = Sequential { Dense(2, 32); LeakyReLU(); Dense(32, 1) }
      let generator = Sequential { Dense(4, 32); ReLU(); Dense(32, 2) }
      let model = Model("critic", ["critic": critic, "generator": generator])
      let (fast, slow) = (Adam(rate: 2e-3, beta1: 0.5), Adam(rate: 1e-3, beta1: 0.5))
      model.train(epochs: 30, steps: 50) {
        let apart = scan([], steps: 5) { _ in
          let real = randomNormal([64, 2]) * 0.25 + Tensor([1, -2])
          let fake = generator(randomNormal([64, 4])).stopGradient()
          let mixed = real + (fake - real) * randomUniform([64, 1], 0...1)
          let slope = gradient(of: critic(mixed).sum(), by: mixed)
          let penalty = pow(slope.norm(axes: [1]) - 1, 2).mean() * 10
          let gap = critic(fake).mean() - critic(real).mean()
          fast.minimize(gap + penalty, critic.parameters)
          return ([], [gap])
        }.outputs[0]
        let loss = -critic(generator(randomNormal([64, 4]))).mean()
        slow.minimize(loss, generator.parameters)
        return ["loss": loss, "gap": apart[-1]]
      }
      model.sample { ["points": generator(randomNormal([400, 4]))] }

      """
    try trained(source, "critic", ["--out", "run"]) { folder, _ in
      _ = try run(
        folder, "critic-infer",
        ["sample", "--weights", "run/weights/last.safetensors", "--output", "points.json"])
      let points =
        try json(folder.appending(path: "points.json"))["points"] as? [[Double]] ?? []
      let means = (0..<2).map { axis in points.map { $0[axis] }.reduce(0, +) / 400 }
      #expect(abs(means[0] - 1) < 0.5 && abs(means[1] + 2) < 0.5, "\(means)")
      let saved = try tensors(in: folder.appending(path: "run/weights/last.safetensors"))
      let counts = saved.filter { $0.key.hasSuffix(".step") || $0.key == "step" }
      #expect(Set(counts.map { $0.value[0] }) == [1500, 7500], "\(counts.keys)")
    }
  }

  /// Dropout in inference, and a divergence that counts more and more.
  @Test func uncertaintyAndWarmUp() throws {
    let source = """
      import GraphKit

      let encoder = Sequential { Flatten(); Dense(64, 32); Dropout(0.25, always: true); ReLU() }
      let (mean, spread, decoder) = (Dense(32, 4), Dense(32, 4), Dense(4, 64))
      let model = Model(
        "vae", ["encoder": encoder, "mean": mean, "spread": spread, "decoder": decoder])
      model.train(on: .digits, batch: 64, epochs: 3, validation: 0.2) { batch in
        let x = batch.image.cast(to: .f32) / 16
        let y = encoder(x)
        let code = Normal(mean: mean(y), deviation: exp(spread(y)))
        let miss = binaryCrossEntropy(
          logits: decoder(code.sample()), x.reshaped([x.shape[0], 64]), reduction: .sum)
        let apart = code.divergence(from: Normal(mean: Tensor(0), deviation: Tensor(1))).sum()
        let warm = minimum(model.epoch.cast(to: .f32) / 2, 1)
        let loss = (miss + apart * warm) / Double(x.shape[0])
        Adam(rate: .oneCycle(peak: 1e-2)).minimize(
          loss, encoder.parameters + mean.parameters + spread.parameters + decoder.parameters)
        return ["loss": loss, "warm": warm, "share": model.progress]
      }
      model.infer(Input("image", [1, 1, 8, 8])) { image in
        let codes = scan([], steps: 40) { _ in ([], [mean(encoder(image)).squeezed(0)]) }.outputs[0]
        return ["mean": codes.mean(axes: [0]), "spread": codes.standardDeviation(axes: [0])]
      }

      """
    try trained(source, "vae", ["--out", "run", "--log", "log.csv"]) { folder, _ in
      let log = try columns(of: folder.appending(path: "log.csv"))
      let (warm, share) = (log["warm"] ?? [], log["share"] ?? [])
      #expect(warm.count == 66 && warm[21] == 0 && warm[22] == 0.5 && warm[65] == 1)
      #expect(share.enumerated().allSatisfy { abs($1 - Double($0) / 66) < 1e-6 })
      #expect((log["loss"]?.last ?? 99) < (log["loss"]?.first ?? 0) * 0.8)
      let zeros = Array(repeating: "0.5", count: 64).joined(separator: ",")
      func infer(_ seed: String) throws -> String {
        try run(
          folder, "vae-infer",
          [
            "--weights", "run/weights/last.safetensors", "--input", "image=\(zeros)", "--seed",
            seed, "--output", "-.json",
          ])
      }
      let first = try infer("1")
      #expect(try first == infer("1") && first != infer("2"))
      let parsed = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
      let spread = parsed?["spread"] as? [Double] ?? []
      #expect(spread.count == 4 && spread.allSatisfy { $0 > 0 })
    }
  }
}
