import GraphIR
import GraphKit
import Support
import Testing

@Suite struct NameTests {
  // The states of a model of `root`, without the two that every model has.
  private func names(_ root: () -> some Module) throws -> [String] {
    let program = try program {
      Model("names", root()).function("nothing") { ["zero": Tensor(0)] }
    }
    return program.stateNames.filter { $0 != "random_key" && $0 != "step" }
  }

  @Test func oneLayerHasNoPrefix() throws {
    #expect(try names { Dense(2, 3) } == ["weight", "bias"])
  }

  @Test func layersOfASequentialAreNumbered() throws {
    let found = try names {
      Sequential {
        Dense(2, 3); ReLU()
        Sequential { Dense(3, 3, bias: false) }
      }
    }
    #expect(found == ["0.weight", "0.bias", "2.0.weight"])
  }

  @Test func conditionsAndLoopsInASequential() throws {
    let deep = true
    let found = try names {
      Sequential {
        if deep { Dense(2, 2, bias: false) }
        for _ in 0..<2 { Dense(2, 2, bias: false) }
        if !deep { ReLU() } else { Dense(2, 1, bias: false) }
      }
    }
    #expect(found == ["0.weight", "1.weight", "2.weight", "3.weight"])
  }

  @Test func storedPropertiesArraysAndOptionals() throws {
    class Block: Module {
      let fc = Dense(2, 2, bias: false)
    }
    final class Wide: Block {
      let norm: BatchNorm? = BatchNorm(2)
      let none: Dense? = nil
    }
    struct Net: Module {
      let blocks = [Block(), Wide()]
      let scale = Parameter([1])
      let position = Parameter([1], named: "pos")
    }
    #expect(
      try names { Net() } == [
        "blocks.0.fc.weight", "blocks.1.fc.weight", "blocks.1.norm.weight", "blocks.1.norm.bias",
        "blocks.1.norm.running_mean", "blocks.1.norm.running_var",
        "blocks.1.norm.num_batches_tracked", "scale", "pos",
      ])
  }

  @Test func sharedParametersHaveAllTheirNames() throws {
    struct Tied: Module {
      let first: Dense
      let second: Dense
    }
    final class Node: Module {
      let fc = Dense(1, 1, bias: false)
      var next: Node?
    }
    let program = try program {
      let layer = Dense(2, 2)
      let node = Node()
      node.next = node
      let model = Model(
        "names", ["a": Tied(first: layer, second: layer), "b": layer, "c": node, "d": node])
      model.function("nothing") { ["zero": Tensor(0)] }
    }
    let states = program.states.values.prefix(3)
    #expect(states.map(\.name) == ["a.first.weight", "a.first.bias", "c.fc.weight"])
    #expect(
      states.map(\.aliases) == [
        ["a.second.weight", "b.weight"], ["a.second.bias", "b.bias"], ["d.fc.weight"],
      ])
  }

  @propertyWrapper private struct Wrapped<Value> {
    var wrappedValue: Value
  }

  /// As in EfficientNet's `_conv_stem.weight`.
  @Test func underscoresBelongToNames() throws {
    final class Net: Module {
      let _x = Dense(1, 1, bias: false)
      let x = Dense(1, 1, bias: false)
      let __y = Parameter([1])
      @Wrapped var wrapped = Dense(1, 1, bias: false)
      lazy var late = Dense(1, 1, bias: false)
    }
    let found = try names {
      let net = Net()
      _ = net.late
      return net
    }
    #expect(found == ["_x.weight", "x.weight", "__y", "wrapped.weight", "late.weight"])
  }

  @Test func valuesOfDictionariesHaveTheirKeys() throws {
    struct Net: Module {
      let blocks = [10: Parameter([1]), 9: Parameter([1])]
      let heads: [String: any Module] = [
        "right": Dense(1, 1, bias: false), "left": Sequential { Dense(1, 1, bias: false) },
        "none": ReLU(),
      ]
    }
    #expect(
      try names { Net() } == ["blocks.9", "blocks.10", "heads.left.0.weight", "heads.right.weight"])
  }

  @Test func rootsAreNamed() throws {
    let program = try program {
      let model = Model("gan", ["generator": Dense(1, 2), "discriminator": Dense(2, 1)])
      model.function("nothing") { ["zero": Tensor(0)] }
    }
    #expect(
      Array(program.stateNames.prefix(4)) == [
        "generator.weight", "generator.bias", "discriminator.weight", "discriminator.bias",
      ])
  }

  @Test func optimizersNameTheirMemory() throws {
    let program = try program {
      let (a, b) = (Parameter([2]), Parameter([2]))
      let model = Model("two", ["a": a, "b": b])
      model.train(epochs: 1, steps: 1) {
        let loss = (a.value * b.value).sum()
        Adam().minimize(loss, [a])
        RMSProp().minimize((a.value * b.value).sum(), [b])
        return ["loss": loss]
      }
    }
    #expect(
      program.stateNames == [
        "a", "b", "random_key", "step", "optimizer.step", "optimizer.a.m", "optimizer.a.v",
        "optimizer2.step", "optimizer2.b.square",
      ])
  }
}
