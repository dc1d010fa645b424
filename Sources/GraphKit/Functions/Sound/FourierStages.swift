internal import TensorLibrary
internal import Glibc
internal import LoopIR

/// Fourier transforms as a few products of small matrices.
///
/// A length n = r m is one product with the r by r matrix of a transform of length r, for all m
/// columns at once, a rotation of each number, and m columns of length r are left: r rows of length
/// m (Cooley and Tukey, 1965). Work grows as n log n, and so does nothing in the emitted C but the
/// number of stages: matrices and rotations are computed, in `f64`, and not stored.
enum Fourier {
  /// The longest transform that is one product. Larger ones do more work in fewer stages.
  static let longest = 32
  /// The largest prime number whose transform is one product; larger ones cost less by Bluestein's
  /// way, which takes three transforms of more than twice the length.
  static let largestPrime = 128

  /// The transform of two tensors along their last axis, without a factor.
  static func pair(_ real: Tensor, _ imaginary: Tensor, isInverse: Bool) -> (Tensor, Tensor) {
    let (length, shape) = (real.shape[-1], real.shape)
    let parts = [real, imaginary].map { $0.reshaped([shape.count / length, length]) }
    let all = transform(stack(parts, axis: 1), isInverse: isInverse, results: 2, bins: length)
    return (all.element(0, of: 1).reshaped(shape), all.element(1, of: 1).reshaped(shape))
  }

  /// The transform of rows `[rows, parts, length]`, where one part is real and two are complex, as
  /// `[rows, results, bins]`: the first frequencies, of which one result is the real part.
  static func transform(_ x: Tensor, isInverse: Bool, results: Int, bins: Int) -> Tensor {
    let (rows, length) = (x.shape[0], x.shape[2])
    guard let stages = stages(of: length) else {
      return chirped(x, isInverse: isInverse, results: results).sliced(2, 0..<bins)
    }
    let element = x.elementType
    var (x, parts, rest) = (x, x.shape[1], length)
    for size in stages.dropLast() {
      let columns = rest / size
      let matrix = matrix(
        size, from: [parts, size], to: [2, size], frequenciesFirst: true, isInverse, element)
      let sums = matrix.matmul(x.reshaped([-1, parts * size, columns]))
        .reshaped([-1, 2, size, columns])
      let (c, s) = rotations(size, columns, isInverse, element)
      let (a, b) = (sums.element(0, of: 1), sums.element(1, of: 1))
      x = stack([a * c - b * s, a * s + b * c], axis: 2)
      (parts, rest) = (2, columns)
    }
    // Of a single stage only the frequencies that are asked for.
    let found = stages.count == 1 ? bins : rest
    let matrix = matrix(
      rest, from: [parts, rest], to: [results, found], frequenciesFirst: false, isInverse, element)
    let last = x.reshaped([-1, parts * rest]).matmul(matrix)
    if stages.count == 1 { return last.reshaped([rows, results, bins]) }
    // The first digit of a frequency, that of the first stage, is the smallest.
    let count = stages.count
    let digits = last.reshaped(Shape([rows] + stages.dropLast() + [results, rest]))
    let order = [0, count, count + 1] + (1..<count).reversed()
    return digits.transposed(order).reshaped([rows, results, length]).sliced(2, 0..<bins)
  }

  /// The lengths of stages, ascending, so that all but the last have many columns; nil if a prime
  /// number is too large for one.
  static func stages(of length: Int) -> [Int]? {
    var (rest, stages) = (length, [Int]())
    while rest > longest {
      let count = (Glibc.log(Double(rest)) / Glibc.log(Double(longest)) - 1e-9).rounded(.up)
      let even = Glibc.pow(Double(rest), 1 / count)
      func distance(_ size: Int) -> Double { Swift.abs(Glibc.log(Double(size) / even)) }
      let nearest = (2...longest).filter { rest % $0 == 0 }.min { distance($0) < distance($1) }
      // Without a small divisor, the smallest one is a prime number.
      var prime = longest + 1
      while nearest == nil, rest % prime != 0, prime <= largestPrime { prime += 1 }
      let next = nearest ?? prime
      guard next <= largestPrime else { return nil }
      stages.append(next)
      rest /= next
    }
    if rest > 1 || stages.isEmpty { stages.append(rest) }
    return stages.sorted()
  }

  // The matrix of a transform of a length, from places to frequencies: cosines and sines of their
  // products. Both are counted by the number of parts, of which the second is imaginary, and the
  // number in each. Frequencies are the rows if they come first, else the columns.
  private static func matrix(
    _ length: Int, from places: [Int], to frequencies: [Int], frequenciesFirst: Bool,
    _ isInverse: Bool, _ element: ElementType
  ) -> Tensor {
    func digits(_ parts: [Int], axis: Int) -> (part: Tensor, number: Tensor) {
      let index = range(parts[0] * parts[1]).expanded(at: axis)
      return (index / parts[1], index % parts[1])
    }
    let k = digits(frequencies, axis: frequenciesFirst ? 1 : 0)
    let i = digits(places, axis: frequenciesFirst ? 0 : 1)
    // A sine is a cosine a quarter of a turn further on; whole numbers keep angles exact.
    let quarters = (k.part - i.part) * (isInverse ? -length : length)
    let angle = (k.number * i.number) % length * 4 + quarters
    let wave = cos(angle.cast(to: .f64) * (Double.pi / 2 / Double(length)))
    // A quarter of a turn is no number of `f64`; its cosine would be almost 0.
    let isZero = (angle - length) % (2 * length) .== 0
    return select(isZero, wave.filled(0), wave).cast(to: element)
  }

  // Cosines and sines `[size, columns]` of the rotations between two stages.
  private static func rotations(
    _ size: Int, _ columns: Int, _ isInverse: Bool, _ element: ElementType
  ) -> (cosine: Tensor, sine: Tensor) {
    let unit = (isInverse ? 2 : -2) * Double.pi / Double(size * columns)
    let angle = (range(size).expanded(at: 1) * range(columns)).cast(to: .f64) * unit
    return (cos(angle).cast(to: element), sin(angle).cast(to: element))
  }
}
