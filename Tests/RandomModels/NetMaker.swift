internal import GraphIR
internal import GraphKit
internal import LoopIR

/// Writes down a net layer by layer while its first function is traced, so that each choice knows
/// the shape that it meets; keeps the text of the model, and runs again for other functions.
final class NetMaker {
  var choose: Chooser
  private let model: Model
  /// The stored properties of the net, as text.
  private(set) var properties: [String] = []
  /// The lines of its body, as text.
  private(set) var lines: [String] = []
  private var steps: [(_ values: [Tensor]) -> Tensor] = []
  /// The input and the result of each line.
  private(set) var values: [Tensor] = []
  private(set) var parameters: [Parameter] = []
  /// Whether the first layer sees `[n, steps, size]`.
  var startsAsSequence = false
  /// How much C the layers become, a convolution being 1: a limit, as compilers take most of the
  /// time.
  var work = 0
  /// The results that are sequences.
  var sequences: Set<Int> = []

  init(_ choose: Chooser, in model: Model) {
    self.choose = choose
    self.model = model
  }

  /// The tensor that the next layer gets.
  var y: Tensor { values[values.count - 1] }
  /// Its name in the text.
  var name: String { "y\(values.count - 1)" }
  /// Its extents.
  var dims: [Int] { y.shape.dims }

  /// Adds layers until there are so many, and whatever leads to a vector for each example.
  func grow(_ x: Tensor, layers: Int, outputs: Int) {
    values = [x]
    if !x.elementType.isFloat { embed() }
    if startsAsSequence { sequences.insert(values.count - 1) }
    while lines.count < 4 || (lines.count < layers && work < 14) {
      guard y.value != nil else { return }
      addLayer()
    }
    toVector()
    guard y.value != nil else { return }
    let inputs = dims[1]
    layer("Dense(\(inputs), \(outputs))", Dense(inputs, outputs))
  }

  /// Returns what the net makes of another input.
  func applied(to x: Tensor) -> Tensor {
    var values = [x]
    for step in steps { values.append(step(values)) }
    return values[values.count - 1]
  }

  /// Adds a line `let y3 = TEXT`.
  func line(_ text: String, _ step: @escaping (_ values: [Tensor]) -> Tensor) {
    lines.append("let y\(values.count) = \(text)")
    work += 1
    steps.append(step)
    values.append(step(values))
  }

  /// Adds a line that uses the last result only.
  func line(_ text: String, _ step: @escaping (Tensor) -> Tensor) {
    line(text) { (values: [Tensor]) in step(values[values.count - 1]) }
  }

  /// Adds a stored property `let l3 = TEXT` and returns its name.
  func property(_ text: String, _ module: some Module) -> String {
    let name = "l\(properties.count)"
    properties.append("let \(name) = \(text)")
    parameters += model.adopt(module, as: name)
    return name
  }

  /// Adds a layer and a line that applies it.
  func layer(_ text: String, _ layer: some Layer) {
    let own = property(text, layer)
    line("\(own)(\(name))") { (x: Tensor) in layer(x) }
  }

  /// The positions of earlier results of a shape, the last excepted.
  func earlier(where suits: (Tensor) -> Bool) -> [Int] {
    values.indices.dropLast().filter { values[$0].elementType.isFloat && suits(values[$0]) }
  }
}

// What fits anywhere.
extension NetMaker {
  private func addLayer() {
    let isTooLarge = dims.dropFirst().reduce(1, *) > 700
    switch y.rank {
    case 3 where isSequence: addSequenceLayer()
    case 3: isTooLarge ? shrink(Space1D.self) : addSpatialLayer(Space1D.self)
    case 4: isTooLarge ? shrink(Space2D.self) : addSpatialLayer(Space2D.self)
    case 5: isTooLarge ? shrink(Space3D.self) : addSpatialLayer(Space3D.self)
    default: addVectorLayer()
    }
  }

  /// True iff three axes are `[n, steps, size]` instead of `[n, c, x]`.
  private var isSequence: Bool { sequences.contains(values.count - 1) }

  private func embed() {
    let (count, size) = (7, choose.pick([4, 6, 8]))
    layer("Embedding(\(count), \(size))", Embedding(count, size))
  }

  /// Adds an activation.
  func activation() {
    let all: [(String, (Tensor) -> Tensor)] = [
      ("relu", { relu($0) }), ("tanh", { tanh($0) }), ("sigmoid", { sigmoid($0) }),
      ("gelu", { gelu($0) }), ("silu", { silu($0) }), ("softplus", { softplus($0) }),
      ("selu", { selu($0) }), ("mish", { mish($0) }), ("hardSwish", { hardSwish($0) }),
      ("softSign", { softSign($0) }), ("elu", { elu($0) }), ("leakyReLU", { leakyReLU($0) }),
      ("tanhShrink", { tanhShrink($0) }), ("hardTanh", { hardTanh($0) }),
    ]
    let (word, function) = choose.pick(all)
    line("\(word)(\(name))") { function($0) }
  }

  /// Adds the sum with an earlier result of the same shape; returns false if there is none.
  func residual() -> Bool {
    let shape = y.shape
    let places = earlier { $0.shape == shape }
    guard !places.isEmpty else { return false }
    let place = choose.pick(places)
    line("\(name) + y\(place)") { (values: [Tensor]) in values[values.count - 1] + values[place] }
    return true
  }

  /// Adds an operation on the order of the elements along an axis.
  func order() {
    let axis = choose.int(1...(y.rank - 1))
    let place = choose.int(1...3)
    let back = choose.chance(0.5)
    switch choose.int(0...6) {
    case 0:
      line("\(name).cumulativeSum(axis: \(axis), reversed: \(back)) * 0.3") {
        $0.cumulativeSum(axis: axis, reversed: back) * 0.3
      }
    case 1:
      line("\(name).sorted(axis: \(axis), descending: \(back)).values") {
        $0.sorted(axis: axis, descending: back).values
      }
    case 2: line("\(name).rolled(by: \(place), axis: \(axis))") { $0.rolled(by: place, axis: axis) }
    case 3: line("\(name).reversed(axes: [\(axis)])") { $0.reversed(axes: [axis]) }
    case 4:
      line("softmax(\(name), axis: \(axis)) + \(name)") { softmax($0, axis: axis) + $0 }
    case 5:
      line("\(name).cumulativeMax(axis: \(axis), reversed: \(back)).values") {
        $0.cumulativeMax(axis: axis, reversed: back).values
      }
    default:
      line("\(name) - \(name).mean(axes: [\(axis)], keep: true)") {
        $0 - $0.mean(axes: [axis], keep: true)
      }
    }
  }

  /// Adds a layer that drops numbers in training.
  func dropout() {
    let rate = choose.pick([0.1, 0.5])
    layer("Dropout(\(rate))", Dropout(rate))
  }
}
