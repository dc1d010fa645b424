internal import GraphIR
internal import GraphKit
internal import LoopIR

/// What is decided about a net before its first layer: the data, the loss, the optimizer.
struct NetPlan {
  let batch: Int
  /// The extents of one example.
  let dims: [Int]
  let element: ElementType
  let isSequence: Bool
  let layers: Int
  /// The numbers that the net gives for an example.
  let outputs: Int
  private let lossKind: Int
  private let optimizer: OptimizerChoice

  init(seed: Int) {
    var choose = Chooser(seed: seed)
    self.init(&choose)
  }

  init(_ choose: inout Chooser) {
    batch = choose.pick([1, 2, 2, 3, 4])
    layers = choose.int(4...14)
    outputs = choose.int(2...6)
    let form = choose.int(0...9)
    isSequence = form >= 6 && form <= 8
    var element = ElementType.f32
    switch form {
    case 0...3: dims = [choose.int(1...5), choose.int(3...11), choose.int(3...11)]
    case 4: dims = [choose.int(1...6), choose.int(5...33)]
    case 5: dims = [choose.int(1...3), choose.int(2...5), choose.int(2...5), choose.int(2...5)]
    case 6: dims = [choose.int(2...9), choose.pick([2, 4, 6, 8])]
    case 7: dims = [8, choose.pick([4, 8])]
    case 8:
      dims = [choose.int(2...9)]
      element = .i32
    default: dims = [choose.extent(33)]
    }
    self.element = element
    lossKind = choose.int(0...4)
    optimizer = OptimizerChoice(&choose)
  }

  private var hasLabels: Bool { lossKind <= 1 }
  private var target: TensorType {
    hasLabels ? TensorType(.i32, []) : TensorType(.f32, Shape([outputs]))
  }

  /// The data set of the training; nothing is read from it here.
  var data: DataSet {
    DataSet(
      "data",
      fields: ["x": TensorType(element, Shape(dims)), "t": target])
  }

  func loss(_ y: Tensor, _ target: Tensor) -> Tensor {
    switch lossKind {
    case 0: crossEntropy(y, target)
    case 1: nll(logSoftmax(y), target)
    case 2: mse(y, target)
    case 3: huber(y, target)
    default: binaryCrossEntropy(logits: y, target)
    }
  }

  private var lossText: String {
    switch lossKind {
    case 0: "crossEntropy(y, batch.t)"
    case 1: "nll(logSoftmax(y), batch.t)"
    case 2: "mse(y, batch.t)"
    case 3: "huber(y, batch.t)"
    default: "binaryCrossEntropy(logits: y, batch.t)"
    }
  }

  func minimize(_ loss: Tensor, _ parameters: [Parameter]) {
    optimizer.make().minimize(loss, parameters)
  }

  /// The model as text.
  func source(_ name: String, properties: [String], lines: [String]) -> String {
    func type(_ type: TensorType) -> String {
      ".\(type.element)" + (type.rank == 0 ? "" : "\(type.shape)")
    }
    return """
      import GraphKit

      struct Net: Layer {
      \(properties.map { "  \($0)\n" }.joined())
        func callAsFunction(_ y0: Tensor) -> Tensor {
      \(lines.map { "    \($0)\n" }.joined())    return y\(lines.count)
        }
      }

      let net = Net()
      let model = Model("\(name)", net)
      let data = DataSet(
        "data",
        fields: ["x": \(type(TensorType(element, Shape(dims)))), "t": \(type(target))])

      model.train(on: data, batch: \(batch), epochs: 1) { batch in
        let y = net(batch.x)
        let loss = \(lossText)
        \(optimizer.text).minimize(loss, net.parameters)
        return ["loss": loss]
      }

      model.infer(Input("x", \([batch] + dims), .\(element))) { x in ["y": net(x)] }

      """
  }
}

/// An optimizer, and how it is written.
struct OptimizerChoice {
  let text: String
  let make: () -> any Optimizer

  init(_ choose: inout Chooser) {
    let clips: [(String, Clip?)] = [
      ("nil", nil), ("nil", nil), ("nil", nil), (".value(0.1)", .value(0.1)),
      (".norm(1)", .norm(1)),
    ]
    let (word, clip) = choose.pick(clips)
    let steps = choose.pick([1, 1, 1, 2])
    let rest = "clip: \(word), accumulate: \(steps))"
    let flag = choose.chance(0.5)
    switch choose.int(0...8) {
    case 0:
      text = "SGD(rate: 0.1, " + rest
      make = { SGD(rate: 0.1, clip: clip, accumulate: steps) }
    case 1, 2:
      text = "SGD(rate: 0.05, momentum: 0.9, nesterov: \(flag), weightDecay: 0.01, " + rest
      make = {
        SGD(
          rate: 0.05, momentum: 0.9, nesterov: flag, weightDecay: 0.01, clip: clip,
          accumulate: steps)
      }
    case 3:
      text = "RMSProp(rate: 0.01, momentum: 0.5, centered: \(flag), " + rest
      make = {
        RMSProp(rate: 0.01, momentum: 0.5, centered: flag, clip: clip, accumulate: steps)
      }
    case 4:
      text = "Adagrad(rate: 0.01, initialAccumulator: 0.1, " + rest
      make = { Adagrad(rate: 0.01, initialAccumulator: 0.1, clip: clip, accumulate: steps) }
    case 5, 6:
      text = "Adam(rate: 0.01, amsgrad: \(flag), " + rest
      make = { Adam(rate: 0.01, amsgrad: flag, clip: clip, accumulate: steps) }
    case 7:
      text = "AdamW(rate: Schedule.cosine(from: 0.01, steps: 10), " + rest
      make = { AdamW(rate: Schedule.cosine(from: 0.01, steps: 10), clip: clip, accumulate: steps) }
    default:
      text = "Lion(rate: 0.001, weightDecay: 0.1, " + rest
      make = { Lion(rate: 0.001, weightDecay: 0.1, clip: clip, accumulate: steps) }
    }
  }
}
