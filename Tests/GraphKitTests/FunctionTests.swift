import GraphIR
import GraphKit
import Support
import Testing

@Suite struct FunctionTests {
  // The type of what `body` makes of an input.
  private func type(
    _ shape: Shape, _ body: @escaping (Tensor) -> Tensor
  ) throws -> String {
    let program = try program {
      Model("types").infer(Input("x", shape)) { ["y": body($0)] }
    }
    let graph = try program.function("infer").graph
    return graph.type(graph.outputs[0]).description
  }

  @Test func activationsKeepTheShape() throws {
    let found = try type([2, 3]) { x in
      let layers: [any Layer] = [
        ReLU(), LeakyReLU(slope: 0.1), ELU(), GELU(), GELU(approximate: true), SiLU(), Sigmoid(),
        Tanh(), Softplus(), Softmax(), LogSoftmax(axis: 0), Step(), Dropout(), Lambda { $0 * 2 },
      ]
      return stack(layers.map { $0(x) })
    }
    #expect(found == "f32[14, 2, 3]")
  }

  @Test func losses() throws {
    let found = try type([4, 3]) { x in
      let labels = x.argmax()
      let rows = softmax(x)
      return stack([
        mse(x, rows), mae(x, rows), huber(x, rows), smoothL1(x, rows), hinge(x, sign(x)),
        klDivergence(logSoftmax(x), rows), nll(logSoftmax(x), labels),
        crossEntropy(x, labels, labelSmoothing: 0.1, classWeights: [1, 2, 3], ignoring: 0),
        crossEntropy(x, rows), binaryCrossEntropy(logits: x, rows, positiveWeight: [1, 2, 3]),
        binaryCrossEntropy(probabilities: rows, rows), accuracy(x, labels),
        accuracy(x, labels, top: 2), binaryAccuracy(logits: x, rows),
      ])
    }
    #expect(found == "f32[14]")
    #expect(try type([4, 3]) { crossEntropy($0, $0.argmax(), reduction: .none) } == "f32[4]")
    #expect(try type([4, 3, 5]) { crossEntropy($0, $0.argmax(axis: 1)) } == "f32[]")
  }

  @Test func layersOfImages() throws {
    func shape(_ make: @autoclosure () -> any Layer) throws -> String {
      let program = try program {
        let layer = make()
        Model("image", ["layer": layer]).infer(Input("x", [2, 4, 9, 7])) { ["y": layer($0)] }
      }
      let graph = try program.function("infer").graph
      return graph.type(graph.outputs[0]).shape.description
    }
    #expect(try shape(Conv2D(4, 6, kernel: 3)) == "[2, 6, 7, 5]")
    #expect(try shape(Conv2D(4, 6, kernel: [2, 4], padding: .same)) == "[2, 6, 9, 7]")
    #expect(
      try shape(Conv2D(4, 6, kernel: 3, stride: [2, 1], padding: 1, groups: 2)) == "[2, 6, 5, 7]")
    #expect(try shape(Conv2D(4, 6, kernel: 3, padding: [0, 2], dilation: 2)) == "[2, 6, 5, 7]")
    #expect(try shape(MaxPool2D(2)) == "[2, 4, 4, 3]")
    #expect(try shape(MaxPool2D(3, stride: 2, padding: 1)) == "[2, 4, 5, 4]")
    #expect(
      try shape(AvgPool2D(3, stride: 2, padding: 1, countIncludePad: false)) == "[2, 4, 5, 4]")
    #expect(try shape(AdaptiveAvgPool2D([3, 7])) == "[2, 4, 3, 7]")
    #expect(try shape(AdaptiveAvgPool2D(2)) == "[2, 4, 2, 2]")
    #expect(try shape(GlobalAvgPool()) == "[2, 4]")
    #expect(try shape(BatchNorm2D(4)) == "[2, 4, 9, 7]")
    #expect(try shape(LayerNorm(9, 7)) == "[2, 4, 9, 7]")
    #expect(try shape(Flatten()) == "[2, 252]")
  }

  @Test func embeddingsAddAnAxis() throws {
    let program = try program {
      let table = Embedding(10, 4)
      Model("words", table).infer(Input("word", [2, 3], .i32)) { ["y": table($0)] }
    }
    let graph = try program.function("infer").graph
    #expect(graph.type(graph.outputs[0]).description == "f32[2, 3, 4]")
  }

  @Test func initialisersAndRandomNumbers() throws {
    let initialisers: [Initialiser] = [
      .zeros, .ones, .constant(2), .uniform(-1...1), .normal(mean: 1, deviation: 2),
      .truncatedNormal(), .xavierUniform(), .xavierNormal(gain: 2), .heUniform(fan: .output),
      .heNormal(), .fanIn, .orthogonal(),
    ]
    let program = try program {
      let weights = Parameters(all: initialisers.map { Parameter([4, 6], initialiser: $0) })
      Model("start", weights).sample {
        [
          "uniform": randomUniform([3], -1...1), "normal": randomNormal([3], mean: 1),
          "like": randomNormal(like: ones([2, 2])), "coin": randomBool([3], probability: 0.5),
          "range": range(5), "zeros": zeros([2]), "number": Tensor(3),
        ]
      }
    }
    #expect(program.states.count == initialisers.count + 3)
  }

  private struct Parameters: Module {
    let all: [Parameter]
  }
}
