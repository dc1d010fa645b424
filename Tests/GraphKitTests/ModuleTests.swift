import GraphIR
import GraphKit
import Support
import Testing

/// Parameters by name, and modules that run with others.
@Suite struct ModuleTests {
  private func net() -> Sequential {
    Sequential {
      Dense(2, 3); ReLU()
      Dense(3, 1, bias: false)
    }
  }

  @Test func parametersByName() {
    let net = net()
    #expect(net.namedParameters.map(\.name) == ["0.weight", "0.bias", "2.weight"])
    #expect(net.parameters(named: "*.weight").map(\.shape) == [[3, 2], [1, 3]])
    #expect(net.parameters(named: "0.*").count == 2)
    #expect(net.parameters(named: "*").count == 3)
    #expect(net.parameters(named: "2.weight").count == 1)
    struct Heads: Module {
      let heads = ["left": Dense(1, 1, bias: false), "right": Dense(2, 1)]
    }
    #expect(
      Heads().namedParameters.map(\.name) == [
        "heads.left.weight", "heads.right.weight", "heads.right.bias",
      ])
  }

  @Test func namesInTheModelArePublic() throws {
    let net = net()
    _ = try program {
      Model("names", ["net": net]).function("nothing") { ["zero": Tensor(0)] }
    }
    #expect(net.parameters.map(\.name) == ["net.0.weight", "net.0.bias", "net.2.weight"])
  }

  @Test func layersOfASequentialByNumber() throws {
    let found = try program {
      let net = net()
      Model("parts", net).infer(Input("x", [1, 2])) { x in
        ["y": net[-1](net[0..<2](x)), "z": net[2](net[1](net[0](x)))]
      }
    }
    #expect(found.stateNames.prefix(3) == ["0.weight", "0.bias", "2.weight"])
  }

  /// Statistics inside are assigned as usual, and the loop of a layer has the other weights too.
  @Test func withOtherWeights() throws {
    let found = try program {
      let net = Sequential {
        Dense(2, 3); BatchNorm1D(3)
      }
      let rnn = GRU(3, 3)
      let model = Model("with", ["net": net, "rnn": rnn])
      model.train(epochs: 1, steps: 1) {
        let weights = net.parameters.map { $0.value * 2 }
        let loss = net.with(weights) {
          let y = probe("inside", net(ones([4, 2])))
          return rnn.with(["weight_hh_l0": ones([9, 3])]) { rnn(y.expanded(at: 0)) }.sum()
        }
        let used = rnn.parameters.filter { $0.name != "rnn.weight_hh_l0" }
        SGD().minimize(loss, net.parameters + used)
        return ["loss": loss]
      }
    }
    let written = try found.function("train_step").results.compactMap { result -> String? in
      if case .update(let state) = result { found.states[state].name } else { nil }
    }
    #expect(written.contains("net.1.running_mean") && written.contains("net.0.weight"))
  }

  @Test func dropoutThatAlwaysDrops() throws {
    for layer in [Dropout(0.25, always: true) as any Layer, Dropout2D(0.25, always: true)] {
      let found = try program {
        Model("always").infer(Input("x", [2, 4])) { ["y": layer($0)] }
      }
      #expect(try found.function("infer").operations.contains("randomBits"))
    }
  }

  @Test func stochasticDepthActsInTrainingOnly() throws {
    let found = try program {
      Model("depth").infer(Input("x", [2, 4])) { ["y": StochasticDepth(0.5)($0)] }
    }
    #expect(try found.function("infer").operations == ["input"])
  }

  @Test func activationsByName() throws {
    let found = try program {
      let layer = TransformerEncoderLayer(4, heads: 2, feedForward: 8, activation: .gelu)
      Model("gelu", layer).infer(Input("x", [3, 1, 4])) { ["y": layer($0)] }
    }
    #expect(try found.function("infer").operations.contains("erf"))
  }
}

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct ModuleMistakes {
  private func errors(_ lines: [String]) -> [String] {
    lines.filter { !$0.hasSuffix("is made here") && !$0.hasSuffix("called from here") }
  }

  @Test func names() {
    let found = mistakes {
      let net = Sequential {
        Dense(2, 2); ReLU()
      }
      Model("a", net).infer(Input("x", [1, 2])) { x in
        _ = net.parameters(named: "0.weigth")
        _ = net.parameters(named: "encoder.*")
        _ = net[2](x)
        _ = net[1..<3](x)
        return ["y": x]
      }
    }
    #expect(
      errors(found) == [
        "5: no parameter has a name like '0.weigth'", "  did you mean '0.weight'?",
        "6: no parameter has a name like 'encoder.*'",
        "  its parameters are '0.weight', '0.bias'",
        "7: the 'Sequential' has no layer 2; numbers go from -2 to 1",
        "8: the layers 1..<3 are not inside the 'Sequential', which has 0..<2",
      ])
  }

  @Test func replacements() {
    let found = mistakes {
      let net = Dense(2, 2)
      Model("a", net).train(epochs: 1, steps: 1) {
        let x = ones([1, 2])
        _ = net.with([x]) { net(x) }
        _ = net.with(["weigth": x]) { net(x) }
        _ = net.with(["weight": x]) { net(x) }
        net.with(["bias": ones([2])]) { net.bias?.assign(zeros([2])) }
        return ["loss": net(x).sum()]
      }
    }
    #expect(
      errors(found) == [
        "4: 'with' needs a tensor for each of the 2 parameters of the module; found 1",
        "5: the module has no parameter 'weigth'", "  did you mean 'weight'?",
        "6: the tensor in the place of the parameter 'weight' must be 'f32[2, 2]'; it is "
          + "'f32[1, 2]'",
        "7: the parameter 'bias' is assigned while 'with' puts a tensor in its place",
        "  assign it, or call 'minimize', outside 'with'",
      ])
  }

  @Test func constantsInsideFunctions() {
    let found = mistakes {
      let table = Constant { ones([2]) }
      _ = table.value
      _ = ones([2])
      Model("a").infer(Input("x", [1, 2])) { ["y": $0] }
    }
    #expect(
      errors(found) == [
        "2: 'Constant' can be used only inside a function of a model",
        "3: 'ones' can be used only inside a function of a model",
        "  in a layer's 'init', write 'Constant { ... }' around it",
      ])
  }

  @Test func convolutions() {
    let found = mistakes {
      Model("a").infer(Input("x", [1, 4, 5, 5]), Input("w", [2, 4, 3, 3])) { x, w in
        _ = convolution(x[0, 0], w)
        _ = convolution(x, w[0])
        _ = convolution(x, w, bias: ones([3]))
        _ = convolution(x, w, stride: 2, padding: .same)
        _ = convolution(x, w, padding: [1, 2, 3])
        _ = transposedConvolution(x, w[.all, .all, 0])
        return ["y": x]
      }
    }
    #expect(
      errors(found) == [
        "2: the input of 'convolution' must have the axes [n, c, x], [n, c, y, x] or "
          + "[n, c, z, y, x]; it is 'f32[5, 5]'",
        "3: the filters of 'convolution' must have 4 axes, as the input 'f32[1, 4, 5, 5]' has; it "
          + "is 'f32[4, 3, 3]'",
        "4: the bias of 'convolution' must have a number for each of 2 outputs, 'f32[2]'; it is "
          + "'f32[3]'",
        "5: padding '.same' of 'convolution' needs stride 1",
        "6: the padding of 'convolution' must be one number or two; found [1, 2, 3]",
        "7: the filters of 'transposedConvolution' must have 4 axes, as the input "
          + "'f32[1, 4, 5, 5]' has; it is 'f32[2, 4, 3]'",
      ])
  }

  @Test func groups() {
    let found = mistakes {
      let (w, v) = (Parameter([2]), Parameter([2]))
      Model("a", ["w": w, "v": v]).train(epochs: 1, steps: 1) {
        let loss = w.value.sum()
        minimize(loss, [(SGD(), [w]), (Adam(), [w])])
        minimize(loss, [(SGD(), [w]), (Adam(accumulate: 2), [v])], clip: .norm(1))
        minimize(loss, [(SGD(), [w]), (Adam(), [v])])
        SGD().minimize(loss, [v], unused: .skip)
        return ["loss": loss]
      }
    }
    #expect(
      errors(found) == [
        "4: 'minimize' is given the parameter 'w' in two groups",
        "5: groups with a common 'clip' must accumulate as many gradients; found [1, 2]",
        "6: the loss does not depend on the parameter 'v'",
        "  leave it out of 'minimize', or use it in the loss",
        "7: the loss does not depend on the parameter 'v'",
        "  compute the loss from the parameters; 'accuracy', '.>' and the like have no gradient",
      ])
  }

  @Test func cells() {
    let found = mistakes {
      let layers = [
        Recurrent([]),
        Recurrent([GRUCell(2, 3), GRUCell(3, 4)]),
        Recurrent([GRUCell(2, 3)], backward: [GRUCell(2, 3), GRUCell(3, 3)]),
      ]
      let good = Recurrent([GRUCell(2, 3)])
      Model("a", ["layers": layers, "good": good]).infer(Input("x", [4, 1, 2])) { x in
        _ = good(x[0])
        _ = good(x, state: [ones([2, 1, 3])])
        _ = good(x, lengths: x)
        return ["y": layers[0](x)]
      }
    }
    #expect(
      errors(found) == [
        "2: the number of cells of 'Recurrent' must be at least 1; found 0",
        "3: all cells of 'Recurrent' need states of the same sizes, at least one tensor each; "
          + "found [3] and [4]",
        "4: 'Recurrent' needs as many backward cells as cells: 1 expected, 2 found",
        "8: the input of 'Recurrent' must have the axes [steps, batch, inputs]; it is 'f32[1, 2]'",
        "9: the initial state of 'Recurrent' must be 'f32[1, 1, 3]'; it is 'f32[2, 1, 3]'",
        "10: the lengths of 'Recurrent' must be an integer for each sequence, such as 'i32[1]'; "
          + "it is 'f32[4, 1, 2]'",
      ])
  }
}
