public import TensorLibrary
internal import LoopIR

// Discrete Fourier transforms along the last axis, for any length. Complex numbers are two tensors,
// their real and imaginary parts.

/// The discrete Fourier transform along the last axis, of any length, as NumPy's `fft`.
public func fft(real: Tensor, imaginary: Tensor) -> (real: Tensor, imaginary: Tensor) {
  transformed("fft", real, imaginary) { x, y in Fourier.pair(x, y, isInverse: false) }
}

/// The inverse of `fft`: divided by the length, as in NumPy.
public func ifft(real: Tensor, imaginary: Tensor) -> (real: Tensor, imaginary: Tensor) {
  transformed("ifft", real, imaginary) { x, y in
    let (real, imaginary) = Fourier.pair(x, y, isInverse: true)
    let share = 1 / Double(x.shape[-1])
    return (real * share, imaginary * share)
  }
}

/// The first half of the Fourier transform of real numbers, from which the other follows: for a
/// length of n, the frequencies 0 to n / 2.
public func rfft(_ x: Tensor) -> (real: Tensor, imaginary: Tensor) {
  transformed("rfft", x, x) { x, _ in
    let (length, lead) = (x.shape[-1], x.shape.dims.dropLast())
    let bins = length / 2 + 1
    let rows = x.reshaped([lead.reduce(1, *), 1, length])
    let all = Fourier.transform(rows, isInverse: false, results: 2, bins: bins)
    let shape = Shape(lead + [bins])
    return (all.element(0, of: 1).reshaped(shape), all.element(1, of: 1).reshaped(shape))
  }
}

/// The inverse of `rfft`: real numbers from the first half of their transform.
///
/// `length` is the number of results, by default the even one, 2 (bins - 1). As in NumPy, the
/// imaginary parts of the frequencies 0 and, for an even length, of the last one have no meaning.
public func irfft(real: Tensor, imaginary: Tensor, length: Int? = nil) -> Tensor {
  let result = transformed("irfft", real, imaginary) { x, y in
    let bins = x.shape[-1]
    let count = length ?? max(1, 2 * (bins - 1))
    guard count >= 1, count / 2 + 1 == bins else {
      let rule = "one of the \(max(1, 2 * bins - 2)) and \(2 * bins - 1) of \(bins) frequencies"
      Session.current.report(.range("irfft", "length", rule, "\(count)"))
      return (x.builder.poison(), x)
    }
    // The other half is the conjugate of this one.
    let end = (count + 1) / 2
    func whole(_ x: Tensor, _ sign: Double) -> Tensor {
      if end == 1 { return x }
      return concatenate([x, x.sliced(-1, 1..<end).reversed(axes: [-1]) * sign], axis: -1)
    }
    let lead = x.shape.dims.dropLast()
    let parts = [whole(x, 1), whole(y, -1)].map { $0.reshaped([lead.reduce(1, *), count]) }
    let sum = Fourier.transform(stack(parts, axis: 1), isInverse: true, results: 1, bins: count)
    return (sum.reshaped(Shape(lead + [count])) * (1 / Double(count)), x)
  }
  return result.real
}

// What `body` makes of two tensors of one floating-point type; 16 bits are computed in 32.
private func transformed(
  _ owner: String, _ real: Tensor, _ imaginary: Tensor,
  _ body: (Tensor, Tensor) -> (Tensor, Tensor)
) -> (real: Tensor, imaginary: Tensor) {
  var other = imaginary
  let first = applying(owner, to: real) { real in
    guard imaginary.value != nil else { return real.builder.poison() }
    guard real.type == imaginary.type else {
      let rule = "a real and an imaginary part of one type and shape"
      Session.current.report(.operands(owner, rule, real.type, imaginary.type))
      return real.builder.poison()
    }
    guard real.rank >= 1, real.elementType.isFloat else {
      let rule = "be floating-point numbers with at least one axis"
      Session.current.report(.layerInput(owner, rule, real.type, made: real.site))
      return real.builder.poison()
    }
    let element: ElementType = real.elementType == .f64 ? .f64 : .f32
    let (x, y) = body(real.cast(to: element), imaginary.cast(to: element))
    guard x.value != nil, y.value != nil else { return x.builder.poison() }
    other = y.cast(to: real.elementType)
    return x.cast(to: real.elementType)
  }
  return (first, first.value == nil ? first : other)
}
