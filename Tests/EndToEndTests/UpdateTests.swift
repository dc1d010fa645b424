import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import TestSupport
import Testing

/// A model whose functions are run in `f64`, one call after the other, by the interpreter of loops.
struct Learner {
  private let program: LoopProgram
  private var states: [[Double]]

  init(_ declare: () -> Void) throws {
    var options = CompileOptions()
    options.doublePrecision = true
    program = lower(optimize(try traced(declare), options))
    states = program.states.map { Array(repeating: 0, count: $0.array.count) }
    _ = try call("init", [[1]])
  }

  /// Returns what a function gives, all numbers in a row.
  mutating func call(_ name: String = "train_step", _ inputs: [[Double]] = []) throws -> [Double] {
    let function = try #require(program.functions.first { $0.name == name })
    let found = LoopInterpreter.run(function, of: program, states: &states, inputs: inputs)
    return found.flatMap { $0 }
  }

  /// Returns what each of several steps of training gives.
  static func steps(_ count: Int, _ declare: () -> Void) throws -> [[Double]] {
    var learner = try Learner(declare)
    return try (0..<count).map { _ in try learner.call() }
  }
}

private func isNear(_ found: [[Double]], _ expected: [[Double]]) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { a, b in
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-12 * max(abs($1), 1) }
    }
}

/// `w = 3` after each update against `w * w`, as PyTorch makes it.
private enum PyTorch {
  /// `Adam([w], lr=0.1)`.
  static let adam = [
    2.9000000001666666, 2.8001027074147884, 2.7003815234507469, 2.6009135310557845,
    2.5017794562272861, 2.403063607381466,
  ]
  /// `SGD([w], lr=0.1)` with `StepLR(step_size=2, gamma=0.1)`.
  static let scheduled = [2.4, 1.92, 1.8816, 1.843968, 1.840280064, 1.8365995038719998]
  /// `SGD([w], lr=0.1)`, which steps after every second gradient.
  static let accumulated = [3, 1.8, 1.8, 1.08, 1.08, 0.648]
}

private func three() -> Parameter { Parameter([], initialiser: .constant(3)) }

private func square(_ x: Parameter) -> Tensor { x.value * x.value }

/// One optimizer, used several times in a step.
@Suite struct UpdateTests {
  // Six steps of two parameters that one optimizer changes in two calls.
  private func shared(_ optimizer: () -> any Optimizer) throws -> [[Double]] {
    try Learner.steps(6) {
      let (a, b) = (three(), three())
      let optimizer = optimizer()
      Model("two", ["a": a, "b": b]).train(epochs: 1, steps: 6) {
        optimizer.minimize(square(a), [a])
        optimizer.minimize(square(b), [b])
        return ["a": a.value, "b": b.value]
      }
    }
  }

  @Test func differentParametersHaveTheirOwnCounts() throws {
    let adam = try shared { Adam(rate: 0.1) }
    #expect(isNear(adam, PyTorch.adam.map { [$0, $0] }), "\(adam)")
    let scheduled = try shared { SGD(rate: .step(from: 0.1, every: 2, factor: 0.1)) }
    #expect(isNear(scheduled, PyTorch.scheduled.map { [$0, $0] }), "\(scheduled)")
    let accumulated = try shared { SGD(rate: 0.1, accumulate: 2) }
    #expect(isNear(accumulated, PyTorch.accumulated.map { [$0, $0] }), "\(accumulated)")
  }

  @Test func theSameParametersGoOnCounting() throws {
    func found(_ optimizer: () -> any Optimizer) throws -> [[Double]] {
      try Learner.steps(2) {
        let w = three()
        let optimizer = optimizer()
        Model("same", w).train(epochs: 1, steps: 2) {
          for _ in 0..<3 { optimizer.minimize(square(w), [w]) }
          return ["w": w.value]
        }
      }
    }
    let adam = try found { Adam(rate: 0.1) }
    #expect(isNear(adam, [[PyTorch.adam[2]], [PyTorch.adam[5]]]), "\(adam)")
    let scheduled = try found { SGD(rate: .step(from: 0.1, every: 2, factor: 0.1)) }
    #expect(isNear(scheduled, [[PyTorch.scheduled[2]], [PyTorch.scheduled[5]]]), "\(scheduled)")
    let accumulated = try found { SGD(rate: 0.1, accumulate: 2) }
    #expect(
      isNear(accumulated, [[PyTorch.accumulated[2]], [PyTorch.accumulated[5]]]), "\(accumulated)")
  }

  /// `b` is changed twice in a step, the others once.
  @Test func overlappingParametersCountTheirOwnUpdates() throws {
    let found = try Learner.steps(3) {
      let (a, b, c) = (three(), three(), three())
      Model("overlap", ["a": a, "b": b, "c": c]).train(epochs: 1, steps: 3) {
        let adam = Adam(rate: 0.1)
        adam.minimize(square(a) + square(b), [a, b])
        adam.minimize(square(b) + square(c), [b, c])
        return ["a": a.value, "b": b.value, "c": c.value]
      }
    }
    let adam = PyTorch.adam
    #expect(isNear(found, (0..<3).map { [adam[$0], adam[2 * $0 + 1], adam[$0]] }), "\(found)")
  }
}

/// Optimizers in loops and branches.
@Suite struct UpdatesInRegionsTests {
  /// The five updates of a critic, say; the optimizer may be made where it is used.
  @Test func aScanOfUpdates() throws {
    func found(_ optimizer: @escaping () -> any Optimizer) throws -> [[Double]] {
      try Learner.steps(2) {
        let w = three()
        Model("loop", w).train(epochs: 1, steps: 2) {
          let losses = scan([], steps: 3) { _ in
            let loss = square(w)
            optimizer().minimize(loss, [w])
            return ([], [w.value])
          }.outputs
          return ["w": w.value, "first": losses[0].sliced(0, 0..<1).sum()]
        }
      }
    }
    func expected(_ numbers: [Double]) -> [[Double]] {
      [[numbers[2], numbers[0]], [numbers[5], numbers[3]]]
    }
    #expect(isNear(try found { Adam(rate: 0.1) }, expected(PyTorch.adam)))
    #expect(
      isNear(
        try found { SGD(rate: .step(from: 0.1, every: 2, factor: 0.1)) },
        expected(PyTorch.scheduled)))
    #expect(
      isNear(try found { SGD(rate: 0.1, accumulate: 2) }, expected(PyTorch.accumulated)))
    let outside = Adam(rate: 0.1)
    #expect(isNear(try found { outside }, expected(PyTorch.adam)))
  }

  /// What a layer makes of its weight alone is made inside, too.
  @Test func aScanIsTheLoopWrittenOut() throws {
    func found(rolled: Bool) throws -> [[Double]] {
      try Learner.steps(4) {
        let net = Sequential {
          Dense(3, 4); Tanh(); Dense(4, 1)
        }
        let adam = Adam(rate: 0.05)
        Model("dense", net).train(epochs: 1, steps: 4) {
          let x = Tensor(values: (0..<18).map { Double($0 * 7 % 11) / 5 - 1 }, shape: [3, 2, 3])
          func update(_ x: Tensor) -> Tensor {
            let loss = mse(net(x), x.sum(axes: [1], keep: true))
            adam.minimize(loss, net.parameters)
            return loss
          }
          if rolled {
            return ["loss": scan([], over: [x]) { ([], [update($0.slices[0])]) }.outputs[0].sum()]
          }
          let losses = (0..<3).map { i in update(x.sliced(0, i..<(i + 1)).squeezed(0)) }
          return ["loss": losses.dropFirst().reduce(losses[0], +)]
        }
      }
    }
    let rolled = try found(rolled: true)
    #expect(isNear(rolled, try found(rolled: false)), "\(rolled)")
  }

  @Test func anUpdateInABranch() throws {
    let found = try Learner.steps(6) {
      let (w, t) = (three(), Parameter.statistic([], .i32))
      Model("branch", ["w": w, "t": t]).train(epochs: 1, steps: 6) {
        let loss = cond(
          t.value % 2 .== 0,
          then: {
            let loss = square(w)
            Adam(rate: 0.1).minimize(loss, [w])
            return loss
          }, else: { Tensor(0) })
        t.assign(t.value + 1)
        return ["loss": loss, "w": w.value]
      }
    }
    let w = [3] + PyTorch.adam
    let expected = (0..<6).map { (i: Int) -> [Double] in
      let before = w[i / 2]
      return [i % 2 == 0 ? before * before : 0, w[i / 2 + 1]]
    }
    #expect(isNear(found, expected), "\(found)")
  }

  /// Gradients of parts of a batch, added up in a loop.
  @Test func gradientsInAScan() throws {
    var learner = try Learner {
      let net = Sequential {
        Dense(3, 4); Tanh(); Dense(4, 1)
      }
      Model("parts", net).infer(Input("x", [3, 2, 3])) { x in
        let weights = net.parameters.map(\.value)
        let start = weights.map { $0.filled(0) }
        let parts = scan(start, over: [x]) { step in
          let slopes = gradient(of: net(step.slices[0]).sum(), by: weights)
          return (zip(step.carries, slopes).map { $0 + $1 }, [])
        }.carries
        let whole = gradient(of: net(x.reshaped([6, 3])).sum(), by: weights)
        var (error, size) = (Tensor(0), Tensor(0))
        for (part, all) in zip(parts, whole) {
          error = error + abs(part - all).sum()
          size = size + abs(all).sum()
        }
        return ["error": error, "size": size]
      }
    }
    let found = try learner.call("infer", [(0..<18).map { Double($0 * 7 % 11) / 5 - 1 }])
    #expect(found[0] < 1e-12 && found[1] > 0.1, "\(found)")
  }
}

/// Gradients go through what is assigned, and end at what an optimizer made.
@Suite struct AssignmentTests {
  @Test func gradientsGoThroughAssignments() throws {
    var learner = try Learner {
      let w = Parameter([2], initialiser: .constant(3))
      Model("assigned", w).infer(Input("x", [2])) { x in
        let before = w.value
        w.assign(before * before)
        let y = (w.value * x).sum()
        let slope = gradient(of: y, by: before)
        let second = gradient(of: (slope * slope).sum(), by: before)
        w.assign(before)
        return ["slope": slope, "second": second, "now": w.value]
      }
    }
    #expect(try learner.call("infer", [[1, 5]]) == [6, 30, 24, 600, 3, 3])
  }

  /// The step of an inner problem, of which the outer one is a function.
  @Test func learningToLearn() throws {
    let (w, x, y): (Double, Double, Double) = (1.5, 2, 0.5)
    let (other, target): (Double, Double) = (-1, 3)
    let found = try Learner.steps(1) {
      let net = Parameter([], initialiser: .constant(w))
      Model("maml", net).train(epochs: 1, steps: 1) {
        let before = net.value
        let inner: Tensor = net.value * x - y
        net.assign(net.value - gradient(of: inner * inner, by: net.value) * 0.1)
        let outer: Tensor = net.value * other - target
        let loss = outer * outer
        net.assign(before)
        SGD(rate: 0.02).minimize(loss, [net])
        return ["loss": loss, "w": net.value]
      }
    }
    let moved: Double = w - 0.2 * (w * x - y) * x
    let miss: Double = moved * other - target
    let slope: Double = 2 * miss * other * (1 - 0.2 * x * x)
    #expect(isNear(found, [[miss * miss, w - 0.02 * slope]]), "\(found)")
  }

  /// Second gradients through steps of a loop that assigns, beside finite differences.
  @Test func gradientsThroughAssignmentsInAScan() throws {
    var learner = try Learner {
      let w = Parameter([])
      Model("steps", w).infer(Input("start", [], .f64), Input("rate", [], .f64)) { start, rate in
        let (begin, rate) = (start.cast(to: .f32), rate.cast(to: .f32))
        w.assign(begin)
        _ = scan([], steps: 3) { _ in
          let loss = tanh(w.value) * w.value
          w.assign(w.value - gradient(of: loss, by: w.value) * rate)
          return ([], [])
        }
        let loss = w.value * w.value
        let slope = gradient(of: loss, by: begin)
        return ["loss": loss, "slope": slope, "second": gradient(of: slope, by: rate)]
      }
    }
    func at(_ start: Double, _ rate: Double) throws -> [Double] {
      try learner.call("infer", [[start], [rate]])
    }
    let (h, found) = (1e-4, try at(0.7, 0.2))
    let slope = (try at(0.7 + h, 0.2)[0] - at(0.7 - h, 0.2)[0]) / (2 * h)
    let second = (try at(0.7, 0.2 + h)[1] - at(0.7, 0.2 - h)[1]) / (2 * h)
    #expect(abs(found[1] - slope) < 1e-6 && abs(found[2] - second) < 1e-6, "\(found)")
  }

  /// Weights that are masked for the call of a layer.
  @Test func aWeightIsPutBack() throws {
    let found = try Learner.steps(2) {
      let layer = Dense(2, 1, bias: false)
      Model("masked", layer).train(epochs: 1, steps: 2) {
        let weight = layer.weight.value
        layer.weight.assign(weight * Tensor([[1, 0]]))
        let y = layer(ones([1, 2]))
        layer.weight.assign(weight)
        let before = weight.stopGradient()
        SGD(rate: 1).minimize(y.sum(), [layer.weight])
        return ["change": (layer.weight.value - before).sum(), "last": y.sum() - before.sum()]
      }
    }
    #expect(found.allSatisfy { $0[0] == -1 && $0[1] != 0 }, "\(found)")
  }
}
