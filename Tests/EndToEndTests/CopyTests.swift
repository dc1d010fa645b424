import GraphKit
import Testing

/// Copies of modules and parameters, and those that follow others, beside numbers made by hand.
@Suite struct CopyTests {
  private let rate = 0.25
  private let kept = 0.875

  // Steps of `w <- w - rate * 2 (w - 1)` from a first value, and an average that follows.
  private func expected(_ steps: Int, from first: Double) -> [[Double]] {
    var (w, average) = (first, first)
    return (0..<steps).map { _ in
      w -= rate * 2 * (w - 1)
      average = average * kept + w * (1 - kept)
      return [w, average]
    }
  }

  private func isNear(_ found: [[Double]], _ expected: [[Double]]) -> Bool {
    found.count == expected.count
      && zip(found.joined(), expected.joined()).allSatisfy { abs($0 - $1) <= 1e-12 }
  }

  /// A target begins where the net that learns does, whichever of them the model names first.
  @Test(arguments: [true, false]) func aTargetFollows(isFirst: Bool) throws {
    var learner = try Learner {
      let online = Dense(1, 1, bias: false)
      let target = online.copy()
      let nets: KeyValuePairs<String, any Module> =
        isFirst ? ["target": target, "online": online] : ["online": online, "target": target]
      let model = Model("follows", nets)
      model.train(epochs: 1, steps: 3) {
        SGD(rate: 0.25).minimize(mse(online(ones([1, 1])), ones([1, 1])), online.parameters)
        target.follow(online, 0.875)
        return ["online": online(ones([1, 1])).sum(), "target": target(ones([1, 1])).sum()]
      }
      model.function("weights") {
        ["online": online.weight.value.sum(), "target": target.weight.value.sum()]
      }
    }
    let first = try learner.call("weights")
    #expect(first[0] == first[1] && first[0] != 0)
    let found = try (0..<3).map { _ in try learner.call() }
    #expect(isNear(found, expected(3, from: first[0])), "\(found)")
  }

  /// In a loop and a branch, with a part that is computed; a part of 0 makes both equal.
  @Test func followingInLoopsAndBranches() throws {
    let found = try Learner.steps(2) {
      let w = Parameter([], initialiser: .constant(3))
      let average = w.copy()
      let twin = w.copy()
      let model = Model("loops", ["w": w, "average": average, "twin": twin])
      model.train(epochs: 1, steps: 2) {
        let kept = Tensor(0.875)
        _ = scan([], steps: 2) { _ in
          let miss = w.value - 1
          SGD(rate: 0.25).minimize(miss * miss, [w])
          average.follow(w, kept)
          return ([], [])
        }
        _ = cond(
          model.steps % 2 .== 1,
          then: {
            twin.follow(w, 0)
            return Tensor(1)
          }, else: { Tensor(0) })
        return ["w": w.value, "average": average.value, "twin": twin.value]
      }
    }
    let numbers = expected(4, from: 3)
    #expect(isNear(found, [numbers[1] + [3], numbers[3] + [numbers[3][0]]]), "\(found)")
  }

  /// Statistics follow too; those that count become equal.
  @Test func statisticsFollow() throws {
    var learner = try Learner {
      let online = Sequential {
        Dense(2, 3); BatchNorm1D(3)
      }
      let target = online.copy()
      let model = Model("norms", ["online": online, "target": target])
      model.train(epochs: 1, steps: 2) {
        let x = Tensor([[1, 2], [3, 5], [-1, 1]])
        let loss = pow(online(x), 3).sum()
        SGD().minimize(loss, online.parameters)
        target.follow(online, 0.5)
        return ["loss": loss]
      }
      func statistics(_ net: some Module) -> [Tensor] {
        net.state.dropFirst(4).map { $0.value.cast(to: .f32).sum() }
      }
      model.function("statistics") {
        var outputs: Outputs = [:]
        for (i, value) in (statistics(online) + statistics(target)).enumerated() {
          outputs.append("s\(i)", value)
        }
        return outputs
      }
    }
    let first = try learner.call("statistics")
    _ = try learner.call()
    let second = try learner.call("statistics")
    #expect(first.count == 6)
    #expect(second[2] == 1)
    #expect(second[5] == 1)
    for i in 0..<2 {
      #expect(second[i] != first[i])
      let middle = (first[i] + second[i]) / 2
      #expect(abs(second[i + 3] - middle) < 1e-12)
    }
  }

  /// A control net: the base is frozen, a copy of its body learns and is added to it.
  @Test func aTrainedCopyOfAFrozenBase() throws {
    var learner = try Learner {
      let net = Controlled()
      net.base.freeze()
      let model = Model("control", net)
      model.train(epochs: 1, steps: 4) {
        let loss = mse(net(ones([2, 3])), zeros([2, 2]))
        SGD(rate: 0.05).minimize(loss, net.control.parameters + net.gate.parameters)
        return ["loss": loss]
      }
      model.function("both") {
        let x = Tensor([[1, -1, 2]])
        return ["base": net.base.body(x).sum(), "copy": net.control.body(x).sum()]
      }
    }
    let first = try learner.call("both")
    let losses = try (0..<4).map { _ in try learner.call()[0] }
    let last = try learner.call("both")
    #expect(first[0] == first[1] && first[0] == last[0] && first[1] != last[1])
    #expect(losses[3] < losses[0])
  }

  /// What a copy runs reads and changes its parameters: statistics, gradients, `with`, its parts.
  @Test func whatRunsIsTheCopy() throws {
    var learner = try Learner {
      let net = Sequential {
        Dense(2, 2); BatchNorm1D(2)
      }
      let copy = net.copy()
      let second = copy.copy()
      let model = Model("runs", ["net": net, "copy": copy, "second": second])
      model.train(epochs: 1, steps: 1) {
        let x = Tensor([[1, 2], [3, 5], [-1, 1]])
        let loss = second.run { $0.run { net in pow(net(x), 3).sum() } }
        second.run { $0.run { net in SGD(rate: 1).minimize(loss, net.parameters) } }
        return ["loss": loss]
      }
      model.function("look") {
        let x = Tensor([[1, 2], [3, 5]])
        let weights = copy.parameters.map { $0.value * 2 }
        let double = copy.with(weights) { copy(x) - net(x) + second[0](x) }
        let inside = copy.run { net in net.with(weights) { net[0](x) } }
        return [
          "net": net[0](x).sum(), "copy": copy[0](x).sum(), "second": second[0](x).sum(),
          "both": copy[0..<2](x).sum() - copy(x).sum(), "inside": inside.sum(),
          "double": double.sum(),
        ]
      }
    }
    let first = try learner.call("look")
    #expect(first[0] == first[1] && first[1] == first[2] && first[3] == 0)
    #expect(abs(first[4] - 2 * first[1]) < 1e-12)
    _ = try learner.call()
    let last = try learner.call("look")
    #expect(last[0] == first[0] && last[1] == first[1] && last[2] != first[2])
  }
}

/// A net whose body has a copy that learns beside it.
private struct Controlled: Layer {
  struct Base: Module {
    let body = Dense(3, 4)
    let head = Dense(4, 2)
  }

  let base: Base
  let control: ModuleCopy<Base>
  let gate = Dense(4, 4, initialiser: .zeros)

  init() {
    base = Base()
    control = base.copy()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    base.head(base.body(x) + gate(control.body(x))) + control.run { $0.head($0.body(x)) }
  }
}
