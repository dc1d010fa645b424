internal import LoopIR

/// Makes inputs of functions.
struct VerifyInputs {
  /// The allowed values of integer inputs, where known.
  let ranges: [String: IntegerRange]
  let options: VerifyOptions

  /// Returns memory for each input of a function: the file that is given for it, or numbers.
  func inputs(of function: LoopFunction, _ random: inout SampleSource) throws -> [Memory] {
    try function.inputs.map { array in
      if let path = options.inputs[array.name] { return try readInput(array, from: path) }
      let memory = Memory(bytes: array.bytes)
      let isSeed = function.kind.initialises
      let count = ranges[array.name]?.count
      for offset in 0..<array.count {
        let value = isSeed ? Double(options.seed) : number(array.type, below: count, &random)
        array.type.store(value, at: memory.start, offset)
      }
      return memory
    }
  }

  // Floats are normally distributed; integers are among the allowed values, or 0 and 1 where
  // nothing is known.
  private func number(
    _ type: ElementType, below count: Int?, _ random: inout SampleSource
  ) -> Double {
    if type.isFloat { return random.normal() }
    return Double(random.next(below: type == .bool ? 2 : count ?? (type.size == 1 ? 128 : 2)))
  }
}

extension ElementType {
  /// Writes a number as an element of an array in memory.
  fileprivate func store(_ value: Double, at memory: UnsafeMutableRawPointer, _ n: Int) {
    func put<T>(_ value: T) { memory.storeBytes(of: value, toByteOffset: n * size, as: T.self) }
    switch self {
    case .f32: put(Float(value))
    case .f64: put(value)
    case .f16: put(Float16(value).bitPattern)
    case .bf16: put(UInt16(Float(stored(value)).bitPattern >> 16))
    case .i8: put(Int8(value))
    case .u8, .bool: put(UInt8(value))
    case .i16: put(Int16(value))
    case .i32: put(Int32(value))
    case .u32: put(UInt32(value))
    case .i64: put(Int64(value))
    case .u64: put(UInt64(value))
    }
  }
}
