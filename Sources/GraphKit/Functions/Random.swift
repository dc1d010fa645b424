public import TensorLibrary
public import LoopIR

// Every call gives other numbers; they depend only on the seed, the step and the call. All of them
// are made of words of Philox4x32-10, one or more for each element.

/// Uniform random numbers between two bounds.
///
/// They are multiples of 2^-23 of the distance between the bounds, and never equal to a bound.
public func randomUniform(
  _ shape: Shape, _ range: ClosedRange<Double> = 0...1, _ element: ElementType = .f32
) -> Tensor {
  let unit = randomUnit(shape, element)
  let width = range.upperBound - range.lowerBound
  return width == 1 && range.lowerBound == 0 ? unit : unit * width + range.lowerBound
}

/// Uniform random numbers between two bounds, element by element; gradients flow to the bounds.
public func randomUniform(_ low: Tensor, _ high: Tensor) -> Tensor {
  sample("randomUniform", low, high) { low, high in low + (high - low) * randomUnit(like: low) }
}

/// True with a probability, else false.
public func randomBool(_ shape: Shape, probability: Double) -> Tensor {
  let probability = Check.inside(probability, 0...1, "probability", of: "randomBool")
  let bits = randomWords(shape)
  // 2^32 itself is no `u32`; a comparison with it is always true.
  let limit = (probability * 4_294_967_296).rounded()
  return limit >= 4_294_967_296 ? bits .>= 0 : bits .< limit
}

/// Random integers from `range`, as `i32` unless another type is named.
///
/// A word of 32 bits is multiplied by the number of integers and shifted: probabilities differ by
/// at most a factor of 1 plus that number divided by 2^32.
public func randomIntegers(
  _ shape: Shape, _ range: Range<Int>, _ element: ElementType = .i32
) -> Tensor {
  let count = Check.positive(range.count, "number of integers", of: "randomIntegers")
  let words = randomWords(shape)
  guard words.value != nil else { return words }
  let wide = words.cast(to: .u64)
  let product = wide * wide.filled(Double(count))
  let picks = Tensor.map(.shiftRight, product, product.filled(32)).cast(to: element)
  return range.lowerBound == 0 ? picks : picks + picks.filled(Double(range.lowerBound))
}

/// The integers below `count` in a random order, along a new last axis; one order for each position
/// of `shape`.
///
/// An integer's place is the number of random words below its own: work that grows with the square
/// of `count`.
public func randomPermutation(_ count: Int, _ shape: Shape = []) -> Tensor {
  let count = Check.positive(count, "count", of: "randomPermutation")
  let words = randomWords(Shape(shape.dims + [count]))
  guard words.value != nil else { return words }
  let (own, other) = (words.expanded(at: -1), words.expanded(at: -2))
  let (i, j) = (range(count).expanded(at: -1), range(count))
  // Of two equal words the first one counts as smaller.
  let isBelow = (other .< own) .|| ((other .== own) .&& (j .< i))
  return isBelow.cast(to: .i32).sum(axes: [-1]).cast(to: .i32)
}

/// Numbers strictly between 0 and 1: 23 random bits and a half, exact in `f32`.
func randomUnit(_ shape: Shape, _ element: ElementType) -> Tensor {
  let bits = randomWords(shape)
  guard bits.value != nil else { return bits }
  let word = Tensor.map(.shiftRight, bits, bits.filled(9))
  let number = (word.cast(to: .f32) + 0.5) * (1.0 / 8_388_608)
  return number.cast(to: element)
}

/// The same, as many as `x` has elements.
func randomUnit(like x: Tensor) -> Tensor {
  x.value == nil ? x : randomUnit(x.shape, x.elementType)
}

/// 32 random bits for each element.
func randomWords(_ shape: Shape) -> Tensor {
  guard let trace = Trace.current else {
    Session.current.report(.outside("random numbers"))
    return Session.current.limbo.poison()
  }
  let sound = Check.shape(shape, of: "random")
  let (key, step) = trace.randomState()
  return trace.builder.randomBits(
    key: key, step: step, ordinal: trace.model.nextRandomCall(),
    scan: trace.scanIndex, shape: sound)
}

/// Returns the result of `body` for two parameters of a distribution, broadcast to one shape.
func sample(_ owner: String, _ a: Tensor, _ b: Tensor, _ body: (Tensor, Tensor) -> Tensor)
  -> Tensor
{
  guard a.value != nil, b.value != nil else { return a.value == nil ? a : b }
  guard a.elementType == b.elementType, let shape = Shape.broadcast(a.shape, b.shape) else {
    let rule = "parameters of one element type, of shapes that can be broadcast"
    Session.current.report(.operands(owner, rule, a.type, b.type))
    return a.builder.poison()
  }
  return sample(owner, a) { body($0.broadcast(to: shape), b.broadcast(to: shape)) }
}

/// Returns the result of `body` for the parameter of a distribution, with nodes named after
/// `owner`.
func sample(_ owner: String, _ x: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
  let kind = owner.reduce(into: "") { word, letter in
    word += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
  }
  return applying(kind, to: x, body)
}
