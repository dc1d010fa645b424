import GraphIR
import GraphKit
import Testing

/// Numbers beside tensors, one axis, layers that a model chooses at will: what they compute.
@Suite struct NumberTests {
  // What a function of the numbers 1 to 6, in two rows, gives.
  private func found(_ body: @escaping (Tensor) -> [Tensor]) throws -> [Double] {
    var learner = try Learner {
      Model("numbers").infer(Input("x", [2, 3])) { x in
        var outputs: Outputs = [:]
        for (i, y) in body(x).enumerated() { outputs.append("y\(i)", y.cast(to: .f32)) }
        return outputs
      }
    }
    return try learner.call("infer", [[1, 2, 3, 4, 5, 6]])
  }

  @Test func numbersStandForTensors() throws {
    #expect(
      try found { x in
        [
          select(x .> 4, x, 0), select(x .> 4, -1.5, x), select(x[0] .> 2, 1, -1),
          maximum(3, x[0]), minimum(x[1], 5), select(x[0] .> 2, 7, x[1]),
        ]
      } == [
        0, 0, 0, 0, 5, 6, 1, 2, 3, 4, -1.5, -1.5, -1, -1, 1, 3, 3, 3, 4, 5, 5, 4, 5, 7,
      ])
  }

  @Test func integersStayIntegers() throws {
    let chosen = try found { x in
      let n = x.cast(to: .i32)
      let chosen = select(n .> 4, n, 0)
      #expect(chosen.elementType == .i32 && select(n .> 4, n, 0.5).elementType == .f32)
      #expect(maximum(2, n).elementType == .i32)
      #expect(concatenate([n, x], axis: 0).elementType == .f32)
      #expect(stack([n[0], n[0].cast(to: .i64)]).elementType == .i64)
      return [chosen]
    }
    #expect(chosen == [0, 0, 0, 0, 5, 6])
  }

  @Test func compoundAssignments() throws {
    #expect(
      try found { x in
        var y = x[0]
        y += 1
        y *= 2
        y -= 0.5
        y /= 0.5
        y += x[1]
        var z = x[0].cast(to: .i32)
        z %= 2
        z |= z << 2
        var w = x
        w[0] += 10
        w[..., 2] *= 0
        return [y, z, w]
      } == [11, 16, 21, 5, 0, 5, 11, 12, 0, 4, 5, 0])
  }

  @Test func oneAxis() throws {
    #expect(
      try found { x in
        [
          x.sum(axis: 0), x.sum(axis: -1), x.mean(axis: 1), x.max(axis: -2), x.min(axis: 1),
          x.product(axis: 0), x.variance(axis: 0), x.standardDeviation(axis: 0, correction: 1) * 0,
          (x .> 3).any(axis: 1), (x .> 3).all(axis: 0), x.countNonZero(axis: 1), x.norm(1, axis: 0),
          x.logSumExp(axis: 0) * 0, x.sum(axis: 1, keep: true),
        ]
      } == [
        5, 7, 9, 6, 15, 2, 5, 4, 5, 6, 1, 4, 4, 10, 18, 2.25, 2.25, 2.25, 0, 0, 0, 0, 1, 0, 0, 0, 3,
        3, 5, 7, 9, 0, 0, 0, 6, 15,
      ])
  }

  @Test func constantsLikeOthers() throws {
    let numbers = try found { x in
      #expect(zeros(like: x, .i32).elementType == .i32)
      return [zeros(like: x[0]), ones(like: x[0]), full(like: x[0], 2.5), eye(2), eye(2, 3)]
    }
    #expect(numbers == [0, 0, 0, 1, 1, 1, 2.5, 2.5, 2.5, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0])
  }

  /// A part of a state is assigned, also in a loop, and stays for the next call.
  @Test func partsOfStateAreAssigned() throws {
    var learner = try Learner {
      let memory = Parameter.statistic([4, 2])
      Model("memory", memory).function("push", Input("x", [2])) { x in
        memory[1...] = memory[..<3]
        memory[0] = x
        _ = scan([], steps: 2) { step in
          memory.value[step.index + 2, 0] += 1
          return ([], [])
        }
        return ["memory": memory.value]
      }
    }
    _ = try learner.call("push", [[1, 2]])
    _ = try learner.call("push", [[3, 4]])
    #expect(try learner.call("push", [[5, 6]]) == [5, 6, 3, 4, 2, 2, 2, 0])
  }

  /// A constant is computed outside the loop that uses it.
  @Test func constantsOfLayers() throws {
    struct Table: Layer {
      let table = Constant { range(3, .f32) * 2 }
      func callAsFunction(_ x: Tensor) -> Tensor {
        scan([], over: [x]) { ([], [$0.slices[0] + table.value]) }.outputs[0] + table.value
      }
    }
    #expect(try found { [Table()($0)] } == [1, 6, 11, 4, 9, 14])
  }

  /// A loop sees the tensor in the place of a weight, and takes gradients by it.
  @Test func replacedParametersInLoops() throws {
    var learner = try Learner {
      let net = Dense(2, 3)
      Model("replaced", net).infer(Input("x", [4, 2])) { x in
        let weight = net.weight.value * 2
        func loss(_ x: Tensor) -> Tensor { (net(x) * net(x)).sum() }
        let inside = net.with(["weight": weight]) {
          scan([], over: [x]) { step in
            ([], [gradient(of: loss(step.slices[0].expanded(at: 0)), by: net.weight.value)])
          }.outputs[0].sum(axis: 0)
        }
        let whole = gradient(of: net.with(["weight": weight]) { loss(x) }, by: weight)
        let after = gradient(of: loss(x), by: net.weight.value)
        return [
          "error": abs(inside - whole).sum(), "size": abs(whole).sum(),
          "other": abs(after - whole).sum(),
        ]
      }
    }
    let found = try learner.call("infer", [[1, 2, -1, 0.5, 3, 1, 0.25, -2]])
    #expect(found[0] < 1e-12 && found[1] > 0.1 && found[2] > 0.1, "\(found)")
  }

  /// Whole examples are dropped, or whole batches; what stays is scaled.
  @Test func stochasticDepthDropsExamples() throws {
    func kept(_ mode: StochasticDepth.Mode) throws -> [[Double]] {
      try Learner.steps(8) {
        let drop = StochasticDepth(0.5, mode: mode)
        Model("depth").train(epochs: 1, steps: 8) {
          let y = drop(ones([64, 3]))
          let isWhole = (y.max(axis: 1) .== y.min(axis: 1)).all()
          return ["whole": isWhole.cast(to: .f32), "sum": y.sum(), "most": y.max()]
        }
      }
    }
    let rows = try kept(.row)
    #expect(rows.allSatisfy { $0[0] == 1 && $0[2] == 2 && abs($0[1] - 192) < 100 }, "\(rows)")
    let batches = try kept(.batch)
    #expect(Set(batches.map { $0[1] }) == [0, 384], "\(batches)")
  }
}
