// swift-format-ignore-file: NeverForceUnwrap

internal import GraphIR
internal import LoopIR
internal import TensorLibrary

// Operations whose work depends on the data, and those on matrices.
extension RandomGraph {
  /// Returns the result of an operation that sorts, chooses, changes places, or takes a matrix.
  mutating func special() -> Tensor {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return order()
    case 1: return chosen()
    case 2: return changed()
    case 3: return moved()
    case 4: return searched()
    case 5: return matrix()
    case 6: return sumOfProducts()
    case 7: return diagonal()
    case 8: return compared()
    default:
      let x = ranked()
      let axis = axis(x)
      return x.windows(
        of: Int.random(in: 1...Swift.min(3, x.shape[axis]), using: &random),
        step: Int.random(in: 1...2, using: &random), axis: axis)
    }
  }

  // Integers, some of them outside of all axes.
  private func places(_ x: Tensor) -> Tensor { (tanh(x) * 4).cast(to: .i32) }

  // A number that is known only when the program runs.
  private mutating func single() -> Tensor {
    float().reshaped([-1]).sliced(0, 0..<1).reshaped([])
  }

  private mutating func order() -> Tensor {
    let x = ranked()
    let axis = axis(x)
    let down = chance(0.5)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return x.argsort(axis: axis, descending: down)
    case 1: return x.sorted(axis: axis, descending: down).values
    case 2: return x.median(axis: axis).values
    default:
      let count = Int.random(in: 1...x.shape[axis], using: &random)
      let (values, positions) = x.topK(count, axis: axis, largest: down)
      return chance(0.7) ? values : positions
    }
  }

  private mutating func chosen() -> Tensor {
    let x = ranked()
    let axis = axis(x)
    if chance(0.3) {
      let (values, positions) =
        chance(0.5) ? x.cumulativeMax(axis: axis) : x.cumulativeMin(axis: axis)
      return chance(0.7) ? values : positions
    }
    let part = x.sliced(axis, 0..<Int.random(in: 1...x.shape[axis], using: &random))
    return x.takeAlongAxis(places(part), axis: axis)
  }

  private mutating func changed() -> Tensor {
    let x = ranked()
    let axis = axis(x)
    let part = x.sliced(axis, 0..<Int.random(in: 1...x.shape[axis], using: &random))
    let rules: [ScatterRule] = [.set, .add, .max, .min]
    return x.scattered(
      sin(part), at: places(part), axis: axis, by: rules.randomElement(using: &random)!,
      includingSelf: chance(0.7))
  }

  private mutating func moved() -> Tensor {
    let x = float()
    let starts = (0..<x.rank).map { _ in places(single()) }
    let sizes = x.shape.dims.map { Int.random(in: 1...$0, using: &random) }
    let part = x.dynamicSlice(from: starts, sizes: sizes)
    return chance(0.5) ? part : x.dynamicUpdate(tanh(part), from: starts.reversed())
  }

  private mutating func searched() -> Tensor {
    let rows = ranked().reshaped([-1]).sorted().values
    return rows.searchSorted(tanh(float()), right: chance(0.5))
  }

  // Lines of few different numbers, some of which do not count.
  private mutating func compared() -> Tensor {
    let x = ranked()
    let last = x.rank - 1
    let part = x.sliced(last, 0..<Int.random(in: 1...x.shape[last], using: &random))
    return places(x).editDistance(
      to: places(sin(part)), lengths: chance(0.5) ? places(x.element(0, of: last)) : nil,
      targetLengths: chance(0.3) ? places(part.element(-1, of: last)) : nil)
  }

  // A matrix with eigenvalues of at least its size, and something solved with it.
  private mutating func matrix() -> Tensor {
    let x = tanh(ranked()).reshaped([-1])
    let n = [3, 2, 1].first { $0 * $0 <= x.shape.count }!
    // Matrices are of larger numbers than others may be.
    let precise: ElementType = element == .f64 ? .f64 : .f32
    let a = x.sliced(0, 0..<(n * n)).reshaped([n, n]).cast(to: precise)
    let m = a.matmul(a.transposed()) + a.identityMatrix() * Double(n)
    let y = chance(0.5) ? m.cholesky() : m.solve(sin(a))
    return y.cast(to: element)
  }

  private mutating func sumOfProducts() -> Tensor {
    let x = tanh(ranked())
    let a = x.reshaped([-1, x.shape[-1]])
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return einsum("ij,kj->ik", a, sin(a))
    case 1: return einsum("ij,ij->j", a, sin(a))
    case 2: return einsum("...j,...j", x, x)
    default:
      let n = Swift.min(a.shape[0], a.shape[1])
      return einsum("ii->i", a.sliced(0, 0..<n).sliced(1, 0..<n))
    }
  }

  private mutating func diagonal() -> Tensor {
    let x = ranked()
    let a = x.rank == 1 ? x.expanded(at: 0) : x
    if chance(0.3) { return chance(0.5) ? a.lowerTriangle() : a.upperTriangle(offset: 1) }
    if chance(0.3) { return x.diagonalEmbedded(offset: Int.random(in: -1...1, using: &random)) }
    let axes = Array(0..<a.rank).shuffled(using: &random)
    let least = 1 - a.shape[axes[0]]
    let offset = Int.random(in: least..<a.shape[axes[1]], using: &random)
    return a.diagonal(offset: offset, axes: (axes[0], axes[1]))
  }
}
