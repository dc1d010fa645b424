import Foundation
import GraphKit

/// Numbers that both sides compute from a name alone, as `scripts/reference/zoo.py` says.
enum ZooNumbers {
  /// Integers below 2^32, scrambled from a name and a position.
  static func words(_ name: String, _ count: Int) -> [UInt32] {
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return (0..<count).map { i in
      var x = hash &+ UInt32(truncatingIfNeeded: i) &* 2_654_435_761
      x = (x ^ (x >> 16)) &* 73_244_475
      return x ^ (x >> 16)
    }
  }

  /// Odd multiples of 1/256 between -1 and 1.
  static func units(_ name: String, _ count: Int) -> [Double] {
    words(name, count).map { (2 * Double($0 >> 24) - 255) / 256 }
  }

  /// The value of a state: variances around 1, factors of norms around 1, and weights that keep
  /// the size of what goes through them.
  static func state(_ name: String, _ shape: [Int]) -> [Double] {
    let units = units(name, shape.reduce(1, *))
    if name.hasSuffix("num_batches_tracked") { return units.map { _ in 0 } }
    if name.hasSuffix("running_var") { return units.map { 1 + $0 / 2 } }
    guard shape.count > 1 else {
      return units.map { name.hasSuffix("weight") ? 1 + $0 / 4 : $0 / 4 }
    }
    let fan = Double(shape.dropFirst().reduce(1, *))
    let scale = pow(2, floor(0.5 * log2(6 / fan) + 0.5))
    return units.map { $0 * scale }
  }

  /// The values of an input.
  static func input(_ argument: ZooRow.Argument) -> [Double] {
    let count = argument.shape.reduce(1, *)
    guard let below = argument.below else { return units(argument.name, count) }
    return words(argument.name, count).map { Double($0 % UInt32(below)) }
  }

  /// One number for the names and shapes of all states.
  static func digest(_ states: [(name: String, shape: [Int])]) -> String {
    var hash: UInt64 = 14_695_981_039_346_656_037
    let lines = states.map { state in
      ([state.name] + state.shape.map(String.init)).joined(separator: " ")
    }
    for byte in lines.sorted().flatMap({ Array(($0 + "\n").utf8) }) {
      hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
    }
    return String(hash, radix: 16)
  }
}

extension ZooRow {
  /// Declares what is compared as a function of a model: 16 of the outputs, a sum of all by chosen
  /// factors, and for each parameter and input the product with its gradient by that sum.
  func declare(
    in model: Model, _ module: any Module, _ call: @escaping ([Tensor]) -> [Tensor]
  ) {
    let inputs = arguments.map { argument in
      Input(argument.name, Shape(argument.shape), argument.below == nil ? .f32 : .i32)
    }
    model.function(name, inputs: inputs) { tensors in
      let y = concatenate(call(tensors).map { $0.flattened() })
      let count = y.shape[0]
      let factors = ((range(count) * 37) % 19 - 9).cast(to: .f32) / 8
      let loss = (y * factors).sum()
      let places = (0..<min(16, count)).map { Double($0 * count / min(16, count)) }
      let values =
        module.parameters.sorted { ($0.name ?? "") < ($1.name ?? "") }.map(\.value)
        + zip(arguments, tensors).filter { $0.0.below == nil }.map(\.1)
      let gradients = gradient(of: loss, by: values, unused: .zero)
      let slopes = zip(values, gradients).map { ($0 * $1).sum() }
      let squares = gradients.map { ($0 * $0).sum() }
      return [
        "y": y.gather(Tensor(places, .i32)), "loss": loss, "slopes": stack(slopes),
        "square": squares.dropFirst().reduce(squares[0]) { $0 + $1 },
      ]
    }
  }

  /// Declares a training of a network for letters.
  func declareTraining(
    in model: Model, _ module: any Module, _ call: @escaping ([Tensor]) -> [Tensor]
  ) {
    let shape = Shape(arguments[0].shape)
    model.train(epochs: 1, steps: 1) {
      let scores = call([randomNormal(shape)])[0]
      let loss = crossEntropy(scores, zeros([shape[0]], .i32))
      Adam(rate: 1e-3).minimize(loss, module.parameters)
      return ["loss": loss, "accuracy": accuracy(scores, zeros([shape[0]], .i32))]
    }
  }
}
