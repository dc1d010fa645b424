/// An array in memory, of which single elements are read as numbers.
package struct ArrayView {
  package let type: ElementType
  package let count: Int
  /// Returns an element by its number in row-major order, which is below `count`.
  package let element: (Int) -> Double
  /// The address of the array; nil if it is not in a program's memory.
  package let memory: UnsafeRawPointer?

  /// An array that a program keeps in memory, which must outlive the view.
  package init(_ type: ElementType, count: Int, at memory: UnsafeRawPointer) {
    self.type = type
    self.count = count
    self.memory = memory
    element = type.reader(of: memory)
  }

  /// Numbers as an array.
  package init(_ type: ElementType, _ values: [Double]) {
    self.type = type
    count = values.count
    memory = nil
    element = { values[$0] }
  }
}

extension ElementType {
  fileprivate func reader(of memory: UnsafeRawPointer) -> (Int) -> Double {
    switch self {
    case .f32: { Double(memory.load(fromByteOffset: $0 * 4, as: Float.self)) }
    case .f64: { memory.load(fromByteOffset: $0 * 8, as: Double.self) }
    case .f16: { widened(half: memory.load(fromByteOffset: $0 * 2, as: UInt16.self)) }
    case .bf16:
      {
        let bits = memory.load(fromByteOffset: $0 * 2, as: UInt16.self)
        return Double(Float(bitPattern: UInt32(bits) << 16))
      }
    case .i8: { Double(memory.load(fromByteOffset: $0, as: Int8.self)) }
    case .u8: { Double(memory.load(fromByteOffset: $0, as: UInt8.self)) }
    case .bool: { memory.load(fromByteOffset: $0, as: UInt8.self) != 0 ? 1 : 0 }
    case .i16: { Double(memory.load(fromByteOffset: $0 * 2, as: Int16.self)) }
    case .i32: { Double(memory.load(fromByteOffset: $0 * 4, as: Int32.self)) }
    case .u32: { Double(memory.load(fromByteOffset: $0 * 4, as: UInt32.self)) }
    case .i64: { Double(memory.load(fromByteOffset: $0 * 8, as: Int64.self)) }
    case .u64: { Double(memory.load(fromByteOffset: $0 * 8, as: UInt64.self)) }
    }
  }
}

// The number that 16 bits of the type `f16` stand for.
private func widened(half bits: UInt16) -> Double {
  let sign: Double = bits >> 15 == 1 ? -1 : 1
  let fraction = Double(bits & 0x3ff)
  switch Int(bits >> 10) & 0x1f {
  case 0: return sign * fraction * 0x1p-24
  case 31: return fraction == 0 ? sign * .infinity : .nan
  case let exponent:
    let scale = Double(sign: .plus, exponent: exponent - 25, significand: 1)
    return sign * (1024 + fraction) * scale
  }
}
