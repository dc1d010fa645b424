import GraphIR
import GraphKit
import LoopIR

// Reductions of the elements that a mask leaves.

func addMasked(_ table: inout OpInfoTable) {
  addMaskedSums(&table)
  addMaskedExtremes(&table)
  addMaskedMoments(&table)
  addMaskedLines(&table)
}

/// The input of a call with a value where its mask is false.
private func masked(_ call: OpInfoCall, _ x: Tensor, _ value: Double) throws -> Tensor {
  guard let mask = try call.optionalTensor(nil, "mask") else { return x }
  return select(mask, x, x.filled(value))
}

private func keeps(_ call: OpInfoCall) -> Bool { call.flag(nil, "keepdim") }

/// How many elements count along axes.
private func counted(_ call: OpInfoCall, _ x: Tensor, _ axes: [Int], keep: Bool) throws -> Tensor {
  try masked(call, x.filled(1), 0).sum(axes: axes, keep: keep)
}

/// What is below, or above, all numbers of a type; 64-bit integers are smaller in the samples.
private func end(_ type: ElementType, _ largest: Bool) -> Double {
  let size = type.isFloat ? Double.infinity : type == .i64 ? 0x1p62 : 0x1p31
  return largest ? -size : type == .i32 ? size - 1 : size
}

private func addMaskedSums(_ table: inout OpInfoTable) {
  for (name, start) in [("sum", 0.0), ("prod", 1.0), ("mean", 0.0)] {
    table.add("masked.\(name)") {
      let input = try $0.x
      let type = $0.type() ?? (input.elementType.isFloat ? input.elementType : .i64)
      let x = input.cast(to: type)
      let axes = try $0.axes(x, nil)
      let filled = try masked($0, x, start)
      if name == "prod" { return filled.product(axes: axes, keep: keeps($0)) }
      let sum = filled.sum(axes: axes, keep: keeps($0))
      return name == "sum" ? sum : sum / (try counted($0, x, axes, keep: keeps($0)))
    }
  }
  table.add("masked.logsumexp") {
    let x = float(try $0.x)
    let y = try masked($0, x, end($0.x.elementType, true))
      .logSumExp(axes: try $0.axes(x, nil), keep: keeps($0))
    // PyTorch cuts that of integers.
    return y.cast(to: try $0.x.elementType)
  }
  table.add("masked.norm") {
    let x = try $0.x
    let order = try $0.number(1, "ord") ?? 2
    let filled = try masked($0, x, order < 0 ? .infinity : 0)
    return try norm(filled, order, axes: try $0.axes(x, nil), keep: keeps($0))
  }
}

private func addMaskedExtremes(_ table: inout OpInfoTable) {
  for (name, largest) in [("max", true), ("min", false)] {
    table.add("masked.a\(name)") {
      let x = try $0.x
      let filled = try masked($0, x, end(x.elementType, largest))
      return sharedExtreme(filled, largest, try $0.axes(x, nil), keeps($0))
    }
    table.addMany("masked.arg\(name)") { call in
      let x = try call.x
      let filled = try masked(call, x, end(x.elementType, largest))
      guard call.value(nil, "dim") != nil else {
        return [place(filled.reshaped([-1]), largest, 0, false)]
      }
      return try along(filled, try call.axis(x, nil)) { line, axis in
        [place(line, largest, axis, keeps(call))]
      }
    }
  }
}

private func addMaskedMoments(_ table: inout OpInfoTable) {
  for name in ["var", "std"] {
    table.add("masked.\(name)") {
      let x = float(try $0.x)
      let axes = try $0.axes(x, nil)
      let correction =
        $0.value(nil, "unbiased") != nil
        ? ($0.flag(nil, "unbiased") ? 1 : 0) : try $0.number(nil, "correction") ?? 1
      let mean =
        try masked($0, x, 0).sum(axes: axes, keep: true)
        / counted($0, x, axes, keep: true)
      let distance = try masked($0, x - mean, 0)
      let count = try counted($0, x, axes, keep: keeps($0))
      let sum = (distance * distance).sum(axes: axes, keep: keeps($0))
      let variance = sum / maximum(count - correction, 0)
      return name == "var" ? variance : sqrt(variance)
    }
  }
}

private func addMaskedLines(_ table: inout OpInfoTable) {
  table.addMany("masked.median") { call in
    let x = try call.x
    return try along(try masked(call, x, .nan), try call.axis(x)) { line, axis in
      let values = medianOfNumbers(line, axis: axis).values
      return [keeps(call) ? values.expanded(at: axis) : values]
    }
  }
  for (name, start) in [("cumsum", 0.0), ("cumprod", 1.0)] {
    table.addMany("masked.\(name)") { call in
      let x = try call.x
      return try along(try masked(call, x, start), try call.axis(x)) { line, axis in
        [name == "cumsum" ? line.cumulativeSum(axis: axis) : line.cumulativeProduct(axis: axis)]
      }
    }
  }
  table.add("masked.logaddexp") { call in
    func part(_ place: Int, _ name: String) throws -> Tensor {
      let x = try call.tensor(place)
      guard let mask = try call.optionalTensor(nil, name) else { return x }
      return select(mask, x, x.filled(-.infinity))
    }
    let (a, b) = (try part(0, "input_mask"), try part(1, "other_mask"))
    return stack([a, b]).logSumExp(axes: [0])
  }
}
