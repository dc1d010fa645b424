package import GraphIR
internal import GraphKit
internal import LoopIR
internal import Support

/// A net of 5 to 15 layers drawn at random, with a step of training.
package struct RandomNet {
  package let seed: Int
  /// The model as a user writes it.
  package let source: String
  package let program: GraphProgram

  /// The name of the model.
  package var name: String { "n\(seed)" }

  /// The net of a seed.
  package init(seed: Int) throws {
    var choose = Chooser(seed: seed)
    let plan = NetPlan(&choose)
    var source = ""
    let name = "n\(seed)"
    program = try traced {
      let model = Model(name)
      let maker = NetMaker(choose, in: model)
      maker.startsAsSequence = plan.isSequence
      model.train(on: plan.data, batch: plan.batch, epochs: 1) { batch in
        maker.grow(batch["x"], layers: plan.layers, outputs: plan.outputs)
        let loss = plan.loss(maker.y, batch["t"])
        plan.minimize(loss, maker.parameters)
        return ["loss": loss]
      }
      model.infer(Input("x", Shape([plan.batch] + plan.dims), plan.element)) { x in
        ["y": maker.applied(to: x)]
      }
      source = plan.source(name, properties: maker.properties, lines: maker.lines)
    }
    self.seed = seed
    self.source = source
  }

  /// What the data of a step hold: the fields are the input and the target.
  func data(_ choose: inout Chooser, _ function: GraphFunction) -> [Numbers] {
    var inputs: [(position: Int, type: TensorType)] = []
    for node in function.graph.nodes.values {
      if let input = node.op as? GraphIR.Input { inputs.append((input.position, node.types[0])) }
    }
    let plan = NetPlan(seed: seed)
    return inputs.sorted { $0.position < $1.position }.map { position, type in
      let count = type.shape.count
      let limit = position == 0 ? 7 : plan.outputs
      let values =
        type.element.isFloat
        ? choose.numbers(count, in: position == 1 ? 0...1 : -1...1)
        : (0..<count).map { _ in Double(choose.int(0...(limit - 1))) }
      return Numbers(type, values.map { type.element.stored($0) })
    }
  }
}
