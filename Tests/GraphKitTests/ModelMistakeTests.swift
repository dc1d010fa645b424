import GraphKit
import Testing

// Lines count from that of the call of `mistakes`; a note is indented.
@Suite struct ModelMistakes {
  @Test func noModel() {
    #expect(
      mistakes {} == [
        "the file declares no model; it needs 'Model(\"name\", network)' and a function of it"
      ])
  }

  @Test func modelsAndFunctions() {
    let found = mistakes {
      let a = Model("a")
      a.infer(Input("x", [2])) { ["y": $0] }
      _ = Model("a")
      a.infer(Input("x", [2])) { ["y": $0] }
      a.function("init") { ["y": Tensor(0)] }
      a.function("two words") { ["y": Tensor(0)] }
      a.function("none") { [:] }
      a.function("twice", Input("x", [2]), Input("x", [2])) { x, _ in ["y": x] }
      a.function("outputs", Input("x", [2])) { ["y": $0, "y": $0 * 2] }
      _ = Model("")
    }
    #expect(
      found == [
        "3: there are two models 'a'",
        "  1: the first is made here",
        "4: the model already has a function 'infer'",
        "  2: it is declared here",
        "5: the name 'init' is reserved for a function that gcomp makes itself",
        "6: the name of a function must consist of ASCII letters, digits and '_', and not begin "
          + "with a digit; it is 'two words'",
        "  did you mean 'two_words'?",
        "7: 'none' must return at least one named value, as in '[\"loss\": loss]'",
        "8: the function has two inputs 'x'",
        "9: the function returns two values 'y'",
        "10: the name of a model must consist of ASCII letters, digits and '_', and not begin "
          + "with a digit; it is ''",
      ])
  }

  @Test func modelWithoutFunctions() {
    let found = mistakes {
      _ = Model("empty")
    }
    #expect(
      found == [
        "1: the model 'empty' has no function; declare one with 'train', 'infer' or 'function'"
      ])
  }

  @Test func functionInAFunction() {
    let found = mistakes {
      let model = Model("outer")
      model.function("outer") {
        model.function("inner") { ["y": Tensor(1)] }
        return ["x": Tensor(1)]
      }
    }
    #expect(
      found == [
        "3: the function 'inner' is declared inside a function of a model; declare it outside"
      ])
  }

  @Test func shapesAreCheckedWhereTheyMeet() {
    let found = mistakes {
      Model("shapes").infer(Input("x", [2, 3])) { x in
        func twice(_ x: Tensor) -> Tensor {
          x.matmul(x)
        }
        let y = twice(x)
        // What follows from a mistake is none.
        return ["y": y + 1, "z": softmax(y).flattened()]
      }
    }
    #expect(
      found == [
        "3: inner sizes of 'matmul' differ: 3 in 'f32[2, 3]', 2 in 'f32[2, 3]'",
        "  1: operand 1, 'f32[2, 3]', is made here",
        "  1: operand 2, 'f32[2, 3]', is made here",
        "  5: called from here",
      ])
  }
}

@Suite struct TrainingMistakes {
  private var data: DataSet {
    DataSet("data", fields: ["image": .f32[4], "label": .u8])
  }

  @Test func lossAndMetrics() {
    let found = mistakes {
      Model("a").train(on: data, batch: 10, epochs: 1) { ["loss": $0.image] }
      Model("b").train(on: data, batch: 10, epochs: 1) { _ in [:] }
      Model("c").train(on: data, batch: 10, epochs: 1) { batch in
        ["loss": batch.image.mean(), "label": batch.label.max()]
      }
      Model("d").train(
        on: data, batch: 10, epochs: 1, validation: 0.5, best: .max("f1")
      ) { batch in
        ["loss": batch.image.mean()]
      } evaluate: { batch in
        ["accuracy": batch.image.mean()]
      }
      Model("e").train(on: data, batch: 10, epochs: 1, stop: .patience(0)) { batch in
        ["loss": batch.image.mean()]
      }
      Model("f").infer(Input("x", [2])) { ["y": .ratio($0.sum(), $0.max())] }
      Model("g").train(on: data, batch: 10, epochs: 1) { batch in
        ["loss": batch.image.mean(), "step": batch.image.max()]
      }
    }
    #expect(
      found == [
        "1: the first value of 'train', the loss, must be a single floating-point number; "
          + "'loss' is 'f32[10, 4]'",
        "  take its mean or sum",
        "2: 'train' must return at least one named value, as in '[\"loss\": loss]'",
        "4: each value of 'train' must be a single floating-point number; 'label' is 'u8[]'",
        "  convert it with 'cast(to: .f32)'",
        "6: 'best' watches 'f1', but the evaluation returns 'accuracy'",
        "13: 'stop:' needs an evaluation; pass 'validation:' or 'evaluate:' to 'train'",
        "13: the patience of 'train' must be at least 1; found 0",
        "17: a metric cannot be called 'step', which is a column of results.csv",
        "  find another name",
      ])
  }

  @Test func batches() {
    let found = mistakes {
      Model("a").train(on: data, batch: 90, epochs: 1, validation: 0.2) { ["loss": $0.image.sum()] }
      Model("b").train(on: data, batch: 0, epochs: 1, validation: 1.5) { ["loss": $0.image.sum()] }
      Model("c").train(on: data, batch: 5, epochs: 1, validation: 0.001) { ["loss": $0.imag.sum()] }
      Model("d").train(on: data, batch: 5, epochs: 1) { ["loss": $0["nothing"].sum()] }
    }
    #expect(
      found == [
        "2: the batch of 'train' must be at least 1; found 0",
        "2: the validation of 'train' must be from 0 to 1; found 1.5",
        "3: the data set has no field 'imag'; it has 'image', 'label'",
        "  did you mean 'image'?",
        "4: the data set has no field 'nothing'; it has 'image', 'label'",
      ])
  }

  @Test func trainingTwice() {
    let found = mistakes {
      let model = Model("a")
      model.train(epochs: 1, steps: 1) { ["loss": Tensor(1)] }
      model.train(epochs: 1, steps: 1) { ["loss": Tensor(1)] }
    }
    #expect(
      found == ["3: the model already has a function 'train'", "  2: it is declared here"])
  }

  @Test func settings() {
    let found = mistakes {
      let model = Model("a")
      let rate = model.setting("rate", 1)
      _ = model.setting("rate", 2)
      model.infer(Input("x", [2])) { ["y": $0 * rate.value] }
    }
    #expect(found == ["3: there are two settings 'rate'", "  2: the first is declared here"])
  }

  @Test func plateaus() {
    let found = mistakes {
      let weight = Parameter([])
      Model("a", weight).train(epochs: 1, steps: 1) {
        SGD(rate: .reduceOnPlateau(from: 1)).minimize(weight.value, [weight])
        return ["loss": weight.value]
      }
    }
    #expect(
      found == [
        "3: 'reduceOnPlateau' needs an evaluation; pass 'validation:' or 'evaluate:' to 'train'"
      ])
  }
}

@Suite struct StateMistakes {
  @Test func parametersOutsideFunctionsAndModels() {
    let found = mistakes {
      let (inside, outside) = (Dense(2, 2), Dense(2, 2, bias: false))
      _ = inside.weight.value
      let model = Model("a", inside)
      model.infer(Input("x", [1, 2])) { ["y": outside(inside($0))] }
      let other = Model("b")
      other.infer(Input("x", [1, 2])) { ["y": $0.matmul(inside.weight.value)] }
      inside.bias?.assign(randomNormal([2]))
    }
    #expect(
      found == [
        "2: the parameter 'weight' can be used only inside a function of a model",
        "4: the parameter 'weight' is used, but is not part of the model 'a'",
        "  1: it is made here",
        "  pass all layers to the model, as in 'Model(\"a\", [\"a\": a, \"b\": b])'",
        "6: the parameter 'weight' belongs to the model 'a'",
        "  1: it is made here",
        "  a parameter belongs to one model, which may have several functions",
        "7: the parameter 'bias' can be used only inside a function of a model",
        "7: 'random numbers' can be used only inside a function of a model",
      ])
  }

  @Test func twoParametersOfOneName() {
    struct Net: Module {
      let first = Parameter([1], named: "w")
      let second = Parameter([1], named: "w")
    }
    let found = mistakes {
      Model("a", Net()).infer(Input("x", [1])) { ["y": $0] }
    }
    #expect(found.first == "1: there are two parameters 'w'")
    #expect(found.count == 3)
  }

  @Test func tensorsOfTwoFunctions() {
    let found = mistakes {
      let model = Model("a", Dense(2, 2))
      var kept: Tensor?
      model.function("first", Input("x", [2])) { x in
        kept = x * 2
        return ["y": x]
      }
      model.function("second", Input("x", [2])) { x in
        guard let kept else { return ["x": x] }
        return [
          "sum": x + kept,
          "select": select(x .> 0, kept, x),
          "joined": concatenate([x, kept]),
          "kept": relu(kept),
        ]
      }
      model.function("third") { ["kept": kept ?? Tensor(0)] }
    }
    let hint = "  a tensor lives only in the function that makes it; keep state in a 'Parameter'"
    #expect(
      found == [
        "10: '+' is given a tensor that belongs to another function", hint,
        "11: 'select' is given a tensor that belongs to another function", hint,
        "12: 'concatenate' is given a tensor that belongs to another function", hint,
        "13: 'relu' is given a tensor that belongs to another function", hint,
        "16: 'return' is given a tensor that belongs to another function", hint,
      ])
  }

  @Test func assignments() {
    let found = mistakes {
      let count = Parameter.statistic([])
      Model("a", ["count": count]).infer(Input("x", [2])) { x in
        count.assign(x)
        return ["y": x]
      }
    }
    #expect(
      found == [
        "3: the parameter 'count' is 'f32[]'; it is assigned 'f32[2]'", "  1: it is made here",
      ])
  }

  @Test func initialisers() {
    let found = mistakes {
      let odd = Parameter([2], initialiser: Initialiser { _ in Tensor([1, 2, 3]) })
      Model("a", odd).infer(Input("x", [2])) { ["y": $0 + odd.value] }
    }
    #expect(
      found == ["1: the initialiser of the parameter 'parameter' gives 'f32[3]'; expected 'f32[2]'"]
    )
  }
}
