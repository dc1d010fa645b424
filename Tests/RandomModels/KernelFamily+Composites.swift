internal import GraphIR
internal import GraphKit
internal import LoopIR

// What models are made of beside layers: attention, losses, loops, linear algebra.
extension KernelFamily {
  static let composites: [KernelFamily] = [
    KernelFamily(name: "attention", weight: 8, allowsHalf: false) { $0.attention() },
    KernelFamily(name: "losses", weight: 5, allowsHalf: false) { $0.losses() },
    KernelFamily(name: "loops", weight: 4, allowsHalf: false) { $0.loops() },
    KernelFamily(name: "linear algebra", weight: 2, hasGradient: false, allowsHalf: false) {
      $0.linearAlgebra()
    },
    KernelFamily(name: "normalization", weight: 4, allowsHalf: false) { $0.normalization() },
  ]
}

extension KernelMaker {
  fileprivate mutating func attention() -> KernelBody {
    let front = [choose.int(1...2), choose.int(1...3)]
    let queries = choose.int(1...12)
    let keys = choose.chance(0.5) ? 8 : choose.int(1...20)
    let (width, values) = (choose.extent(9), choose.extent(9))
    floats(front + [queries, width], in: -2...2)
    floats(front + [keys, width], in: -2...2)
    floats(front + [keys, values])
    let causal = choose.chance(0.3)
    let mask = choose.chance(0.3) ? integers([queries, keys], in: 0...3) : nil
    let form: AttentionForm =
      choose.chance(0.2) ? .streamed(queries: 4, keys: choose.int(2...8)) : .automatic
    return { x in
      [
        scaledDotProductAttention(
          x[0], x[1], x[2], mask: mask.map { x[$0] .> 0 }, isCausal: causal, form: form)
      ]
    }
  }

  fileprivate mutating func losses() -> KernelBody {
    let (n, classes) = (choose.extent(17), choose.int(2...33))
    let kind = choose.int(0...8)
    switch kind {
    case 0...2:
      floats([n, classes], in: -3...3)
      integers([n], in: 0...(classes - 1))
      let smoothing = choose.pick([0, 0, 0.1])
      return { x in
        kind == 2
          ? [nll(logSoftmax(x[0]), x[1])]
          : [crossEntropy(x[0], x[1], labelSmoothing: smoothing)]
      }
    case 3:
      floats([n, classes], in: -3...3)
      integers([n, classes], in: 0...1)
      return { [binaryCrossEntropy(logits: $0[0], $0[1].cast(to: $0[0].elementType))] }
    default:
      floats([n, classes])
      floats([n, classes])
      let all: [(Tensor, Tensor) -> Tensor] = [
        { mse($0, $1) }, { mae($0, $1) }, { huber($0, $1, delta: 0.5) },
        { smoothL1($0, $1, beta: 0.7, reduction: .sum) },
        { klDivergence(logSoftmax($0), softmax($1)) },
      ]
      let loss = all[kind - 4]
      return { [loss($0[0], $0[1])] }
    }
  }

  fileprivate mutating func loops() -> KernelBody {
    let (steps, n, width) = (choose.extent(9), choose.int(1...4), choose.extent(17))
    floats([steps, n, width])
    floats([n, width])
    weights([width, width])
    let back = choose.chance(0.3)
    let block = choose.chance(0.3) ? choose.int(1...steps) : nil
    let kind = choose.int(0...2)
    return { x in
      let (last, all) = scan(x[1], over: x[0], reversed: back, checkpoint: block) { h, slice in
        let next: Tensor =
          switch kind {
          case 0: tanh(h.matmul(x[2]) * 0.3 + slice)
          case 1: h * 0.9 + slice * 0.1
          default: softmax(h + slice.matmul(x[2]))
          }
        return (next, next * 0.5)
      }
      return [last + all.sum(axes: [0]), all]
    }
  }

  fileprivate mutating func linearAlgebra() -> KernelBody {
    let size = choose.int(1...6)
    let front = choose.chance(0.5) ? [choose.int(1...3)] : []
    floats(front + [size, size])
    floats(front + [size, choose.int(1...3)])
    let kind = choose.int(0...5)
    return { x in
      // Well away from singular ones.
      let a = x[0].matmul(x[0].transposed()) + x[0].identityMatrix() * 2.0
      switch kind {
      case 0: return [a.solve(x[1])]
      case 1: return [a.inverse()]
      case 2: return [a.cholesky()]
      case 3: return [a.determinant()]
      case 4: return [a.lowerTriangle().triangularSolve(x[1], upper: false)]
      default: return [a.logDeterminant().logarithm]
      }
    }
  }

  fileprivate mutating func normalization() -> KernelBody {
    let (n, groups, each) = (choose.int(1...3), choose.int(1...3), choose.int(1...4))
    let space = choose.extents(choose.int(0...2), product: 60)
    let channels = groups * each
    floats([n, channels] + space, in: -2...2)
    weights([channels])
    let kind = choose.int(0...2)
    return { x in
      let a = x[0]
      let scale = x[1].reshaped(Shape([channels] + space.map { _ in 1 }))
      switch kind {
      case 0:
        let axes = [0] + (0..<space.count).map { $0 + 2 }
        let centred = a - a.mean(axes: axes, keep: true)
        return [centred * rsqrt(a.variance(axes: axes, keep: true) + 1e-2) * scale]
      case 1:
        let rows = a.reshaped([n, groups, -1])
        let centred = rows - rows.mean(axes: [2], keep: true)
        let y = centred * rsqrt(rows.variance(axes: [2], keep: true) + 1e-2)
        return [y.reshaped(a.shape) * scale]
      default: return [a.normalized(2, axis: 1, epsilon: 0.1) * scale]
      }
    }
  }
}
