import GraphKit
import Testing

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct LayerMistakes {
  @Test func sizes() {
    let found = mistakes {
      let layers: [any Layer] = [
        Dense(0, 4),
        Conv2D(3, -1, kernel: 3),
        Conv2D(3, 4, kernel: 0),
        Conv2D(3, 4, kernel: 3, groups: 2),
        Conv2D(4, 4, kernel: [1, 2, 3]),
        Conv2D(4, 4, kernel: 3, stride: 2, padding: .same),
        Dropout(1.5),
        MaxPool2D(2, padding: 2),
        Embedding(10, 0),
        BatchNorm(4, momentum: -1),
      ]
      Model("a", Sequential(layers)).infer(Input("x", [2])) { ["y": $0] }
    }
    #expect(
      found == [
        "2: the inputs of 'Dense' must be at least 1; found 0",
        "3: the outputs of 'Conv2D' must be at least 1; found -1",
        "4: the kernel of 'Conv2D' must be at least 1; found 0",
        "5: the 3 inputs of 'Conv2D' cannot be divided into 2 equal groups",
        "6: the kernel of 'Conv2D' is one number or two; found [1, 2, 3]",
        "7: padding '.same' of 'Conv2D' needs stride 1",
        "8: the rate of 'Dropout' must be from 0 to 1; found 1.5",
        "9: the padding of 'MaxPool2D' must be at most half of the kernel; found [2, 2]",
        "10: the size of 'Embedding' must be at least 1; found 0",
        "11: the momentum of 'BatchNorm' must be from 0 to 1; found -1",
      ])
  }

  @Test func inputs() {
    let found = mistakes {
      let net = Sequential {
        Dense(4, 4)
        MaxPool2D(2)
      }
      let norm = BatchNorm(3)
      Model("a", ["net": net, "norm": norm]).infer(Input("x", [2, 4])) { x in
        _ = norm(x)
        _ = LayerNorm(5, affine: false)(x)
        _ = crossEntropy(x, x.sum(axes: [1]).cast(to: .i32).sum())
        _ = mse(x, x.sum(axes: [1]))
        return ["y": net(x)]
      }
    }
    #expect(
      found == [
        "3: the input of 'MaxPool2D' must have 4 axes, [n, c, y, x]; it is 'f32[2, 4]'",
        "  2: it is made here",
        "  11: called from here",
        "7: the input of 'BatchNorm' must have 3 channels in its second axis; it is 'f32[2, 4]'",
        "  6: it is made here",
        "8: the input of 'LayerNorm' must end with the extents '[5]'; it is 'f32[2, 4]'",
        "  6: it is made here",
        "9: 'crossEntropy' needs one integer label for each example, such as 'i32[2]' for 'f32[2, 4]'; "
          + "found 'i64[]'",
        "10: 'mse' needs two tensors of one floating-point type; found 'f32[2, 4]' and 'f32[2]'",
      ])
  }

  @Test func layersOutsideFunctions() {
    let found = mistakes {
      let net = Dense(2, 2)
      var kept: Tensor?
      Model("a", net).infer(Input("x", [1, 2])) { x in
        kept = x
        return ["y": x]
      }
      if let kept { _ = net(kept) }
      _ = Tensor([1, 2]) + 1
    }
    #expect(
      found == [
        "7: 'Dense' can be used only inside a function of a model",
        "8: 'Tensor' can be used only inside a function of a model",
      ])
  }

  @Test func constants() {
    let found = mistakes {
      Model("a").infer(Input("x", [2])) { x in
        _ = Tensor([[1, 2], [3]])
        _ = Tensor(values: [1, 2], shape: [3])
        _ = stack([])
        return ["y": x]
      }
    }
    #expect(
      found == [
        "2: the rows of 'Tensor' must be equally long: row 1 has 1 numbers, the first has 2",
        "3: 'Tensor' of shape '[3]' needs 3 numbers; there are 2",
        "4: 'stack' needs at least one tensor",
      ])
  }
}

@Suite struct OptimizerMistakes {
  // The mistakes of one training step on a parameter `w` and another, `v`, that is not used.
  private func step(
    from line: Int = #line, _ body: (_ w: Parameter, _ v: Parameter) -> Void
  ) -> [String] {
    mistakes(from: line) {
      let (w, v) = (Parameter([2]), Parameter([2]))
      Model("a", ["w": w, "v": v]).train(epochs: 1, steps: 1) {
        body(w, v)
        return ["loss": w.value.sum()]
      }
    }.filter { !$0.hasSuffix("it is made here") && !$0.hasSuffix("called from here") }
  }

  @Test func theLossDependsOnEachParameter() {
    let found = step { w, v in
      SGD().minimize(w.value.sum(), [w, v])
      SGD().minimize(w.value.stopGradient().sum(), [w])
      SGD().minimize(GraphKit.step(w.value).sum(), [w])
    }
    let hint = "  leave it out of 'minimize', or use it in the loss"
    let steps =
      "  the loss must be computed from the parameters, without steps such as 'accuracy' or '.>'"
    #expect(
      found == [
        "1: the loss does not depend on the parameter 'v'", hint,
        "2: the loss does not depend on the parameter 'w'", steps,
        "3: the loss does not depend on the parameter 'w'", steps,
      ])
  }

  @Test func theLossDependsOnThePresentValue() {
    let found = step { w, _ in
      let loss = w.value.sum()
      SGD().minimize(loss, [w])
      SGD().minimize(loss, [w])
    }
    #expect(
      found == [
        "3: the loss was computed before the parameter 'w' got the value it has now",
        "  compute the loss again after the update",
      ])
  }

  @Test func theLossIsOneNumber() {
    let found = step { w, _ in
      SGD().minimize(w.value, [w])
      SGD().minimize(w.value.sum().cast(to: .i32), [w])
    }
    #expect(
      found.filter { !$0.hasPrefix("  ") } == [
        "1: the loss must be a single floating-point number; it is 'f32[2]'",
        "2: the loss must be a single floating-point number; it is 'i32[]'",
      ])
  }

  @Test func parametersAreLearnedOnce() {
    let found = step { w, v in
      let sgd = SGD()
      sgd.minimize(w.value.sum(), [w])
      sgd.minimize(w.value.sum(), [w])
      sgd.minimize(w.value.sum(), [])
      v.freeze()
      sgd.minimize(v.value.sum(), [v])
      sgd.minimize(v.value.sum(), [Parameter.statistic([2])])
    }
    #expect(
      found == [
        "3: one optimizer is given the parameter 'w' twice in one step",
        "4: 'minimize' is given no parameters to learn",
        "6: 'minimize' has nothing to learn: all parameters are frozen",
        "7: 'minimize' is given the parameter of type 'f32[2]', which is not learned",
        "7: 'minimize' has nothing to learn: all parameters are frozen",
      ])
  }

  @Test func options() {
    let found = step { _, _ in
      _ = SGD(rate: -1)
      _ = SGD(nesterov: true)
      _ = Adam(beta1: 1)
      _ = AdamW(clip: .norm(0))
      _ = Lion(accumulate: 0)
    }
    #expect(
      found == [
        "1: the learning rate must be at least 0; found -1",
        "2: 'nesterov' of 'SGD' needs a momentum above 0 and a dampening of 0",
        "3: the beta1 of 'Adam' must be at least 0 and below 1; found 1",
        "4: the limit of 'clip' must be above 0; found 0",
        "5: the number of steps to accumulate must be at least 1; found 0",
      ])
  }

  @Test func minimizeTrains() {
    let found = mistakes {
      let w = Parameter([2])
      Model("a", w).infer(Input("x", [2])) { x in
        SGD().minimize((x * w.value).sum(), [w])
        return ["y": x]
      }
    }
    #expect(found == ["3: 'minimize' works in 'train' only; 'infer' does not train"])
  }
}
