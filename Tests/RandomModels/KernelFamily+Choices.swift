internal import GraphIR
internal import GraphKit
internal import LoopIR

// Elements alone: functions, choices, whole numbers, casts.
extension KernelFamily {
  static let choices: [KernelFamily] = [
    KernelFamily(name: "scalar functions", weight: 8) { $0.functions() },
    KernelFamily(name: "activations", weight: 4) { $0.activations() },
    KernelFamily(name: "choices", weight: 5) { $0.chosen() },
    KernelFamily(name: "whole numbers", weight: 6, hasGradient: false) { $0.wholeNumbers() },
    KernelFamily(name: "casts", weight: 4, hasGradient: false) { $0.casts() },
  ]
}

extension KernelMaker {
  fileprivate mutating func functions() -> KernelBody {
    floats(choose.extents(choose.int(0...3), product: 300), in: -2...2)
    let isPositive = choose.chance(0.4)
    let any: [(Tensor) -> Tensor] = [
      { exp($0) }, { exp2($0) }, { expm1($0) }, { sin($0) }, { cos($0) }, { atan($0) },
      { sinh($0) }, { cosh($0) }, { tanh($0) }, { asinh($0) }, { sigmoid($0) }, { erf($0) },
      { erfc($0) }, { softplus($0) }, { cbrt($0) }, { floor($0 * 3) * $0 }, { round($0) + $0 },
      { trunc($0 * 2) }, { abs($0) }, { sign($0) }, { atan2($0, $0 * $0 + 1) },
      { hypot($0, $0 + 3) }, { $0 % 0.75 }, { asin(tanh($0)) }, { acos(tanh($0) * 0.9) },
      { atanh(tanh($0) * 0.9) }, { erfinv(tanh($0) * 0.9) }, { $0 / ($0 * $0 + 0.5) },
      { minimum($0, 0.5) * maximum($0, -0.5) }, { clamp($0, -1...0.5) },
    ]
    let positive: [(Tensor) -> Tensor] = [
      { log($0) }, { log2($0) }, { log10($0) }, { log1p($0) }, { sqrt($0) }, { rsqrt($0) },
      { pow($0, 1.7) }, { pow($0, -2) }, { acosh($0 + 1.25) }, { lgamma($0 + 0.5) },
      { digamma($0 + 0.5) }, { 1 / $0 }, { pow(2.5, $0) }, { pow($0, $0) },
    ]
    let first = isPositive ? choose.pick(positive) : choose.pick(any)
    let second = choose.chance(0.5) ? choose.pick(any) : nil
    return { x in
      let y = first(isPositive ? abs(x[0]) + 0.3 : x[0])
      return [second.map { $0(tanh(y)) } ?? y]
    }
  }

  fileprivate mutating func activations() -> KernelBody {
    floats(choose.extents(choose.int(1...3), product: 300), in: -3...3)
    let all: [(Tensor) -> Tensor] = [
      { gelu($0) }, { gelu($0, approximate: true) }, { silu($0) }, { mish($0) }, { selu($0) },
      { elu($0, alpha: 0.7) }, { celu($0, alpha: 1.3) }, { hardSwish($0) }, { hardSigmoid($0) },
      { logSigmoid($0) }, { softSign($0) }, { softShrink($0) }, { hardShrink($0) },
      { tanhShrink($0) }, { leakyReLU($0, slope: 0.2) }, { relu6($0) }, { threshold($0, 0.1, 2) },
      { softplus($0, beta: 2) }, { hardTanh($0, -0.5...1) },
    ]
    let chosen = choose.pick(all)
    return { [chosen($0[0])] }
  }

  fileprivate mutating func chosen() -> KernelBody {
    let dims = choose.extents(choose.int(1...3), product: 300)
    floats(dims)
    floats(dims)
    let kind = choose.int(0...4)
    let limit = choose.int(1...dims[dims.count - 1])
    return { x in
      let (a, b) = (x[0], x[1])
      let place = range(dims[dims.count - 1]).broadcast(to: a.shape)
      switch kind {
      case 0: return [select(a .> b, a, b * 0.5)]
      case 1: return [select(place .< limit, a, b)]
      case 2: return [select((place % 2 .== 0) .|| (a .> 0), a, -b)]
      case 3: return [maximum(a, b) - minimum(a, b)]
      default:
        let shifted = b.rolled(by: -1, axis: -1)
        return [select((place .>= 1) .&& (place .<= limit), shifted, a)]
      }
    }
  }

  fileprivate mutating func wholeNumbers() -> KernelBody {
    let type: ElementType = choose.pick([.i8, .u8, .i16, .i32, .i32, .i64, .u32, .u64])
    let rank = choose.int(1...3)
    let dims = choose.extents(rank, product: 300)
    let low = type.isSigned ? -9 : 0
    integers(dims, in: low...9, type)
    integers(dims, in: 1...5, type)
    let axis = choose.int(0...(rank - 1))
    let kind = choose.int(0...9)
    return { x in
      let (a, b) = (x[0], x[1])
      switch kind {
      case 0: return [a + b * 2, maximum(a, b)]
      case 1: return [a.divided(by: b, rounding: .down), a % b]
      case 2: return [a.divided(by: b, rounding: .towardZero)]
      case 3: return [(a & b) | (a ^ 3), ~a]
      case 4: return [a << b, a >> 1]
      case 5: return [a.sum(axes: [axis]), b.reversed(axes: [axis]).sum(axes: [axis])]
      case 6: return [a.max(axes: [axis]), a.argmin(axis: axis)]
      case 7: return [a.cumulativeSum(axis: axis, reversed: true)]
      // Powers of two: the interpreter's 64 bits hold them, however many there are.
      case 8:
        return [(minimum(maximum(b, b.filled(3)), b.filled(4)) - 2).product(axes: [axis])]
      default: return [select(a .> b, a, b).cast(to: .f32) * 0.5, (a .== b).any()]
      }
    }
  }

  fileprivate mutating func casts() -> KernelBody {
    let all: [ElementType] = [.f32, .f64, .f16, .bf16, .i8, .u8, .i16, .i32, .i64, .u32, .u64]
    let (first, second) = (choose.pick(all), choose.pick(all))
    floats(choose.extents(choose.int(1...3), product: 300), in: -9...9)
    // Whole steps in between, so that nobody stands next to one that is cut off.
    let steps = choose.pick([0.5, 1, 4])
    return { x in
      let y = (round(x[0] * steps) / steps + 0.25).cast(to: first)
      let isUnsigned = second == .u8 || second == .u32 || second == .u64
      return [(isUnsigned ? maximum(y, y.filled(0)) : y).cast(to: second)]
    }
  }
}
