package import GraphIR
package import GraphKit
internal import LoopIR
internal import Support

/// A small function drawn at random, of which the compiler makes one to a few kernels.
package struct RandomKernel {
  /// The seed, which it is made from.
  package let seed: Int
  /// What kind of loops it is about.
  package let family: String
  /// What the arguments hold.
  package let arguments: [Numbers]
  /// The numbers of the arguments that are parameters of the model instead of inputs.
  package let parameters: Set<Int>
  let body: KernelBody

  /// The name of the function.
  package var name: String { "k\(seed)" }

  /// The names of all families.
  package static let families = KernelFamily.all.map(\.name)

  /// The kernel of a seed; of a given family if there is one of that name.
  package init(seed: Int, family: String? = nil) {
    var choose = Chooser(seed: seed)
    let families = KernelFamily.all.filter { family == nil || $0.name == family }
    let lots = families.flatMap { Array(repeating: $0, count: $0.weight) }
    let chosen = choose.pick(lots.isEmpty ? KernelFamily.all : lots)
    let types: [ElementType] = [.f32, .f32, .f32, .f32, .f32, .f32, .f64, .f64, .f16, .bf16]
    var element = choose.pick(types)
    if element.sumType != element, !chosen.allowsHalf { element = .f32 }
    var maker = KernelMaker(choose: choose, element: element)
    body = maker.finished(chosen.make(&maker), chosen)
    self.seed = seed
    self.family = chosen.name
    arguments = maker.arguments
    parameters = maker.parameters
  }

  /// The numbers of the inputs, in their order.
  package var inputs: [Numbers] {
    arguments.indices.filter { !parameters.contains($0) }.map { arguments[$0] }
  }

  /// The values of the parameters, with their names.
  package var states: [(name: String, numbers: Numbers)] {
    arguments.indices.filter(parameters.contains).map { ("\(name).p\($0)", arguments[$0]) }
  }

  /// Adds the function to a model.
  package func declare(in model: Model) {
    var known: [Int: Parameter] = [:]
    for i in parameters {
      let type = arguments[i].type
      let parameter = Parameter(
        type, role: type.element.isFloat ? .parameter : .statistic, initialiser: .zeros)
      model.adopt(parameter, as: "\(name).p\(i)")
      known[i] = parameter
    }
    let declared = arguments.indices.filter { !parameters.contains($0) }.map {
      Input("x\($0)", arguments[$0].type.shape, arguments[$0].type.element)
    }
    model.function(name, inputs: declared) { inputs in
      var rest = inputs[...]
      let tensors = arguments.indices.map { known[$0]?.value ?? rest.removeFirst() }
      var outputs: Outputs = [:]
      for (i, y) in body(tensors).enumerated() { outputs.append("y\(i)", y) }
      return outputs
    }
  }
}

/// Returns the model of some kernels, each of which is a function.
package func declareKernels(_ kernels: [RandomKernel], name: String) {
  let model = Model(name)
  for kernel in kernels { kernel.declare(in: model) }
}

/// What a kernel makes of its arguments.
typealias KernelBody = ([Tensor]) -> [Tensor]

/// One kind of loops.
struct KernelFamily: Sendable {
  let name: String
  /// How often it is drawn.
  let weight: Int
  /// Whether all arguments of floating-point numbers have a gradient.
  var hasGradient = true
  /// Whether 16-bit floats are of use.
  var allowsHalf = true
  let make: @Sendable (inout KernelMaker) -> KernelBody

  static let all: [KernelFamily] =
    images + products + reductions + decidedRows + orders + views + choices + composites
}

/// Collects the arguments of a kernel.
struct KernelMaker {
  var choose: Chooser
  let element: ElementType
  private(set) var arguments: [Numbers] = []
  private(set) var parameters: Set<Int> = []

  init(choose: Chooser, element: ElementType) {
    self.choose = choose
    self.element = element
  }

  /// Adds an argument of floating-point numbers and returns its place among the arguments.
  @discardableResult
  mutating func floats(_ dims: [Int], in range: ClosedRange<Double> = -1...1) -> Int {
    var numbers = choose.numbers(dims.reduce(1, *), in: range)
    // Ties and zeros are where comparisons and choices differ.
    if range.lowerBound < 0, choose.chance(0.15) { numbers = numbers.map { ($0 * 3).rounded() } }
    return add(dims, element, numbers)
  }

  /// Adds a tensor of floats that is an argument or, half of the time, a parameter.
  @discardableResult
  mutating func weights(_ dims: [Int]) -> Int {
    let place = floats(dims)
    if choose.chance(0.5) { parameters.insert(place) }
    return place
  }

  /// Adds an argument of whole numbers of a range.
  @discardableResult
  mutating func integers(
    _ dims: [Int], in range: ClosedRange<Int>, _ type: ElementType = .i32
  ) -> Int {
    add(dims, type, (0..<dims.reduce(1, *)).map { _ in Double(choose.int(range)) })
  }

  /// Adds an argument that is a copy of another one, with numbers of its own.
  mutating func again(_ numbers: Numbers) {
    let (low, high) = (numbers.values.min() ?? 0, numbers.values.max() ?? 0)
    let values =
      numbers.type.element.isFloat
      ? choose.numbers(numbers.values.count, in: low...max(low, high))
      : numbers.values.map { _ in Double(choose.int(Int(low)...Int(max(low, high)))) }
    add(numbers.dims, numbers.type.element, values)
  }

  @discardableResult
  private mutating func add(_ dims: [Int], _ type: ElementType, _ values: [Double]) -> Int {
    arguments.append(Numbers(TensorType(type, Shape(dims)), values.map { type.stored($0) }))
    return arguments.count - 1
  }
}

// What stands around the operation itself.
extension KernelMaker {
  /// Returns the body with something in front of it and behind it, twice, or with its gradients.
  mutating func finished(_ body: @escaping KernelBody, _ family: KernelFamily) -> KernelBody {
    let floats = arguments.indices.filter { arguments[$0].type.element == element }
    let whole = behind(inFront(body, floats))
    if family.hasGradient, !floats.isEmpty, choose.chance(0.4) {
      let (isSquare, isForward) = (choose.chance(0.5), choose.chance(0.3))
      return { x in
        let y = whole(x)
        guard y[0].elementType.isFloat else { return y }
        let weights = isSquare ? y[0] : sin(range(y[0].shape.count).cast(to: y[0].elementType))
        let loss = (y[0] * weights.reshaped(y[0].shape)).sum()
        return (isForward ? y : []) + gradient(of: loss, by: floats.map { x[$0] }, unused: .zero)
      }
    }
    let size = arguments.reduce(0) { $0 + $1.values.count }
    guard parameters.isEmpty, !arguments.isEmpty, size < 1500, choose.chance(0.3) else {
      return whole
    }
    // A kernel that is called twice is a function of its own in the machine code.
    let count = arguments.count
    for numbers in arguments { again(numbers) }
    return { x in whole(Array(x[..<count])) + whole(Array(x[count...])) }
  }

  // Sometimes operands are computed where they are read.
  private mutating func inFront(_ body: @escaping KernelBody, _ floats: [Int]) -> KernelBody {
    guard let place = floats.first, choose.chance(0.2) else { return body }
    let kind = choose.int(0...3)
    return { x in
      var x = x
      switch kind {
      case 0: x[place] = x[place] * 0.5
      case 1: x[place] = sigmoid(x[place])
      case 2: x[place] = relu(x[place])
      default: x[place] = x[place] + x[place]
      }
      return body(x)
    }
  }

  // Sometimes results are used at once.
  private mutating func behind(_ body: @escaping KernelBody) -> KernelBody {
    guard choose.chance(0.25) else { return body }
    let kind = choose.int(0...3)
    return { x in
      var y = body(x)
      guard y[0].elementType.isFloat else { return y }
      switch kind {
      case 0: y[0] = relu(y[0])
      case 1: y[0] = y[0] * 2 - 1
      case 2: y[0] = silu(y[0])
      default: y.append(y[0].sum())
      }
      return y
    }
  }
}
