// swift-format-ignore-file: NeverForceUnwrap

internal import GraphIR
internal import LoopIR
internal import TensorLibrary

// Operations.
extension RandomGraph {
  /// Returns the results of one more operation, or of a few.
  mutating func steps() -> [Tensor] {
    switch Int.random(in: 0..<24, using: &random) {
    case 0...2: return [whole()]
    case 3 where depth < 2: return region()
    default: return [step()]
    }
  }

  private mutating func step() -> Tensor {
    switch Int.random(in: 0..<22, using: &random) {
    case 0...2: return unary()
    case 3...6: return binary()
    case 7: return choice()
    case 8, 9: return view()
    case 10: return slice()
    case 11: return pad()
    case 12: return concat()
    case 13, 14: return reduction()
    case 15: return window()
    case 16: return contraction()
    case 17: return convolution()
    case 18: return index()
    case 19, 20: return special()
    default: return source()
    }
  }

  mutating func unary() -> Tensor {
    let x = float()
    if chance(0.1) { return sqrt(abs(x)) }
    if chance(0.05) { return atan2(x, tanh(x) + 2) }
    if chance(0.05) { return x % x.filled(0.75) }
    if chance(0.05) { return x.stopGradient() }
    let function = ScalarFunction.ofOneNumber.randomElement(using: &random)!
    if function.isTame { return x.map(function) }
    let range = function.row.samples.randomElement(using: &random)!
    let (low, high) = (range.lowerBound, range.upperBound)
    return (tanh(x) * ((high - low) / 2) + (high + low) / 2).map(function)
  }

  mutating func binary() -> Tensor {
    let x = float()
    let y = partner(x)
    let functions: [ScalarFunction] = [.add, .add, .subtract, .minimum, .maximum, .multiply]
    let function = functions.randomElement(using: &random)!
    if function == .multiply { return tanh(x) * y }
    if chance(0.1) { return x / (abs(tanh(y)) + 0.5) }
    return .map(function, x, y)
  }

  mutating func choice() -> Tensor {
    let x = float()
    let y = partner(x)
    let condition = x .> [0.0, 0.25].randomElement(using: &random)!
    if chance(0.3) { return condition }
    let known = tensors.last { $0.elementType == .bool && $0.shape == x.shape }
    return select(chance(0.5) ? known ?? condition : condition, y, x)
  }

  mutating func view() -> Tensor {
    let x = any()
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      // Join all axes and split them anew.
      var rest = x.shape.count
      var dims: [Int] = []
      while rest > 1 {
        let divisor = (2...rest).first { rest % $0 == 0 }!
        let extent = chance(0.3) ? rest : divisor
        dims.append(extent)
        rest /= extent
      }
      if chance(0.3) { dims.insert(1, at: Int.random(in: 0...dims.count, using: &random)) }
      return x.reshaped(Shape(dims))
    case 1: return x.transposed(Array(0..<x.rank).shuffled(using: &random))
    case 2:
      let at = Int.random(in: 0...x.rank, using: &random)
      let count = Int.random(in: 1...3, using: &random)
      let shape = Shape(x.shape.dims[..<at] + [count] + x.shape.dims[at...])
      return x.broadcast(to: shape, axes: (0..<x.rank).map { $0 < at ? $0 : $0 + 1 })
    default:
      return x.elementType == .bool
        ? x.cast(to: element) : x.reversed(axes: (0..<x.rank).filter { _ in chance(0.5) })
    }
  }

  mutating func slice() -> Tensor {
    let x = ranked()
    return x.sliced(
      x.shape.dims.map { extent in
        let count = Int.random(in: 1...extent, using: &random)
        let step = count == 1 ? 1 : Int.random(in: 1...((extent - 1) / (count - 1)), using: &random)
        let reach = (count - 1) * step
        let start = Int.random(in: 0..<(extent - reach), using: &random)
        return chance(0.3)
          ? .init(start: start + reach, step: -step, count: count)
          : .init(start: start, step: step, count: count)
      })
  }

  mutating func pad() -> Tensor {
    let x = ranked()
    let parts = x.shape.dims.map { extent -> Pad.Part in
      let low = Int.random(in: (extent > 2 ? -1 : 0)...2, using: &random)
      let high = Int.random(in: (extent > 2 ? -1 : 0)...2, using: &random)
      return Pad.Part(low: low, high: high, interior: chance(0.3) ? 1 : 0)
    }
    return x.padded(parts, value: [0, 1.5].randomElement(using: &random)!)
  }

  mutating func concat() -> Tensor {
    let x = ranked()
    let axis = axis(x)
    let element = element
    func isSame(_ y: Tensor) -> Bool {
      y.elementType == element && y.rank == x.rank
        && (0..<x.rank).allSatisfy { $0 == axis || y.shape[$0] == x.shape[$0] }
    }
    let others = (0..<Int.random(in: 1...2, using: &random)).map { _ in any(where: isSame) }
    return concatenate([x] + others.filter(isSame), axis: axis)
  }

  mutating func reduction() -> Tensor {
    let axes = { (self: inout Self, x: Tensor) in (0..<x.rank).filter { _ in self.chance(0.6) } }
    if chance(0.15), let x = tensors.last(where: { $0.elementType == .bool }) {
      return x.reduce(chance(0.5) ? .any : .all, axes: axes(&self, x), keep: false)
    }
    let x = ranked()
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return x.argmax(axis: axis(x))
    case 1: return x.argmin(axis: axis(x))
    case 2: return tanh(x).product(axes: axes(&self, x))
    case 3: return x.max(axes: axes(&self, x), keep: chance(0.5))
    case 4: return x.min(axes: axes(&self, x))
    case 5: return softmax(x, axis(x))
    default: return x.sum(axes: axes(&self, x), keep: chance(0.3))
    }
  }

  func softmax(_ x: Tensor, _ axis: Int) -> Tensor {
    let e = exp(x - x.max(axes: [axis], keep: true))
    return e / e.sum(axes: [axis], keep: true)
  }

  mutating func window() -> Tensor {
    let x = ranked()
    let size = Int.random(in: 1...Swift.min(3, x.shape[-1]), using: &random)
    let stride = Int.random(in: 1...3, using: &random)
    let count = (x.shape[-1] - size) / stride + 1
    var axes = x.shape.dims.dropLast().enumerated().map { Axis("a\($0)", $1) }
    let n = axes.count
    axes += [Axis("y", count), Axis("u", size)]
    let place = AxisSum([.init(n, stride), .init(n + 1)])
    let map = AxisMap(
      axes, resultRank: n + 1, operands: [(0..<n).map { AxisSum.axis($0) } + [place]])
    let monoid: Monoid = [.sum, .maximum, .minimum].randomElement(using: &random)!
    return builder.apply(Reduce(monoid, map), x)
  }

  mutating func contraction() -> Tensor {
    let x = ranked()
    let a = x.rank == 1 ? x.expanded(at: 0) : x
    let element = element
    let other = any { $0.elementType == element && $0.rank >= 1 && $0.shape[-1] == a.shape[-1] }
    if other.elementType == element, other.rank == 2, other.shape[-1] == a.shape[-1] {
      return tanh(a).linear(other)
    }
    return tanh(a).matmul(chance(0.5) ? a.transposed() : sin(a).transposed())
  }

  mutating func convolution() -> Tensor {
    let x = ranked()
    let line = x.reshaped([1, 1, 1, x.shape.count])
    let width = Int.random(in: 1...Swift.min(3, x.shape.count), using: &random)
    let weight = tanh(line).sliced(3, 0..<width)
    let stride = Int.random(in: 1...2, using: &random)
    let y = line.convolved(
      concatenate([weight, -weight]), stride: [1, stride], dilation: [1, 1], groups: 1)
    return y.reshaped([2, y.shape[-1]])
  }

  mutating func index() -> Tensor {
    let x = ranked()
    let axis = axis(x)
    if chance(0.2) { return running(x, axis) }
    let whole = tensors.filter { $0.elementType == .i32 && $0.shape.count <= 8 }
    let picks =
      whole.randomElement(using: &random)
      ?? (tanh(float()).reshaped([-1]) * 3).cast(to: .i32).sliced(0, 0..<1)
    if chance(0.3) {
      let count = Swift.min(picks.shape.count, x.shape[axis])
      return builder.apply(
        ScatterAdd(axis: axis, extent: Int.random(in: 1...4, using: &random)),
        picks.reshaped([-1]).sliced(0, 0..<count), x.sliced(axis, 0..<count))
    }
    if chance(0.3) {
      let count = Swift.min(picks.shape.count, x.shape[axis])
      let rules: [ScatterRule] = [.set, .add, .max, .min]
      return x.scattered(
        slices: tanh(x.sliced(axis, 0..<count)),
        at: picks.reshaped([-1]).sliced(0, 0..<count), axis: axis,
        by: rules.randomElement(using: &random)!)
    }
    return x.gather(picks, axis: axis)
  }

  private mutating func running(_ x: Tensor, _ axis: Int) -> Tensor {
    let back = chance(0.5)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return x.cumulativeSum(axis: axis, reversed: back)
    case 1: return tanh(x).cumulativeProduct(axis: axis, reversed: back)
    case 2: return tanh(x).cumulativeLogSumExp(axis: axis, reversed: back)
    default: return x.linearRecurrence(tanh(x), axis: axis, reversed: back)
    }
  }

  mutating func source() -> Tensor {
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      let shape = shape()
      let values = random.numbers(shape.count, in: -1...1).map { Literal($0, element) }
      return builder.apply(Constant(values, TensorType(element, shape)))
    case 1:
      let x = ranked()
      return builder.apply(Iota(axis: axis(x), x.type)) * 0.1
    case 2:
      let x = float()
      let words = TensorType(.u32, [2])
      let key = builder.apply(Constant([Literal(7.0, .u32)], words))
      let zero = builder.apply(Constant([Literal(0.0, .u32)], TensorType(.u32, [])))
      let bits = builder.randomBits(key: key, step: zero, ordinal: 1, shape: x.shape)
      return select(bits.cast(to: element) .< 0x1p31, x, x.filled(0))
    case 3:
      let x = float()
      return (tanh(x) * 4).cast(to: .i32)
    default:
      return builder.constant(
        [0, 1, -1, 0.5].randomElement(using: &random)!, TensorType(element, shape()))
    }
  }
}

extension ScalarFunction {
  fileprivate static let ofOneNumber = allCases.filter { $0.arity == 1 && !$0.row.samples.isEmpty }

  // True iff it takes every number, and makes none much larger.
  fileprivate var isTame: Bool {
    [-1e3, -1.5, -0.5, 0, 0.5, 1.5, 1e3].allSatisfy {
      row.value([$0]).magnitude <= $0.magnitude + 1
    }
  }
}
