import GraphIR
import GraphKit
import LoopIR
import Support
import Testing

@Suite struct ModeTests {
  // A model of one layer that is trained and evaluated on the mean of its output.
  private func trained(_ layer: () -> some Layer) throws -> GraphProgram {
    try program {
      let layer = layer()
      let model = Model("modes", layer)
      let data = DataSet("data", fields: ["x": .f32[4]])
      model.train(on: data, batch: 5, epochs: 1, validation: 0.1) { ["loss": layer($0.x).mean()] }
      model.infer(Input("x", [1, 4])) { ["y": layer($0)] }
    }
  }

  /// The running means of a norm change, but that is no learning; what the model assigns is.
  @Test(arguments: [true, false]) func aStepThatLearnsNothingWarns(assigns: Bool) {
    let found = report {
      let (norm, count) = (BatchNorm(3), Parameter.statistic([], initialiser: .zeros))
      Model("still", ["norm": norm, "count": count]).train(epochs: 1, steps: 1) {
        if assigns { count.value += 1 }
        return ["loss": norm(ones([4, 3])).sum()]
      }
    }
    let warnings = found.warnings.filter { $0.level == "warning" }.map(\.message)
    #expect(warnings == (assigns ? [] : ["the training step changes no parameter"]))
  }

  @Test func dropoutDropsInTrainingOnly() throws {
    let program = try trained { Dropout(0.25) }
    #expect(try program.function("train_step").operations.contains("randomBits"))
    #expect(try !program.function("eval_step").operations.contains("randomBits"))
    #expect(try program.function("infer").operations == ["input"])
  }

  @Test func otherDropoutsDropInTrainingOnly() throws {
    for layer in [Dropout2D(0.25) as any Layer, AlphaDropout(0.25), RReLU()] {
      let program = try trained { Sequential([layer]) }
      #expect(try program.function("train_step").operations.contains("randomBits"))
      #expect(try !program.function("eval_step").operations.contains("randomBits"))
    }
  }

  @Test func instanceNormCountsInTrainingOnly() throws {
    let program = try program {
      let layer = InstanceNorm1D(2, affine: true, trackRunningStats: true)
      let model = Model("modes", layer)
      let data = DataSet("data", fields: ["x": .f32[2, 4]])
      model.train(on: data, batch: 5, epochs: 1, validation: 0.1) { ["loss": layer($0.x).mean()] }
    }
    #expect(
      program.stateNames.filter {
        !$0.hasPrefix("random") && !$0.hasPrefix("evaluation") && $0 != "step"
      } == [
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked",
      ])
    #expect(try program.function("train_step").operations.contains("write"))
    #expect(try program.kept(by: "eval_step").allSatisfy { $0.hasPrefix("evaluation.") })
  }

  @Test func batchNormCountsInTrainingOnly() throws {
    let program = try trained { BatchNorm1D(4) }
    #expect(
      try program.kept(by: "train_step") == [
        "running_mean", "running_var", "num_batches_tracked", "step",
      ])
    #expect(
      try program.kept(by: "eval_step") == ["evaluation.examples", "evaluation.loss.sum"])
    #expect(try program.function("infer").operations.filter { $0 == "read" }.count == 4)
  }

  /// What is assigned holds to the end of the step only.
  @Test func nothingIsKeptInEvaluation() throws {
    let program = try program {
      let (weight, count) = (Parameter([4]), Parameter.statistic([]))
      let model = Model("modes", ["weight": weight, "count": count])
      let data = DataSet("data", fields: ["x": .f32[4]])
      model.train(on: data, batch: 5, epochs: 1, validation: 0.1) { batch in
        let loss = (batch.x * weight.value).mean()
        SGD(rate: 1).minimize(loss, weight.parameters)
        count.assign(count.value + 1)
        return ["loss": loss, "count": count.value]
      }
    }
    #expect(try program.function("train_step").operations.contains("gradient"))
    #expect(try !program.function("eval_step").operations.contains("gradient"))
    let evaluation = try program.function("eval_step")
    #expect(
      try program.kept(by: "eval_step") == [
        "evaluation.examples", "evaluation.loss.sum", "evaluation.count.sum",
      ])
    #expect(evaluation.results.prefix(2) == [.output("loss"), .output("count")])
    #expect(evaluation.graph[evaluation.graph.outputs[1].node].op as? Map == Map(.add))
  }

  @Test func randomNumbersDependOnACountOfTheirFunction() throws {
    let program = try program {
      let model = Model("random")
      model.train(epochs: 1, steps: 1) {
        ["loss": randomUniform([2]).sum() + randomUniform([2]).sum()]
      }
      model.sample { ["x": randomNormal([2])] }
    }
    // In training the step, elsewhere the number of calls; no two calls share an ordinal.
    #expect(program.stateNames == ["random_key", "step", "sample.calls"])
    var ordinals: [Literal] = []
    for function in program.functions {
      let graph = function.graph
      for node in graph.nodes.values where node.op as? Map == Map(.randomBits) {
        guard let ordinal = graph[node.operands[3].node].op as? GraphIR.Constant else {
          Issue.record("the ordinal is no constant")
          continue
        }
        ordinals += ordinal.values
      }
    }
    #expect(ordinals.map(\.integer) == [0, 1, 2])
  }

  @Test func frozenParametersStay() throws {
    let program = try program {
      let net = Sequential {
        Dense(2, 2)
        Dense(2, 1)
      }
      net.layers[0].freeze()
      let model = Model("frozen", net)
      model.train(epochs: 1, steps: 1) {
        let loss = net(Tensor([[1, 2]])).sum()
        SGD(rate: 1).minimize(loss, net.parameters)
        return ["loss": loss]
      }
    }
    #expect(
      try program.kept(by: "train_step") == ["1.weight", "1.bias", "step", "optimizer.step"])
  }

  @Test func plateauIsStateThatAnEvaluationChanges() throws {
    let program = try program {
      let weight = Parameter([])
      let model = Model("plateau", weight)
      let data = DataSet("data", fields: ["x": .f32])
      model.train(on: data, batch: 5, epochs: 1, validation: 0.1) { batch in
        let loss = (batch.x * weight.value).mean()
        SGD(rate: .reduceOnPlateau(from: 0.1, metric: "error")).minimize(loss, [weight])
        return ["loss": loss, "error": batch.x.mean()]
      }
    }
    let evaluated = try program.function("evaluated")
    #expect(evaluated.graph.inputs.map { evaluated.graph[$0].name } == ["error"])
    #expect(
      program.stateNames.filter { $0.hasPrefix("optimizer") } == [
        "optimizer.step", "optimizer.rate", "optimizer.best", "optimizer.bad", "optimizer.cooldown",
        "optimizer.last_rate",
      ])
    #expect(try program.function("rates").outputNames == ["learning_rate"])
  }
}

extension GraphProgram {
  /// The states that a function changes.
  fileprivate func kept(by name: String) throws -> [String] {
    try function(name).results.compactMap {
      if case .update(let state) = $0 { states[state].name } else { nil }
    }
  }
}
