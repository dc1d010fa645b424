internal import GraphIR
internal import GraphKit
internal import LoopIR

// What goes by positions: gathering, scattering, sorting, searching.
extension KernelFamily {
  static let orders: [KernelFamily] = [
    KernelFamily(name: "gathering", weight: 5) { $0.gathering() },
    KernelFamily(name: "scattering", weight: 5) { $0.scattering() },
    KernelFamily(name: "sorting", weight: 4) { $0.sorting() },
    KernelFamily(name: "counting", weight: 3, hasGradient: false) { $0.counting() },
    KernelFamily(name: "moving parts", weight: 3) { $0.movingParts() },
    KernelFamily(name: "edit distance", weight: 2, hasGradient: false) { $0.editDistance() },
  ]
}

extension KernelMaker {
  fileprivate mutating func gathering() -> KernelBody {
    let rank = choose.int(1...3)
    let dims = choose.extents(rank, product: 400)
    floats(dims)
    let axis = choose.int(0...(rank - 1))
    // Some lie outside and count as the nearest end.
    let places = -1...(dims[axis] + 1)
    if choose.chance(0.5) {
      integers(choose.extents(choose.int(0...2), product: 20), in: places)
      return { [$0[0].gather($0[1], axis: axis)] }
    }
    var wanted = dims
    wanted[axis] = choose.extent(12)
    integers(wanted, in: places)
    return { [$0[0].takeAlongAxis($0[1], axis: axis)] }
  }

  fileprivate mutating func scattering() -> KernelBody {
    let rank = choose.int(1...3)
    let dims = choose.extents(rank, product: 300)
    let axis = choose.int(0...(rank - 1))
    let count = choose.extent(9)
    var part = dims
    part[axis] = count
    floats(dims)
    floats(part)
    let rule: ScatterRule = choose.pick([.set, .add, .add, .max, .min])
    if choose.chance(0.5) {
      integers([count], in: 0...(dims[axis] - 1))
      return { [$0[0].scattered(slices: $0[1], at: $0[2], axis: axis, by: rule)] }
    }
    integers(part, in: 0...(dims[axis] - 1))
    return { [$0[0].scattered($0[1], at: $0[2], axis: axis, by: rule)] }
  }

  fileprivate mutating func sorting() -> KernelBody {
    let rank = choose.int(1...3)
    let dims = choose.extents(rank, product: 300)
    floats(dims)
    let axis = choose.int(0...(rank - 1))
    let (down, count) = (choose.chance(0.5), choose.int(1...dims[axis]))
    let kind = choose.int(0...3)
    return { x in
      switch kind {
      case 0:
        let y = x[0].sorted(axis: axis, descending: down)
        return [y.values, y.positions]
      case 1:
        let y = x[0].topK(count, axis: axis, largest: down)
        return [y.values, y.positions]
      case 2: return [x[0].kthValue(count, axis: axis).values]
      default: return [x[0].median(axis: axis).values]
      }
    }
  }

  fileprivate mutating func counting() -> KernelBody {
    let count = choose.extent(17)
    switch choose.int(0...4) {
    case 0:
      integers([choose.extent()], in: 0...count)
      return { [$0[0].binCount(count)] }
    case 1:
      integers(choose.extents(2, product: 60), in: 0...(count - 1))
      return { [$0[0].oneHot(count)] }
    case 2:
      floats([choose.extent()])
      return { [$0[0].histogram(bins: count, in: -0.75...0.75)] }
    case 3:
      floats([count])
      floats([choose.extent()])
      let right = choose.chance(0.5)
      return { [$0[1].bucketized($0[0].sorted().values, right: right)] }
    default:
      floats(choose.extents(2, product: 200))
      return { [$0[0].argsort(), ($0[0] .> 0).countNonZero(axes: [0])] }
    }
  }

  fileprivate mutating func editDistance() -> KernelBody {
    let rows = choose.extents(choose.int(0...2), product: 12)
    let (t, u) = (choose.extent(), choose.extent())
    let type: ElementType = choose.pick([.i32, .i32, .i64, .u8])
    let symbols = 0...choose.int(0...5)
    integers(rows + [t], in: symbols, type)
    integers(rows + [u], in: symbols, type)
    guard choose.chance(0.7) else { return { [$0[0].editDistance(to: $0[1])] } }
    // Some lie outside and count as the nearest.
    integers(rows, in: -1...(t + 1))
    integers(rows, in: -1...(u + 1))
    return { [$0[0].editDistance(to: $0[1], lengths: $0[2], targetLengths: $0[3])] }
  }

  fileprivate mutating func movingParts() -> KernelBody {
    let rank = choose.int(1...3)
    let dims = choose.extents(rank, product: 300)
    let sizes = dims.map { choose.int(1...$0) }
    floats(dims)
    let replaces = choose.chance(0.5)
    if replaces { floats(sizes) }
    let first = arguments.count
    for extent in dims { integers([], in: -1...(extent + 1)) }
    return { x in
      let starts = Array(x[first..<(first + rank)])
      return replaces
        ? [x[0].dynamicUpdate(x[1], from: starts)] : [x[0].dynamicSlice(from: starts, sizes: sizes)]
    }
  }
}
