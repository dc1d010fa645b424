import GraphIR
import GraphKit
import LoopIR
import Support
import TestSupport
import Testing

@Suite struct TracingTests {
  @Test func functionsOfATrainedModel() throws {
    let program = try program {
      let net = Sequential {
        Dense(4, 8)
        ReLU()
        Dense(8, 3)
      }
      let model = Model("small", net)
      let data = DataSet("data", fields: ["x": .f32[4], "label": .u8])
      model.train(on: data, batch: 8, epochs: 3, validation: 0.2) { batch in
        let logits = net(batch.x)
        let loss = crossEntropy(logits, batch.label)
        SGD(rate: 0.1).minimize(loss, net.parameters)
        return ["loss": loss, "accuracy": accuracy(logits, batch.label)]
      }
      model.infer(Input("x", [1, 4])) { x in ["probability": softmax(net(x))] }
    }
    #expect(
      program.functions.map(\.name) == [
        "train_step", "eval_step", "eval_rest", "measured", "infer", "init",
      ])
    #expect(try program.function("train_step").outputNames == ["loss", "accuracy"])
    #expect(
      program.phases == [
        .ofFolder("data", ["x", "label"], batch: 8, epochs: 3, validation: 0.2)
      ])
    // What fills no batch is measured one by one.
    let rest = try program.function("eval_rest").graph
    #expect(rest.inputs.map { rest[$0].types[0].description } == ["f32[1, 4]", "u8[1]"])
    #expect(rest.inputs.map { rest[$0].name } == ["x", "label"])
  }

  @Test func noRestOfSingleExamples() throws {
    let program = try program {
      let model = Model("whole")
      let data = DataSet("data", fields: ["x": .f32])
      model.train(on: data, batch: 1, epochs: 1, validation: 0.5) { ["loss": $0.x.mean()] }
    }
    #expect(program.functions.map(\.name) == ["train_step", "eval_step", "measured", "init"])
  }

  @Test func evaluationOfItsOwn() throws {
    let program = try program {
      let model = Model("own")
      let data = DataSet("data", fields: ["x": .f32])
      model.train(on: data, batch: 8, epochs: 1, validation: 0.5) { batch in
        ["loss": batch.x.sum()]
      } evaluate: { batch in
        ["loss": batch.x.mean()]
      }
    }
    #expect(try program.function("train_step").operations.contains("divide") == false)
    #expect(try program.function("eval_step").operations.contains("divide"))
  }

  @Test func trainingWithoutData() throws {
    let program = try program {
      let model = Model("free")
      model.train(epochs: 4, steps: 25) { ["loss": Tensor([1, 2, 3]).sum()] }
    }
    var phase = Phase("", epochs: 4)
    phase.steps = 25
    #expect(program.phases == [phase])
    #expect(try program.function("train_step").graph.inputs.isEmpty)
  }

  @Test func functionsOfAnyName() throws {
    let program = try program {
      let model = Model("many")
      model.function("sum", Input("a", [2]), Input("b", [2]), Input("c", [2])) { a, b, c in
        ["result": a + b + c]
      }
      model.sample { ["noise": randomNormal([3])] }
    }
    #expect(program.functions.map(\.name) == ["sum", "sample", "init"])
    #expect(try program.function("sum").graph.inputs.count == 3)
  }

  @Test func stateIsReadOnceAndSeenAfterAWrite() throws {
    let program = try program {
      let count = Parameter.statistic([], .i32)
      let model = Model("count", count)
      model.function("next") {
        count.assign(count.value + 1)
        count.assign(count.value + 1)
        return ["count": count.value]
      }
    }
    let next = try program.function("next")
    #expect(next.operations.filter { $0 == "read" }.count == 1)
    #expect(next.operations.filter { $0 == "write" }.count == 2)
    // The output is what was assigned last, and the update its write.
    let last = next.graph[next.graph.outputs[1].node]
    #expect(last.op is WriteState && last.operands == [next.graph.outputs[0]])
    #expect(next.graph[next.graph.outputs[0].node].op as? Map == Map(.add))
    #expect(next.results == [.output("count"), .update(StateID(index: 0))])
  }

  @Test func settingsBecomeFlags() throws {
    let program = try program {
      let model = Model("set")
      let scale = model.setting("scale", 0.5, help: "how much")
      model.infer(Input("x", [2])) { ["y": $0 * scale.value] }
    }
    #expect(program.settings == [LoopIR.Setting(name: "scale", value: 0.5, help: "how much")])
    #expect(program.states.values.first { $0.name == "scale" }?.role == .setting)
  }

  @Test func probesAreResults() throws {
    let program = try program {
      let model = Model("probe")
      model.infer(Input("x", [2])) { ["y": probe("middle", $0 * 2) + 1] }
    }
    #expect(try program.function("infer").results == [.output("y"), .probe("middle")])
  }

  @Test func placesAreTheLinesOfTheModel() throws {
    let line = #line
    let program = try program(places: #filePath) {
      let net = Sequential {
        Dense(2, 2)
        ReLU()
      }
      let model = Model("places", net)
      model.infer(Input("x", [1, 2])) { x in
        let y = net(x)
        return ["y": y * 3]
      }
    }
    let infer = try program.function("infer").graph
    func lines(_ operation: String) -> [Int?] {
      infer.nodes.values.filter { $0.op.mnemonic == operation }
        .map { $0.site.map { program.sites[$0].line - line } }
    }
    // What a layer of the library does comes from where the layer is made.
    #expect(lines("contract") == [3])
    #expect(lines("relu") == [4])
    #expect(lines("multiply") == [9])
    #expect(program.states.values[0].site.map { program.sites[$0].line - line } == 3)
    #expect(program.sites.values.allSatisfy { $0.file == "TracingTests.swift" && $0.column > 0 })
  }

  @Test func placesInALayerOfTheModelAreItsOwnLines() throws {
    let line = #line
    struct Twice: Layer {
      let inner = Dense(2, 2)
      func callAsFunction(_ x: Tensor) -> Tensor {
        inner(x)
      }
    }
    let program = try program(places: #filePath) {
      let net = Sequential { Twice() }
      let model = Model("places", net)
      model.infer(Input("x", [1, 2])) { ["y": net($0)] }
    }
    let infer = try program.function("infer").graph
    let node = try #require(infer.nodes.values.first { $0.op.mnemonic == "contract" })
    #expect(node.site.map { program.sites[$0].line - line } == 4)
    #expect(node.name == "dense_0_inner")
  }

  @Test func valuesAreNamedAfterTheirLayers() throws {
    let program = try program {
      let net = Sequential {
        Conv2D(1, 2, kernel: 3, padding: .same)
        ReLU()
        MaxPool2D(2)
      }
      let model = Model("names", ["features": net])
      model.infer(Input("image", [1, 1, 4, 4])) { ["y": net($0)] }
    }
    let infer = try program.function("infer").graph
    let names = Set(infer.nodes.values.compactMap(\.name))
    #expect(
      names == [
        "image", "features_0", "features_0_weight", "features_0_bias", "relu_1", "max_pool2d_2",
      ])
  }

  @Test func initSetsEveryState() throws {
    let program = try program {
      let net = Dense(2, 3)
      let model = Model("start", net)
      model.train(epochs: 1, steps: 1) {
        let loss = net(Tensor([[1, 2]])).sum()
        Adam().minimize(loss, net.parameters)
        return ["loss": loss]
      }
    }
    let initial = try program.function("init")
    #expect(initial.results.count == program.states.count)
    #expect(initial.graph.inputs.map { initial.graph[$0].types[0].description } == ["u64[]"])
    #expect(initial.graph.inputs.map { initial.graph[$0].name } == ["seed"])
    #expect(initial.operations.filter { $0 == "randomBits" }.count == 2)
  }

  @Test func severalModelsInOneFile() {
    let report = report {
      for name in ["one", "two"] {
        Model(name).infer(Input("x", [2])) { ["y": $0] }
      }
    }
    #expect(report.programs.map(\.name) == ["one", "two"])
    #expect(report.diagnostics.isEmpty)
  }
}
