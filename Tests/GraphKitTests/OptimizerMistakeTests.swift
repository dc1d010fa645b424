import GraphKit
import Testing

// Lines count from that of the call of `mistakes`; a note is indented.
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
      "  compute the loss from the parameters; 'accuracy', '.>' and the like have no gradient"
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
        "3: the loss was computed before the parameter 'w' was last changed",
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

  @Test func parametersAreLearned() {
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
    #expect(found == ["3: 'minimize' works only in 'train'; 'infer' does not train"])
  }
}
