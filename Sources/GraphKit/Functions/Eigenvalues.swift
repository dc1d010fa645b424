public import TensorLibrary
internal import LoopIR

extension Tensor {
  /// The eigenvalues of a square matrix, which need not be symmetric: their real and imaginary
  /// parts, in the order of falling real parts. No gradient flows.
  ///
  ///     let (real, imaginary) = Tensor([[0, -1], [1, 0]]).eigenvalues()  // 0, 0 and 1, -1
  ///
  /// Reflections make it a Hessenberg matrix, and shifted QR steps split off one eigenvalue after
  /// the other; they stop after 30 steps for each. Symmetric matrices have `symmetricEigen`.
  public func eigenvalues() -> (real: Tensor, imaginary: Tensor) {
    guard value != nil, Trace.running("eigenvalues") != nil else {
      return (builder.poison(), builder.poison())
    }
    guard rank == 2, shape[0] == shape[1], elementType.isFloat else {
      Session.current.report(
        .argument(
          "operand", of: "eigenvalues", "be a square matrix of floats", type, made: site))
      return (builder.poison(), builder.poison())
    }
    let matrix = ComplexMatrix(stopGradient().hessenberg())
    let found = matrix.triangle().diagonal
    // What rounding has left of the imaginary part of a real eigenvalue.
    let size = norm(axes: [0, 1])
    let isReal = (size + abs(found.im) * (0.125 / Double(shape[0]))) .== size
    let imaginary = select(isReal, found.im.filled(0), found.im)
    let order = found.re.argsort(descending: true)
    return (found.re.gather(order), imaginary.gather(order))
  }

  // A matrix with the same eigenvalues and zeros below the first subdiagonal: `I - 2 v vᵀ / vᵀ v`
  // from both sides for each column.
  fileprivate func hessenberg() -> Tensor {
    let n = shape[0]
    guard n > 2 else { return self }
    let rows = range(n)
    return scan([self], steps: n - 2) { step in
      let (a, k) = (step.carries[0], step.index)
      let column = (a * (rows .== k).cast(to: elementType)).sum(axes: [1])
      let below = select(rows .> k, column, column.filled(0))
      let first = (rows .== (k + 1)).cast(to: elementType)
      let size = below.norm()
      let v = below + first * select((below * first).sum() .< 0, -size, size)
      let square = (v * v).sum()
      let scale = select(square .> 0, 2 / square, square.filled(0))
      func reflected(_ m: Tensor) -> Tensor {
        m - v.expanded(at: 1) * v.expanded(at: 0).matmul(m) * scale
      }
      return ([reflected(reflected(a).transposed()).transposed()], [])
    }.carries[0]
  }
}

/// Complex numbers of any shape.
private struct Complex {
  let re: Tensor
  let im: Tensor

  var conjugate: Complex { Complex(re: re, im: -im) }
  var square: Tensor { re * re + im * im }
  var magnitude: Tensor { sqrt(square) }

  /// The root with a real part of at least 0.
  var root: Complex {
    let size = magnitude
    let real = sqrt(maximum((size + re) / 2, 0))
    let imaginary = sqrt(maximum((size - re) / 2, 0))
    return Complex(re: real, im: select(im .< 0, -imaginary, imaginary))
  }

  static func + (a: Complex, b: Complex) -> Complex { Complex(re: a.re + b.re, im: a.im + b.im) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(re: a.re - b.re, im: a.im - b.im) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
  }
  static func * (a: Complex, b: Tensor) -> Complex { Complex(re: a.re * b, im: a.im * b) }
}

/// A complex Hessenberg matrix while QR steps make it a triangle.
private struct ComplexMatrix {
  private let value: Complex
  private var n: Int { value.re.shape[0] }
  private var places: Tensor { range(n) }

  init(_ real: Tensor) { value = Complex(re: real, im: real.filled(0)) }
  private init(_ value: Complex) { self.value = value }

  var diagonal: Complex { Complex(re: value.re.diagonal(), im: value.im.diagonal()) }

  /// A triangle with the same eigenvalues, split off from the last one to the first.
  func triangle() -> ComplexMatrix {
    if n == 1 { return self }
    let last = range(n).max(axes: [0])
    let carries = [value.re, value.im, last, last.filled(Double(30 * n))]
    let result = whileLoop(carries) { ($0[2] .> 0) .&& ($0[3] .> 0) } _: { x in
      let (matrix, p) = (ComplexMatrix(Complex(re: x[0], im: x[1])), x[2])
      let corner = matrix.corner(p)
      let size = corner.a.magnitude + corner.d.magnitude
      let isSplit = (size + corner.c.magnitude) .== size
      let next = cond(isSplit) {
        [x[0], x[1]]
      } else: {
        // Now and then another shift, in case that the usual one leads in a circle.
        let push = select((x[3] % 10) .== 0, corner.c.magnitude, size.filled(0))
        let shift = Complex(re: corner.shift.re + push, im: corner.shift.im)
        let stepped = matrix.stepped(p, shift).value
        return [stepped.re, stepped.im]
      }
      return next + [p - isSplit.cast(to: .i32), x[3] - 1]
    }
    return ComplexMatrix(Complex(re: result[0], im: result[1]))
  }

  // The last two rows and columns of those up to `p`.
  private func corner(_ p: Tensor) -> Corner {
    func element(_ row: Tensor, _ column: Tensor) -> Complex {
      let isHere = (places.expanded(at: 1) .== row) .&& (places.expanded(at: 0) .== column)
      let one = isHere.cast(to: value.re.elementType)
      return Complex(re: (value.re * one).sum(), im: (value.im * one).sum())
    }
    return Corner(
      a: element(p - 1, p - 1), b: element(p - 1, p), c: element(p, p - 1), d: element(p, p))
  }

  // A QR step of the rows and columns up to `p`: `H - shift = QR` becomes `RQ + shift`.
  private func stepped(_ p: Tensor, _ shift: Complex) -> ComplexMatrix {
    let isActive = (places.expanded(at: 1) .== places.expanded(at: 0))
      .&& (places.expanded(at: 1) .<= p)
    let moved = Complex(
      re: shift.re * isActive.cast(to: value.re.elementType),
      im: shift.im * isActive.cast(to: value.re.elementType))
    let start = value - moved
    // Rows: rotations make the subdiagonal 0.
    let rows = scan([start.re, start.im], steps: n - 1) { step in
      let (pair, k) = (RowPair(step.carries, step.index), step.index)
      let here = (places .== k).cast(to: value.re.elementType)
      let (a, b) = (pair.top.sum(here), pair.low.sum(here))
      let size = sqrt(a.square + b.square)
      let turns = (k .< p) .&& (size .> 0)
      let one = select(turns, 1 / size, size.filled(0))
      let c = Complex(re: select(turns, a.re * one, size.filled(1)), im: a.im * one)
      let s = b * one
      let carries = pair.replaced(
        top: c.conjugate * pair.top + s.conjugate * pair.low, low: c * pair.low - s * pair.top)
      return (carries, [c.re, c.im, s.re, s.im])
    }
    // Columns, which are the rows of the transposed matrix.
    let turned = scan(rows.carries.map { $0.transposed() }, over: rows.outputs) { step in
      let pair = RowPair(step.carries, step.index)
      let c = Complex(re: step.slices[0], im: step.slices[1])
      let s = Complex(re: step.slices[2], im: step.slices[3])
      let carries = pair.replaced(
        top: c * pair.top + s * pair.low,
        low: c.conjugate * pair.low - s.conjugate * pair.top)
      return (carries, [])
    }.carries
    return ComplexMatrix(
      Complex(re: turned[0].transposed(), im: turned[1].transposed()) + moved)
  }
}

/// Four elements of a matrix: `a b` above `c d`.
private struct Corner {
  let a: Complex
  let b: Complex
  let c: Complex
  let d: Complex

  /// The eigenvalue that is nearer to `d`: Wilkinson's shift.
  var shift: Complex {
    let half = (a - d) * Tensor(0.5).cast(to: a.re.elementType)
    let product = b * c
    let root = (half * half + product).root
    let isOpposite = (half.re * root.re + half.im * root.im) .< 0
    let sum = half + root * select(isOpposite, root.re.filled(-1), root.re.filled(1))
    let square = sum.square
    let inverse = select(square .> 0, 1 / square, square.filled(0))
    return d - product * sum.conjugate * inverse
  }
}

/// Two neighbouring rows of a complex matrix.
private struct RowPair {
  let top: Complex
  let low: Complex
  private let matrix: [Tensor]
  private let start: [Tensor]

  init(_ matrix: [Tensor], _ row: Tensor) {
    self.matrix = matrix
    start = [row, row.filled(0)]
    let sizes = [2, matrix[0].shape[1]]
    let parts = [
      matrix[0].dynamicSlice(from: start, sizes: sizes),
      matrix[1].dynamicSlice(from: start, sizes: sizes),
    ]
    top = Complex(re: parts[0][0], im: parts[1][0])
    low = Complex(re: parts[0][1], im: parts[1][1])
  }

  /// The matrix with other rows in their place.
  func replaced(top: Complex, low: Complex) -> [Tensor] {
    [
      matrix[0].dynamicUpdate(stack([top.re, low.re]), from: start),
      matrix[1].dynamicUpdate(stack([top.im, low.im]), from: start),
    ]
  }
}

extension Complex {
  // The sum of the elements that `weights` chooses.
  fileprivate func sum(_ weights: Tensor) -> Complex {
    Complex(re: (re * weights).sum(), im: (im * weights).sum())
  }
}
