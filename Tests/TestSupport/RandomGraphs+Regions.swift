// swift-format-ignore-file: NeverForceUnwrap

internal import GraphIR
internal import LoopIR

// Integers, and operations with graphs inside.
extension RandomGraph {
  /// The types of whole numbers.
  var integers: [ElementType] { [.i8, .u8, .i16, .i32, .i32, .i64, .u32, .u64] }

  /// Returns something made of whole numbers or of another floating-point type.
  mutating func whole() -> Tensor {
    let type = integers.randomElement(using: &random)!
    func small(_ x: Tensor) -> Tensor { (tanh(x) * 4).cast(to: type) }
    let known = tensors.filter { $0.elementType.isInteger && $0.elementType != .bool }
    let x = known.randomElement(using: &random).flatMap { chance(0.7) ? $0 : nil } ?? small(float())
    let other = known.last { $0.type == x.type } ?? x
    let functions: [ScalarFunction] = [
      .add, .subtract, .multiply, .minimum, .maximum, .bitAnd, .bitOr, .bitXor,
    ]
    switch Int.random(in: 0..<9, using: &random) {
    case 0...2: return bounded(.map(functions.randomElement(using: &random)!, x, other))
    case 3: return bounded(x.sum(axes: (0..<x.rank).filter { _ in chance(0.6) }))
    case 4: return x.max(axes: (0..<x.rank).filter { _ in chance(0.6) })
    case 5: return x.cast(to: integers.randomElement(using: &random)!)
    case 6: return x.cast(to: element)
    case 7:
      let floats: [ElementType] = [.f64, .f32, .f16, .bf16]
      let y = float().cast(to: floats.randomElement(using: &random)!)
      return tanh(y) * y.filled(0.5)
    default:
      return .map([.less, .equal, .greaterEqual].randomElement(using: &random)!, x, other)
    }
  }

  // Whole numbers that do not grow from step to step.
  private func bounded(_ x: Tensor) -> Tensor {
    guard x.elementType != .bool else { return x }
    return minimum(x, x.filled(50))
  }

  /// Returns the results of a loop or a branch.
  mutating func region() -> [Tensor] {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return branch()
    case 1: return whileLoop()
    default: return scan()
    }
  }

  // What runs inside: some operations on `inputs` and on what is outside, and a tensor of each of
  // `types`, then some more.
  private mutating func inner(
    _ inside: GraphBuilder, _ inputs: [Tensor], _ types: [TensorType], more: Int
  ) -> [Tensor] {
    var maker = RandomGraph(
      random: random, builder: inside, element: element, depth: depth + 1)
    maker.tensors = inputs
    if maker.tensors.allSatisfy({ $0.elementType != element }) {
      maker.tensors.append(inside.constant(0.5, TensorType(element, [2])))
    }
    maker.grow(Int.random(in: 1...5, using: &maker.random))
    var results = types.map { type -> Tensor in
      let fitting = maker.tensors.filter { $0.type == type }
      let x = fitting.last ?? inside.constant(0.25, type)
      return type.element.isFloat ? tanh(x) : x
    }
    for _ in 0..<more {
      results.append(maker.tensors.suffix(4).randomElement(using: &maker.random)!)
    }
    random = maker.random
    return results
  }

  private mutating func some(_ count: ClosedRange<Int>) -> [Tensor] {
    (0..<Int.random(in: count, using: &random)).map { _ in any { $0.shape.count <= 40 } }
      .filter { $0.shape.count <= 40 }
  }

  private mutating func scan() -> [Tensor] {
    let carries = some(1...2)
    let slices = some(0...2).filter { $0.rank > 0 }
    let length = slices.first?.shape[0] ?? Int.random(in: 1...5, using: &random)
    let stacked = slices.filter { $0.shape[0] == length }
    let same = some(0...2)
    let types =
      [Scan.step] + carries.map(\.type)
      + stacked.map { TensorType($0.elementType, Array($0.shape.dims.dropFirst())) }
      + same.map(\.type)
    let more = Int.random(in: 0...2, using: &random)
    let outer = builder
    let region = outer.region(types.map { (nil, $0) }) { inside, inputs in
      inner(inside, inputs, carries.map(\.type), more: more)
    }
    guard let region else { return [] }
    let loop = Scan(
      length: length, carries: carries.count, slices: stacked.count, isReversed: chance(0.3),
      body: region.graph)
    return builder.apply(
      loop, carries + stacked + same + region.captures, results: carries.count + more)
  }

  // A loop that counts, so that it ends.
  private mutating func whileLoop() -> [Tensor] {
    let start = Double(Int.random(in: 0...3, using: &random))
    let count = builder.constant(start, TensorType(.i32, []))
    let carries = [count] + some(1...2)
    let types: [(name: String?, type: TensorType)] = carries.map { (nil, $0.type) }
    let outer = builder
    let condition = outer.region(types) { _, inputs in [inputs[0] .< 3] }
    let body = outer.region(types) { inside, inputs in
      [inputs[0] + 1] + inner(inside, Array(inputs[1...]), carries[1...].map(\.type), more: 0)
    }
    guard let condition, let body, body.captures.isEmpty else { return [] }
    let loop = While(carries: carries.count, condition: condition.graph, body: body.graph)
    return builder.apply(loop, carries, results: carries.count)
  }

  private mutating func branch() -> [Tensor] {
    let x = float()
    let test = x.sum() .> 0
    let inputs = some(1...3)
    let wanted = inputs.prefix(2).map(\.type)
    let types: [(name: String?, type: TensorType)] = inputs.map { (nil, $0.type) }
    let outer = builder
    let then = outer.region(types) { inner($0, $1, wanted, more: 0) }
    let otherwise = outer.region(types) { inner($0, $1, wanted, more: 0) }
    guard let then, let otherwise, then.captures.isEmpty, otherwise.captures.isEmpty,
      !wanted.isEmpty
    else { return [] }
    return builder.apply(
      Cond(then: then.graph, otherwise: otherwise.graph), [test] + inputs, results: wanted.count)
  }
}
