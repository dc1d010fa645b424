internal import LoopIR

// Tensors of positions in the interpreter.
extension Numbers {
  /// The position on an axis that the element at `position` gives, clamped to the axis.
  func pick(_ position: [Int], extent: Int) -> Int {
    Int(min(max(self[position], 0), Double(extent - 1)))
  }

  /// True iff the element at `position` is known exactly.
  func isSure(_ position: [Int]) -> Bool { bounds[offset(position)] == 0 }

  /// The distance between a number and its nearest neighbour, as a part of the number.
  var roundoff: Double {
    switch type.element {
    case .f64: 0x1p-53
    case .f32: 0x1p-24
    case .f16: 0x1p-11
    case .bf16: 0x1p-8
    case .i8, .u8, .i16, .i32, .i64, .u32, .u64, .bool: 0
    }
  }

  /// Numbers of one value everywhere, exact.
  static func filled(_ type: TensorType, _ value: Double) -> Numbers {
    Numbers(type, Array(repeating: value, count: type.shape.count))
  }

  /// Sets the element at `position`, with the error bound `bound`.
  mutating func set(_ position: [Int], _ value: Double, bound: Double) {
    let place = offset(position)
    values[place] = type.element.stored(value)
    // A NaN has no error.
    bounds[place] = bound.isNaN ? .infinity : bound
  }

  /// The first position of each row along an axis.
  static func rows(_ dims: [Int], axis: Int) -> [[Int]] {
    var dims = dims
    dims[axis] = 1
    return positions(dims)
  }
}

extension [Int] {
  /// The position moved to another place along an axis.
  func at(_ place: Int, _ axis: Int) -> [Int] {
    var result = self
    result[axis] = place
    return result
  }
}
