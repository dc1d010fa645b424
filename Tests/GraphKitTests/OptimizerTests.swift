import GraphIR
import GraphKit
import Support
import Testing

@Suite struct OptimizerTests {
  // The program of one training step of `w` by an optimizer, on held-out examples too.
  private func trained(_ optimizer: (Model) -> any Optimizer) throws -> GraphProgram {
    try program {
      let w = Parameter([4])
      let model = Model("one", ["w": w])
      let optimizer = optimizer(model)
      let data = DataSet("data", fields: ["x": .f32[4]])
      model.train(on: data, batch: 10, epochs: 1, validation: 0.2) { batch in
        let loss = mse(batch.x * w.value, ones(batch.x.shape))
        optimizer.minimize(loss, [w])
        return ["loss": loss]
      }
    }
  }

  // What an optimizer keeps, without its prefix.
  private func memory(_ program: GraphProgram) -> [String] {
    program.stateNames.filter { $0.hasPrefix("optimizer.") }.map { String($0.dropFirst(10)) }
  }

  @Test func whatEachKeeps() throws {
    func kept(_ optimizer: @autoclosure () -> any Optimizer) throws -> [String] {
      let names = try memory(trained { _ in optimizer() })
      #expect(names.first == "step")
      return Array(names.dropFirst())
    }
    #expect(try kept(SGD(rate: 0.1)) == [])
    #expect(
      try kept(SGD(rate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-4)) == ["w.momentum"])
    #expect(try kept(RMSProp()) == ["w.square"])
    #expect(
      try kept(RMSProp(momentum: 0.9, centered: true)) == ["w.square", "w.mean", "w.momentum"])
    #expect(try kept(Adagrad()) == ["w.sum"])
    #expect(try kept(Adam()) == ["w.m", "w.v"])
    #expect(try kept(AdamW(amsgrad: true)) == ["w.m", "w.v", "w.v_max"])
    #expect(try kept(Lion(clip: .norm(1))) == ["w.m"])
  }

  @Test func accumulationKeepsGradientsAndTheirNumber() throws {
    let program = try trained { _ in SGD(rate: 0.1, accumulate: 4) }
    #expect(memory(program) == ["step", "accumulated", "w.gradient"])
  }

  @Test func rates() throws {
    let optimizers: [(Model) -> any Optimizer] = [
      { _ in SGD(rate: 1) },
      { _ in SGD(rate: .constant(0.1)) },
      { _ in SGD(rate: .step(from: 0.1, every: 10)) },
      { _ in SGD(rate: .piecewise(from: 0.1, at: [5, 10])) },
      { _ in SGD(rate: .exponential(from: 0.1, factor: 0.9)) },
      { _ in SGD(rate: .polynomial(from: 0.1, steps: 10, power: 2)) },
      { _ in Adam(rate: .cosine(from: 1e-3, steps: 1000).warmUp(100)) },
      { _ in SGD(rate: .reduceOnPlateau(from: 0.1)) },
      { SGD(rate: $0.setting("rate", 0.1, help: "learning rate")) },
      { SGD(rate: Schedule.cosine(from: 1, steps: 10) * $0.setting("rate", 0.1)) },
      { _ in SGD(rate: Schedule { 1 / ($0 + 1) }) },
    ]
    for optimizer in optimizers {
      #expect(try trained(optimizer).function("train_step").operations.contains("gradient"))
    }
  }

  // Whoever writes an optimizer gets what those of the library have.
  private final class Signs: Optimizer {
    let options = OptimizerOptions(rate: 0.1, clip: .value(1), accumulate: 2)

    func updated(_ parameter: Tensor, gradient: Tensor, _ step: OptimizerStep) -> Tensor {
      let mean = step.memory("mean") * 0.5 + sign(gradient)
      step.remember("mean", mean)
      return parameter - step.rate * mean / step.count
    }
  }

  @Test func optimizersOfOnesOwn() throws {
    let program = try trained { _ in Signs() }
    #expect(memory(program) == ["step", "accumulated", "w.gradient", "w.mean"])
  }

  @Test func gradientsAreTensors() throws {
    let program = try program {
      let w = Parameter([4])
      let model = Model("penalty", w)
      model.train(epochs: 1, steps: 1) {
        let loss = (w.value * w.value * w.value).sum()
        let slope = gradient(of: loss, by: w.value)
        let total = loss + (slope * slope).sum() + l1Penalty([w]) + l2Penalty([w]) * 0.1
        SGD().minimize(total, [w])
        return ["loss": total]
      }
    }
    #expect(try program.function("train_step").operations.filter { $0 == "gradient" }.count == 2)
  }
}
