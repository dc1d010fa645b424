internal import GraphIR
internal import GraphKit

// Rows that are scaled or replaced by what a reduction over the row decides.
extension KernelFamily {
  static let decidedRows: [KernelFamily] = [
    KernelFamily(name: "decided rows", weight: 8, allowsHalf: false) { $0.decidedRows() },
    KernelFamily(name: "distances", weight: 3, allowsHalf: false) { $0.pointDistances() },
  ]
}

extension KernelMaker {
  // Mostly rows that compilers write out.
  private mutating func shortLength() -> Int { choose.chance(0.4) ? 2 : choose.int(1...9) }

  fileprivate mutating func decidedRows() -> KernelBody {
    let length = shortLength()
    let front = choose.extents(choose.int(1...3), product: 64)
    floats(front + [length])
    let isDifference = choose.chance(0.6)
    let other = floats(isDifference && choose.chance(0.5) ? [length] : front + [length])
    let scales = floats(front, in: 0.5...2)
    let limit = choose.pick([0, 0.2, 0.5])
    let (measure, decision) = (choose.int(0...3), choose.int(0...2))
    return { x in
      let row = isDifference ? x[0] - x[other] : x[0] * x[other]
      let total: Tensor =
        switch measure {
        case 0: (row * row).sum(axes: [-1])
        case 1: row.max(axes: [-1])
        case 2: row.sum(axes: [-1])
        default: abs(row).mean(axes: [-1])
        }
      let isSmall = total .<= limit
      let scale: Tensor =
        switch decision {
        case 0: select(isSmall, zeros(like: total), x[scales]) / (abs(total) + 1)
        case 1: select(isSmall, x[scales], 1 / (abs(total) + 1))
        default: select(isSmall, 1, x[scales] * 0.5)
        }
      let result = row * scale.expanded(at: -1)
      return [result + result, select(isSmall, zeros(like: total), total)]
    }
  }

  fileprivate mutating func pointDistances() -> KernelBody {
    let front = choose.chance(0.5) ? [choose.int(1...3)] : []
    let (n, m, length) = (choose.int(1...8), choose.int(1...8), shortLength())
    floats(front + [n, length])
    floats(front + [m, length])
    let order = choose.pick([2.0, 2.0, 1.0])
    return { [distances($0[0], $0[1], p: order)] }
  }
}
