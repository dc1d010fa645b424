internal import TensorLibrary
internal import LoopIR

extension Fourier {
  /// The transform of rows `[rows, parts, length]` of any length, as `[rows, results, length]`.
  ///
  /// As 2 j k = j² + k² - (k - j)², it is a convolution with numbers whose angles grow with the
  /// square of the place, between two products with such numbers (Bluestein, 1970). The convolution
  /// is a product of transforms of a length that has small factors.
  static func chirped(_ x: Tensor, isInverse: Bool, results: Int) -> Tensor {
    let (length, element) = (x.shape[2], x.elementType)
    let size = smooth(atLeast: 2 * length - 1)
    let (c, s) = chirp(range(length, .i64), length, isInverse, element)
    let real = x.element(0, of: 1)
    let turned =
      x.shape[1] == 1
      ? [real * c, real * s]
      : [real * c - x.element(1, of: 1) * s, real * s + x.element(1, of: 1) * c]
    let padded = stack(turned, axis: 1).padded([(0, 0), (0, 0), (0, size - length)])
    let spectrum = transform(padded, isInverse: false, results: 2, bins: size)
    let filter = transform(
      kernel(size, length, isInverse, element), isInverse: false, results: 2, bins: size)
    let (a, b) = (spectrum.element(0, of: 1), spectrum.element(1, of: 1))
    let (u, v) = (filter.element(0, of: 1), filter.element(1, of: 1))
    let product = stack([a * u - b * v, a * v + b * u], axis: 1)
    let sums = transform(product, isInverse: true, results: 2, bins: length) * (1 / Double(size))
    let (p, q) = (sums.element(0, of: 1), sums.element(1, of: 1))
    let all = [p * c - q * s, p * s + q * c]
    return stack(Array(all.prefix(results)), axis: 1)
  }

  // The numbers that are convolved with, `[1, 2, size]`: a place before the first is one from the
  // end.
  private static func kernel(
    _ size: Int, _ length: Int, _ isInverse: Bool, _ element: ElementType
  ) -> Tensor {
    let place = range(size, .i64)
    let distance = minimum(place, size - place)
    let (c, s) = chirp(distance, length, !isInverse, element)
    let isNear = distance .< length
    return stack([c, s].map { select(isNear, $0, $0.filled(0)) }).expanded(at: 0)
  }

  // Cosines and sines of half a turn times the square of a place, divided by the length.
  private static func chirp(
    _ place: Tensor, _ length: Int, _ isInverse: Bool, _ element: ElementType
  ) -> (Tensor, Tensor) {
    // After two lengths angles repeat; whole numbers keep them exact.
    let square = (place * place) % (2 * length)
    let angle = square.cast(to: .f64) * ((isInverse ? 1 : -1) * Double.pi / Double(length))
    return (cos(angle).cast(to: element), sin(angle).cast(to: element))
  }

  // The smallest length that has no factor above 5.
  private static func smooth(atLeast least: Int) -> Int {
    var length = least
    while true {
      var rest = length
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      if rest == 1 { return length }
      // There is a power of two below twice the least length.
      length += 1
    }
  }
}
