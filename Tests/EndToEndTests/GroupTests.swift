import GraphIR
import GraphKit
import Testing

/// Groups of parameters with optimizers of their own and one norm, against PyTorch's.
@Suite struct GroupTests {
  private struct Three: Module {
    let weight: Parameter
    let bias: Parameter
    /// In a group, but not in the loss.
    let idle: Parameter

    init(_ test: ReferenceCase) {
      func given(_ name: String) -> Parameter {
        let numbers = test.parameters[name]
        return Parameter(
          shape(of: numbers),
          initialiser: Initialiser {
            Tensor(values: numbers?.values ?? [], shape: $0.shape, $0.element)
          })
      }
      (weight, bias, idle) = (given("weight"), given("bias"), given("idle"))
    }
  }

  // The groups of a case.
  private func groups(_ name: String, _ p: Three) -> [(optimizer: any Optimizer, [Parameter])] {
    switch name {
    case "two rates of adam":
      [
        (Adam(rate: 0.05, weightDecay: 0.1), [p.weight]), (Adam(rate: 0.2), [p.bias]),
        (Adam(rate: 0.1, weightDecay: 0.1), [p.idle]),
      ]
    case "two rates of sgd":
      [
        (SGD(rate: 0.05, momentum: 0.9), [p.weight]), (SGD(rate: 0.1, weightDecay: 0.1), [p.bias]),
        (SGD(rate: 0.1, momentum: 0.9), [p.idle]),
      ]
    default:
      [
        (AdamW(rate: 0.05, weightDecay: 0.1), [p.weight]),
        (SGD(rate: 0.1, momentum: 0.9), [p.bias, p.idle]),
      ]
    }
  }

  @Test func groupsAgreeForTwentySteps() throws {
    let cases = try ReferenceFile("groups").cases
    #expect(cases.count >= 3)
    for test in cases {
      var learner = try Learner {
        let three = Three(test)
        let limit = test.number("limit")
        let groups = groups(test.name, three)
        Model("groups", three).train(epochs: 1, steps: 20) {
          let x = Tensor(values: test.inputs["x"]?.values ?? [], shape: shape(of: test.inputs["x"]))
          let y = Tensor(values: test.inputs["y"]?.values ?? [], shape: shape(of: test.inputs["y"]))
          let loss = mse(x.matmul(three.weight.value.transposed()) + three.bias.value, y)
          minimize(
            loss, groups.map { ($0.optimizer, $0.1) }, clip: limit > 0 ? .norm(limit) : nil,
            unused: .skip)
          // All numbers, one by one, as a step returns single ones.
          var outputs: Outputs = ["loss": loss]
          for (name, parameter) in [
            ("weight", three.weight), ("bias", three.bias), ("idle", three.idle),
          ] {
            let flat = parameter.value.flattened()
            for i in 0..<flat.shape.count { outputs.append("\(name)\(i)", flat[i]) }
          }
          return outputs
        }
      }
      for step in 0..<20 {
        let expected = ["loss", "weight", "bias", "idle"].flatMap {
          test.outputs[$0]?.part(step) ?? []
        }
        let problem = difference(try learner.call(), expected, relative: 1e-9)
        #expect(problem == nil, "\(test.name), step \(step)")
      }
    }
  }

  /// What is not used keeps its value, its memory and its count.
  @Test func unusedParametersAreLeftAlone() throws {
    let found = try Learner.steps(4) {
      let (a, b) = (
        Parameter([], initialiser: .constant(3)), Parameter([], initialiser: .constant(3))
      )
      let adam = Adam(rate: 0.1, weightDecay: 0.5)
      Model("unused", ["a": a, "b": b]).train(epochs: 1, steps: 4) {
        adam.minimize(a.value * a.value, [a, b], unused: .skip)
        return ["a": a.value, "b": b.value]
      }
    }
    #expect(found.allSatisfy { $0[1] == 3 } && found[3][0] < 2.7, "\(found)")
  }
}
