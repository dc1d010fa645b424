public import GraphIR
internal import LoopIR

// What is made of matrices and vectors by products alone. Matrices are the last two axes.
extension Tensor {
  /// The sum of the diagonal.
  public func trace() -> Tensor {
    guard isMatrix("trace", square: true) else { return builder.poison() }
    return diagonal().sum(axes: [-1])
  }

  /// An integer power of the matrices; of their inverses if it is negative.
  public func matrixPower(_ exponent: Int) -> Tensor {
    guard isMatrix("matrixPower", square: true, real: exponent < 0) else { return builder.poison() }
    if exponent == 0 { return identityMatrix().broadcast(to: shape) }
    var square = exponent < 0 ? inverse() : self
    var result: Tensor?
    var rest = exponent.magnitude
    while true {
      if rest & 1 == 1 { result = result.map { $0.matmul(square) } ?? square }
      rest >>= 1
      guard rest > 0 else { return result ?? square }
      square = square.matmul(square)
    }
  }

  /// The exponential of square matrices, by a series for the matrix divided by a power of 2, and as
  /// many squarings.
  ///
  /// It is exact up to rounding for matrices whose 1-norm is at most 4096.
  public func matrixExponential() -> Tensor {
    guard isMatrix("matrixExponential", square: true, real: true) else { return builder.poison() }
    let mostSquarings = 13
    let size = abs(self).sum(axes: [-2]).max(axes: [-1], keep: true).expanded(at: -1)
    let halvings = maximum(ceil(log(size.stopGradient() * 2) * (1 / 0.693147180559945309417)), 0)
    let count = minimum(halvings, Double(mostSquarings))
    let x = self * pow(2, -count)
    let (one, x2) = (identityMatrix().broadcast(to: shape), x.matmul(x))
    let (x3, x4) = (x2.matmul(x), x2.matmul(x2))
    // The series up to x^15 for norms below 1/2, in powers of x^4.
    var factorials = [1.0]
    for n in 1...15 { factorials.append(factorials[n - 1] / Double(n)) }
    func part(_ n: Int) -> Tensor {
      one * factorials[n] + x * factorials[n + 1] + x2 * factorials[n + 2] + x3 * factorials[n + 3]
    }
    var result = part(12)
    for n in [8, 4, 0] { result = result.matmul(x4) + part(n) }
    for step in 0..<mostSquarings {
      result = select(count .> Double(step), result.matmul(result), result)
    }
    return result
  }

  /// Kronecker's product: each element of `self` times all of `other`, side by side.
  public func kron(_ other: Tensor) -> Tensor {
    guard isMatrix("kron"), other.isMatrix("kron"), Tensor.together([self, other], "kron") else {
      return builder.poison()
    }
    func spread(_ x: Tensor, _ rows: [Int], _ columns: [Int]) -> Tensor {
      x.reshaped(Shape(x.shape.dims.dropLast(2) + rows + columns))
    }
    let (m, n, p, q) = (shape[-2], shape[-1], other.shape[-2], other.shape[-1])
    let product = spread(self, [m, 1], [n, 1]) * spread(other, [1, p], [1, q])
    guard product.value != nil else { return product }
    return product.reshaped(Shape(product.shape.dims.dropLast(4) + [m * p, n * q]))
  }

  /// All products of an element of `self` and an element of `other`, two vectors.
  public func outer(_ other: Tensor) -> Tensor {
    for x in [self, other] where x.value != nil && x.rank != 1 {
      x.builder.fail(.needsRank("outer", "1", "the operand", x.type), operands: [x])
      return builder.poison()
    }
    return expanded(at: -1) * other
  }

  /// The cross product of vectors of three components along an axis.
  public func cross(_ other: Tensor, axis: Int = -1) -> Tensor {
    guard value != nil, other.value != nil, Tensor.together([self, other], "cross") else {
      return builder.poison()
    }
    guard let shape = Shape.broadcast(shape, other.shape) else {
      builder.fail(.cannotBroadcast("cross", type, other.type), operands: [self, other])
      return builder.poison()
    }
    let (a, b) = (broadcast(to: shape), other.broadcast(to: shape))
    guard let axis = a.axis(axis, of: "cross") else { return builder.poison() }
    guard shape[axis] == 3 else {
      builder.fail(.extent("cross", axis, 3, a.type), operands: [self, other])
      return builder.poison()
    }
    func part(_ x: Tensor, _ i: Int) -> Tensor { x.sliced(axis, (i % 3)..<(i % 3 + 1)) }
    return concatenate(
      (0..<3).map { part(a, $0 + 1) * part(b, $0 + 2) - part(a, $0 + 2) * part(b, $0 + 1) },
      axis: axis)
  }
}
