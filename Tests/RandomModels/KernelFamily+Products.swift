internal import GraphIR
internal import GraphKit

// Matrix products and other sums of products.
extension KernelFamily {
  static let products: [KernelFamily] = [
    KernelFamily(name: "matrix product", weight: 10) { $0.matrixProduct() },
    KernelFamily(name: "large product", weight: 3, allowsHalf: false) { $0.largeProduct() },
    KernelFamily(name: "one row", weight: 3) { $0.oneRow() },
    KernelFamily(name: "einsum", weight: 7) { $0.einsums() },
  ]
}

extension KernelMaker {
  // A product of two matrices, either of which may be stored the other way.
  private mutating func product(_ m: Int, _ k: Int, _ n: Int, batch: [Int]) -> KernelBody {
    let (left, right) = (choose.chance(0.4), choose.chance(0.5))
    let isShared = !batch.isEmpty && choose.chance(0.3)
    floats(batch + (left ? [k, m] : [m, k]))
    weights((isShared ? [] : batch) + (right ? [n, k] : [k, n]))
    let bias = choose.chance(0.4) ? weights([n]) : nil
    return { x in
      let a = left ? x[0].transposed() : x[0]
      let b = right ? x[1].transposed() : x[1]
      let y = a.matmul(b)
      return [bias.map { y + x[$0] } ?? y]
    }
  }

  fileprivate mutating func matrixProduct() -> KernelBody {
    let batch = choose.chance(0.4) ? choose.extents(choose.int(1...2), product: 6) : []
    return product(choose.extent(33), choose.extent(), choose.extent(70), batch: batch)
  }

  // Several blocks of rows and panels, and steps enough for blocks of those.
  fileprivate mutating func largeProduct() -> KernelBody {
    product(
      choose.pick([1, 7, 33, 65, 97]), choose.pick([31, 64, 129, 257, 300]),
      choose.pick([1, 31, 64, 65, 97]), batch: [])
  }

  // What is read once, from its first element to its last.
  fileprivate mutating func oneRow() -> KernelBody {
    let (k, n) = (choose.pick([67, 128, 255, 512]), choose.pick([1, 3, 64, 127, 256]))
    return product(choose.pick([1, 1, 2]), k, n, batch: [])
  }

  fileprivate mutating func einsums() -> KernelBody {
    let letters = Array("ijklm")
    let extents = letters.map { _ in choose.extent(9) }
    func word(_ axes: [Int]) -> String { String(axes.map { letters[$0] }) }
    func dims(_ axes: [Int]) -> [Int] { axes.map { extents[$0] } }
    let count = choose.pick([1, 2, 2, 2, 2, 3])
    let operands = (0..<count).map { _ in
      Array(choose.permutation(letters.count).prefix(choose.int(1...3)))
    }
    for axes in operands { floats(dims(axes)) }
    let known = Array(Set(operands.flatMap { $0 })).sorted()
    let order = choose.permutation(known.count).map { known[$0] }
    let result = Array(order.prefix(choose.int(0...Swift.min(3, known.count))))
    let equation = operands.map(word).joined(separator: ",") + "->" + word(result)
    switch count {
    case 1: return { [einsum(equation, $0[0])] }
    case 2: return { [einsum(equation, $0[0], $0[1])] }
    default: return { [einsum(equation, $0[0], $0[1], $0[2])] }
    }
  }
}
