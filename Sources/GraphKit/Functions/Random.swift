public import GraphIR
public import LoopIR

/// Random numbers between two bounds, each as likely as any other.
///
/// Every call gives other numbers; they depend only on the seed, the step and the call.
public func randomUniform(
  _ shape: Shape, _ range: ClosedRange<Double> = 0...1, _ element: ElementType = .f32
) -> Tensor {
  let unit = randomUnit(shape, element)
  let width = range.upperBound - range.lowerBound
  return width == 1 && range.lowerBound == 0 ? unit : unit * width + range.lowerBound
}

/// Random numbers with a normal distribution.
public func randomNormal(
  _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ element: ElementType = .f32
) -> Tensor {
  let standard = erfinv(randomUnit(shape, element) * 2 - 1) * (deviation * 2.0.squareRoot())
  return mean == 0 ? standard : standard + mean
}

/// Random numbers with a normal distribution, as many as `x` has elements.
public func randomNormal(like x: Tensor) -> Tensor {
  x.value == nil ? x : randomNormal(x.shape, x.elementType)
}

/// True with a probability, else false.
public func randomBool(_ shape: Shape, probability: Double) -> Tensor {
  let probability = Check.inside(probability, 0...1, "probability", of: "randomBool")
  let bits = randomWords(shape)
  // 2^32 itself is no `u32`; a comparison with it is always true.
  let limit = (probability * 4_294_967_296).rounded()
  return limit >= 4_294_967_296 ? bits .>= 0 : bits .< limit
}

// Numbers strictly between 0 and 1: 23 random bits and a half, exact in `f32`.
private func randomUnit(_ shape: Shape, _ element: ElementType) -> Tensor {
  let bits = randomWords(shape)
  guard bits.value != nil else { return bits }
  let word = Tensor.map(.shiftRight, bits, bits.filled(9))
  let number = (word.cast(to: .f32) + 0.5) * (1.0 / 8_388_608)
  return number.cast(to: element)
}

// 32 random bits for each element.
private func randomWords(_ shape: Shape) -> Tensor {
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
