internal import CRuntime
internal import Foundation
internal import LoopIR

/// Which numbers of an array are not finite.
struct NonFinite: Equatable {
  var hasInfinity = false
  var hasNaN = false

  var isNone: Bool { !hasInfinity && !hasNaN }

  init() {}

  /// Looks through an array at the speed of memory.
  init(_ type: ElementType, count: Int, at memory: UnsafeRawPointer) {
    guard type.isFloat, let dtype = type.dtype else { return }
    let first = rt_find_not_finite(dtype, memory, count, 0)
    guard first < count else { return }
    hasNaN = rt_find_not_finite(dtype, memory, count, 1) < count
    // The first one may be NaN, and infinite ones follow.
    let view = ArrayView(type, count: count, at: memory)
    hasInfinity = !hasNaN || (first..<count).contains { view.element($0).isInfinite }
  }

  mutating func add(_ other: NonFinite) {
    hasInfinity = hasInfinity || other.hasInfinity
    hasNaN = hasNaN || other.hasNaN
  }
}

/// What an array holds, as text.
struct ArraySummary {
  let name: String
  let type: String
  let content: String

  init(_ buffer: Buffer, at memory: UnsafeRawPointer) {
    name = buffer.name
    type = "\(buffer.type)" + (buffer.shape.isEmpty ? "" : "\(buffer.shape)")
    let view = ArrayView(buffer.type, count: buffer.count, at: memory)
    var (least, most) = (Double.infinity, -Double.infinity)
    var kinds: [String: Int] = [:]
    var first: Int?
    for n in 0..<view.count {
      let x = view.element(n)
      if x.isFinite {
        (least, most) = (min(least, x), max(most, x))
      } else {
        kinds[x.isNaN ? "nan" : x > 0 ? "inf" : "-inf", default: 0] += 1
        first = first ?? n
      }
    }
    var range: [String] = []
    if least == most { range = [Self.text(least)] }
    if least < most { range = ["from \(Self.text(least)) to \(Self.text(most))"] }
    var bad = kinds.sorted { $0.key < $1.key }.map {
      view.count == 1 ? $0.key : "\($0.key) in \($0.value) of \(view.count) elements"
    }
    if let first, view.count > 1 {
      bad[bad.count - 1] += ", the first at \(buffer.shape.indices(ofElement: first))"
    }
    content = (bad + range).joined(separator: "; ")
  }

  private static func text(_ number: Double) -> String {
    String(format: "%.6g", number)
  }
}

extension ElementType {
  /// The type as the runtime calls it.
  fileprivate var dtype: rt_dtype? {
    switch self {
    case .f32: RT_F32
    case .f64: RT_F64
    case .f16: RT_F16
    case .bf16: RT_BF16
    default: nil
    }
  }
}

extension rt_error {
  /// The message.
  var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
