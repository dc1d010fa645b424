import GraphIR
import GraphKit
import LoopIR
import Support
import Testing

/// Copies of modules: their names, and what files may call them.
@Suite struct CopyNameTests {
  private struct Pair: Module {
    let online: Sequential
    let target: ModuleCopy<Sequential>
    let scale = Parameter([2], initialiser: .normal())
    let other: Parameter

    init() {
      online = Sequential {
        Dense(2, 3, bias: false); BatchNorm1D(3, affine: false)
      }
      target = online.copy()
      other = Parameter([2], initialiser: .copy(of: scale))
    }
  }

  @Test func aCopyIsNamedByItsProperty() throws {
    let found = try program {
      let pair = Pair()
      Model("pair", pair).infer(Input("x", [1, 2])) { ["y": pair.target(pair.other.value * $0)] }
    }
    let names = ["0.weight", "1.running_mean", "1.running_var", "1.num_batches_tracked"]
    #expect(
      found.stateNames.prefix(10)
        == names.map { "online.\($0)" }[...] + names.map { "target.\($0)" } + ["scale", "other"])
    let states = found.states.values
    #expect(states[4].aliases == ["online.0.weight"] && states[9].aliases == ["scale"])
    #expect(states[0].aliases == [])
    #expect(states[4].role == .parameter && states[5].role == .statistic)
    // Both begin with the same numbers.
    let initial = try found.function("init")
    #expect(initial.operations.filter { $0 == "randomBits" }.count == 2)
  }

  @Test func aCopyOfWhatIsInNoModelBeginsAsThat() throws {
    let found = try program {
      let copy = Dense(2, 2).copy().copy()
      Model("alone", copy).infer(Input("x", [1, 2])) { ["y": copy($0)] }
    }
    #expect(found.stateNames.prefix(2) == ["weight", "bias"])
    #expect(found.states.values[0].aliases == [])
  }

  @Test func partsOfACopy() throws {
    struct Deep: Module {
      let blocks = [Dense(2, 2), Dense(2, 2)]
      let scale = Parameter([2], initialiser: .ones)
      let shared: Parameter
      init() { shared = blocks[0].weight }
    }
    let deep = Deep()
    let copy = deep.copy()
    _ = try program {
      Model("parts", ["deep": deep, "copy": copy]).infer(Input("x", [1, 2])) { x in
        ["y": copy.blocks[1](copy.blocks[0](x)) * copy.scale.value]
      }
    }
    #expect(copy.scale.name == "copy.scale")
    #expect(copy.shared === copy.blocks[0].weight)
    #expect(
      copy.blocks.flatMap { $0.parameters.compactMap(\.name) } == [
        "copy.blocks.0.weight", "copy.blocks.0.bias", "copy.blocks.1.weight", "copy.blocks.1.bias",
      ])
    let inside = copy.run { $0.parameters.map(\.name) }
    #expect(inside == copy.parameters.map(\.name))
    copy.run { $0.blocks[0].freeze() }
    #expect(deep.parameters.allSatisfy { $0.isTrainable })
    #expect(copy.parameters.map(\.isTrainable) == [false, false, true, true, true])
  }

  @Test func whileEvaluatingNothingFollows() throws {
    let found = try program {
      let net = Dense(2, 1)
      let average = net.copy()
      let data = DataSet("none", fields: ["x": .f32[2]])
      Model("even", ["net": net, "average": average]).train(
        on: data, batch: 2, epochs: 1, validation: 0.5
      ) { batch in
        let loss = net(batch.x).sum()
        SGD().minimize(loss, net.parameters)
        average.follow(net, 0.5)
        return ["loss": loss, "average": average(batch.x).sum()]
      }
    }
    func updates(_ name: String) throws -> [String] {
      try found.function(name).results.compactMap { result in
        if case .update(let state) = result { found.states[state].name } else { nil }
      }
    }
    let (training, evaluation) = (try updates("train_step"), try updates("eval_step"))
    #expect(training.contains("average.weight"))
    #expect(!evaluation.contains("average.weight"))
  }
}

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct CopyMistakes {
  @Test func following() {
    let found = mistakes {
      let (net, wide) = (Dense(2, 1), Dense(2, 2))
      let plain = Dense(2, 1, bias: false)
      Model("a", ["net": net, "wide": wide, "plain": plain]).train(epochs: 1, steps: 1) {
        net.follow(wide, 0.5)
        net.follow(plain, 0.5)
        net.follow(net, 0.5)
        net.copy().follow(net, 1.5)
        net.follow(wide, ones([2]))
        return ["loss": net(ones([1, 2])).sum()]
      }
    }.filter { !$0.hasSuffix("is made here") && !$0.hasSuffix("called from here") }
    #expect(
      found == [
        "4: 'follow' needs parameters of the same types; 'weight' is 'f32[1, 2]' and 'f32[2, 2]'",
        "5: 'follow' needs a module with the same parameters; 'bias' is in only one of the two",
        "6: the parameter 'net.weight' follows itself",
        "  'online.copy()' has parameters of its own",
        "7: the kept part of 'follow' must be from 0 to 1; found 1.5",
        "7: the parameter 'weight' is used, but is not part of the model 'a'",
        "  pass all layers to the model, as in 'Model(\"a\", [\"a\": a, \"b\": b])'",
        "8: the part that 'follow' keeps must be a single floating-point number; it is 'f32[2]'",
      ])
  }

  @Test func firstValues() {
    let found = mistakes {
      let first = Parameter([2])
      let second = Parameter([3], initialiser: .copy(of: first))
      Model("a", ["first": first, "second": second]).infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "2: the initialiser of the parameter 'second' gives 'f32[2]'; expected 'f32[3]'"
      ])
  }
}
