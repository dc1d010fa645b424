import GraphIR
import GraphKit
import LoopIR

/// Tensors of constants.
func addConstants(_ table: inout OpInfoTable) {
  table.add("zeros_like") { try $0.x.filled(0, as: try $0.type() ?? $0.x.elementType) }
  table.add("ones_like") { try $0.x.filled(1, as: try $0.type() ?? $0.x.elementType) }
  table.add("full_like") {
    try $0.x.filled($0.number(1) ?? 0, as: $0.type() ?? $0.x.elementType)
  }
  table.add("new_zeros", "new_ones", "new_full") {
    let value = $0.sample.name == "new_full" ? try $0.number(2) ?? 0 : 1
    let shape = Shape(try $0.ints(1) ?? [])
    let type = try $0.type() ?? $0.x.elementType
    return full(shape, $0.sample.name == "new_zeros" ? 0 : value, type)
  }
  table.add("zeros") { zeros(Shape(try $0.ints(0) ?? []), $0.type() ?? .f32) }
  table.add("ones") { ones(Shape(try $0.ints(0) ?? []), $0.type() ?? .f32) }
  table.add("full") { full(Shape(try $0.ints(0) ?? []), try $0.number(1) ?? 0, $0.type() ?? .f32) }
  table.add("arange") { call in
    let given = try call.sample.arguments.indices.compactMap { try call.number($0) }
    let start = given.count == 1 ? 0 : given[0]
    let end = given.count == 1 ? given[0] : given[1]
    let step = given.count == 3 ? given[2] : 1
    let count = Int(((end - start) / step).rounded(.up))
    let type = call.type() ?? .f32
    guard count > 0 else { throw Inexpressible("tensors without elements") }
    // Integers are cut before they are counted on.
    let (first, each) =
      type.isInteger ? (start.rounded(.towardZero), step.rounded(.towardZero)) : (start, step)
    let numbers = range(count, type)
    return numbers * numbers.filled(each) + numbers.filled(first)
  }
  table.add("eye") {
    let rows = try $0.int(0) ?? 1
    let columns = try $0.int(1) ?? rows
    let values = positions([rows, columns]).map { $0[0] == $0[1] ? 1.0 : 0.0 }
    return Tensor(values: values, shape: [rows, columns], $0.type() ?? .f32)
  }
}

/// Tensors with more elements around them.
func addPadding(_ table: inout OpInfoTable) {
  table.add("constant_pad_nd", "nn.functional.pad:constant") {
    let x = try $0.x
    let amounts = padding(try $0.ints(1, "pad") ?? [], rank: x.rank)
    let place = $0.sample.name == "constant_pad_nd" ? 2 : 3
    return x.padded(
      amounts.map { ($0.0, $0.1) }, value: try $0.number(place, "value") ?? $0.number(2) ?? 0)
  }
  let modes: [(String, (Int, Int) -> Int)] = [
    ("reflect", { i, n in i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i }),
    ("replicate", { i, n in Swift.min(Swift.max(i, 0), n - 1) }),
    ("replicate_negative", { i, n in Swift.min(Swift.max(i, 0), n - 1) }),
    ("circular", { i, n in ((i % n) + n) % n }),
  ]
  for (mode, place) in modes {
    table.add("nn.functional.pad:\(mode)") {
      var x = try $0.x
      let amounts = padding(try $0.ints(1, "pad") ?? [], rank: x.rank)
      // What is cut off is not repeated.
      x = x.padded(amounts.map { (Swift.min($0.0, 0), Swift.min($0.1, 0)) })
      for (axis, amount) in amounts.enumerated() where Swift.max(amount.0, amount.1) > 0 {
        let extent = x.dims[axis]
        let range = -Swift.max(amount.0, 0)..<(extent + Swift.max(amount.1, 0))
        let index = range.map { Double(place($0, extent)) }
        x = x.gather(Tensor(index, .i32), axis: axis)
      }
      return x
    }
  }
}

/// The padding of each axis, which PyTorch lists from the last axis on.
func padding(_ list: [Int], rank: Int) -> [(Int, Int)] {
  var amounts = Array(repeating: (0, 0), count: rank)
  for i in 0..<(list.count / 2) { amounts[rank - 1 - i] = (list[2 * i], list[2 * i + 1]) }
  return amounts
}
