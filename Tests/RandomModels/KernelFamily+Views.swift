internal import GraphIR
internal import GraphKit

// Other orders and parts of the same elements, a few in a row.
extension KernelFamily {
  static let views: [KernelFamily] = [
    KernelFamily(name: "views", weight: 8) { $0.views() },
    KernelFamily(name: "joining", weight: 4) { $0.joining() },
    KernelFamily(name: "triangles", weight: 3) { $0.triangles() },
  ]
}

extension KernelMaker {
  fileprivate mutating func views() -> KernelBody {
    let rank = choose.int(1...4)
    var dims = choose.extents(rank, product: 500)
    floats(dims)
    var steps: [(Tensor) -> Tensor] = []
    for _ in 0..<choose.int(1...3) { steps.append(view(&dims)) }
    if choose.chance(0.4) {
      let axis = choose.int(0...(dims.count - 1))
      steps.append { $0.sum(axes: [axis]) }
    }
    return { x in [steps.reduce(x[0]) { $1($0) }] }
  }

  // One view of a tensor of given extents, which become those of the view.
  private mutating func view(_ dims: inout [Int]) -> (Tensor) -> Tensor {
    let axis = choose.int(0...(dims.count - 1))
    let extent = dims[axis]
    switch choose.int(0...7) {
    case 0:
      let axes = dims.indices.filter { _ in choose.chance(0.5) }
      return { $0.reversed(axes: axes) }
    case 1:
      let shift = choose.int(-3...(extent + 1))
      return { $0.rolled(by: shift, axis: axis) }
    case 2:
      let step = choose.int(1...3)
      let start = choose.int(0...(extent - 1))
      dims[axis] = (extent - start + step - 1) / step
      return { $0.sliced(axis, start..<extent, step: step) }
    case 3:
      let order = choose.permutation(dims.count)
      dims = order.map { dims[$0] }
      return { $0.transposed(order) }
    case 4:
      let count = choose.int(1...3)
      dims[axis] *= count
      return { $0.repeatedEach(count, axis: axis) }
    case 5:
      let counts = dims.map { _ in choose.pick([1, 1, 2]) }
      dims = zip(dims, counts).map { $0 * $1 }
      return { $0.tiled(counts) }
    case 6:
      let whole = dims.reduce(1, *)
      let divisors = (1...Swift.min(whole, 64)).filter { whole % $0 == 0 }
      let first = choose.pick(divisors)
      dims = [first, whole / first]
      return { $0.reshaped([first, whole / first]) }
    default:
      guard dims.count > 1 else { return { $0 * 1.5 } }
      let turns = choose.int(1...3)
      let other = (axis + 1) % dims.count
      if turns != 2 { dims.swapAt(axis, other) }
      return { $0.rotated(quarterTurns: turns, axes: (axis, other)) }
    }
  }

  fileprivate mutating func joining() -> KernelBody {
    let rank = choose.int(1...3)
    let axis = choose.int(0...(rank - 1))
    let base = choose.extents(rank, product: 200)
    for _ in 0..<choose.int(2...4) {
      var dims = base
      dims[axis] = choose.extent(9)
      floats(dims)
    }
    let kind = choose.int(0...2)
    return { x in
      switch kind {
      case 0: return [concatenate(x, axis: axis)]
      case 1: return [concatenate(x.map { $0.reversed(axes: [axis]) }, axis: axis)]
      default:
        let y = concatenate(x, axis: axis)
        let half = y.shape[axis] / 2
        guard half > 0 else { return [y] }
        return [y.sliced(axis, 0..<half) * 2, y.sliced(axis, half..<y.shape[axis])]
      }
    }
  }

  fileprivate mutating func triangles() -> KernelBody {
    let (rows, columns) = (choose.extent(17), choose.extent(17))
    floats((choose.chance(0.5) ? [choose.int(1...3)] : []) + [rows, columns])
    let offset = choose.int(-2...2)
    let inside = Swift.max(-(rows - 1), Swift.min(offset, columns - 1))
    switch choose.int(0...3) {
    case 0: return { [$0[0].lowerTriangle(offset: offset)] }
    case 1: return { [$0[0].upperTriangle(offset: offset)] }
    case 2: return { [$0[0].diagonal(offset: inside)] }
    default: return { [$0[0].diagonalEmbedded(offset: offset)] }
    }
  }
}
