import GraphIR
import GraphKit
import LoopIR

// Convolutions, pools, columns, and images in other sizes.

func addWindows(_ table: inout OpInfoTable) {
  addConvolutions(&table)
  addAveragePools(&table)
  addLargestPools(&table)
  addAdaptivePools(&table)
  addResizing(&table)
}

/// Applies a function of images to an image without an axis of examples as well.
private func images(_ x: Tensor, axes: Int, _ results: (Tensor) throws -> [Tensor]) throws
  -> [Tensor]
{
  if x.rank == axes + 2 { return try results(x) }
  return try results(x.expanded(at: 0)).map { $0.reshaped(Shape(Array($0.dims.dropFirst()))) }
}

/// The bias for each channel added to an image.
private func biased(_ y: Tensor, _ bias: Tensor?) -> Tensor {
  bias.map { y + $0.reshaped(Shape([$0.shape.count] + y.dims.dropFirst(2).map { _ in 1 })) } ?? y
}

private func addConvolutions(_ table: inout OpInfoTable) {
  for axes in 1...3 {
    table.addMany("nn.functional.conv\(axes)d") { call in
      let weight = try call.tensor(1)
      let stride = try call.ints(3, "stride", count: axes) ?? Array(repeating: 1, count: axes)
      let dilation = try call.ints(5, "dilation", count: axes) ?? Array(repeating: 1, count: axes)
      let groups = try call.int(6, "groups") ?? 1
      var amounts = Array(repeating: (0, 0), count: axes)
      switch call.text(4, "padding") {
      case "valid": break
      case "same":
        amounts = zip(weight.dims.dropFirst(2), dilation).map { extent, step in
          let reach = (extent - 1) * step
          return (reach / 2, reach - reach / 2)
        }
      default:
        if let given = try call.ints(4, "padding", count: axes) {
          amounts = given.map { ($0, $0) }
        }
      }
      return try images(try call.x, axes: axes) { x in
        let y = x.padded([(0, 0), (0, 0)] + amounts.map { ($0.0, $0.1) })
          .convolved(weight, stride: stride, dilation: dilation, groups: groups)
        return [biased(y, try call.optionalTensor(2, "bias"))]
      }
    }
    table.addMany("nn.functional.conv_transpose\(axes)d") { call in
      let weight = try call.tensor(1)
      func sizes(_ place: Int, _ name: String, _ usual: Int) throws -> [Int] {
        try call.ints(place, name, count: axes) ?? Array(repeating: usual, count: axes)
      }
      let (stride, padding) = (try sizes(3, "stride", 1), try sizes(4, "padding", 0))
      let (added, dilation) = (try sizes(5, "output_padding", 0), try sizes(7, "dilation", 1))
      return try images(try call.x, axes: axes) { x in
        let extents = (0..<axes).map { i -> Int in
          let reach = (weight.dims[2 + i] - 1) * dilation[i] + 1
          let whole = (x.dims[2 + i] - 1) * stride[i] + reach
          return whole - 2 * padding[i] + added[i]
        }
        let y = x.convolvedBack(
          weight, stride: stride, dilation: dilation, groups: try call.int(6, "groups") ?? 1,
          low: padding, extents: extents)
        return [biased(y, try call.optionalTensor(2, "bias"))]
      }
    }
  }
}

/// What `torch.nn.functional` says of a pool: its windows, and where they begin.
private struct PoolArguments {
  let kernel: [Int]
  let stride: [Int]
  let padding: [Int]

  init(_ call: OpInfoCall, axes: Int, isAverage: Bool) throws {
    kernel = try call.ints(1, "kernel_size", count: axes) ?? []
    let given = try call.ints(2, "stride")
    stride =
      given?.isEmpty ?? true ? kernel : try call.ints(2, "stride", count: axes) ?? kernel
    padding = try call.ints(3, "padding", count: axes) ?? kernel.map { _ in 0 }
  }
}

private func addAveragePools(_ table: inout OpInfoTable) {
  for axes in 1...3 {
    table.addMany("nn.functional.avg_pool\(axes)d") { call in
      let pool = try PoolArguments(call, axes: axes, isAverage: true)
      let divisor = try call.int(6, "divisor_override")
      if let divisor, divisor < 0 { throw Inexpressible("means divided by a negative number") }
      let (ceilMode, countsPadding) = (
        call.flag(4, "ceil_mode"), call.flag(5, "count_include_pad", true)
      )
      func averaged(_ x: Tensor) -> Tensor {
        switch axes {
        case 1:
          AvgPool1D(
            pool.kernel, stride: pool.stride, padding: pool.padding, ceilMode: ceilMode,
            countIncludePad: countsPadding, divisor: divisor)(x)
        case 2:
          AvgPool2D(
            pool.kernel, stride: pool.stride, padding: pool.padding, ceilMode: ceilMode,
            countIncludePad: countsPadding, divisor: divisor)(x)
        default:
          AvgPool3D(
            pool.kernel, stride: pool.stride, padding: pool.padding, ceilMode: ceilMode,
            countIncludePad: countsPadding, divisor: divisor)(x)
        }
      }
      return try images(try call.x, axes: axes) { x in
        // Layers are of floating-point numbers; PyTorch's means of integers are cut.
        x.elementType.isFloat
          ? [averaged(x)] : [trunc(averaged(float(x))).cast(to: x.elementType)]
      }
    }
  }
}

private func addLargestPools(_ table: inout OpInfoTable) {
  for axes in 1...2 {
    table.addMany("nn.functional.max_pool\(axes)d") { call in
      let pool = try PoolArguments(call, axes: axes, isAverage: false)
      let dilation =
        try call.ints(4, "dilation", count: axes) ?? Array(repeating: 1, count: axes)
      let ceilMode = call.flag(nil, "ceil_mode")
      return try images(try call.x, axes: axes) { x in
        let (values, positions) =
          axes == 1
          ? MaxPool1D(
            pool.kernel, stride: pool.stride, padding: pool.padding, dilation: dilation,
            ceilMode: ceilMode
          ).withPositions(float(x))
          : MaxPool2D(
            pool.kernel, stride: pool.stride, padding: pool.padding, dilation: dilation,
            ceilMode: ceilMode
          ).withPositions(float(x))
        let own = values.cast(to: x.elementType)
        return call.flag(nil, "return_indices") ? [own, positions] : [own]
      }
    }
  }
  for axes in 1...3 {
    table.addMany("nn.functional.max_unpool\(axes)d") { call in
      guard case .tensor(let i)? = call.value(1), let size = try call.ints(nil, "output_size")
      else { throw Inexpressible("an image whose size is not given") }
      let places = call.sample.inputs[i]
      let channel = places.dims.suffix(axes).reduce(1, *)
      let isOpen = stride(from: 0, to: places.values.count, by: channel).contains {
        Set(places.values[$0..<($0 + channel)]).count < channel
      }
      if isOpen { throw Inexpressible("two numbers for one place, which are added up here") }
      return try images(try call.x, axes: axes) { x in
        let positions = try call.tensor(1).reshaped(x.shape)
        return [maxUnpool(x, at: positions, to: Array(size.suffix(axes)))]
      }
    }
  }
  table.add("nn.functional.unfold") {
    let x = try $0.x
    func sizes(_ call: OpInfoCall, _ place: Int, _ name: String, _ usual: Int) throws -> [Int] {
      try call.ints(place, name, count: 2) ?? [usual, usual]
    }
    let unfold = Unfold(
      try sizes($0, 1, "kernel_size", 1), stride: try sizes($0, 4, "stride", 1),
      padding: try sizes($0, 3, "padding", 0), dilation: try sizes($0, 2, "dilation", 1))
    // Columns are sums of one element, which truths have none of.
    return x.elementType == .bool
      ? unfold(x.cast(to: .i32)).cast(to: .bool) : unfold(x)
  }
}

private func addAdaptivePools(_ table: inout OpInfoTable) {
  // An extent that is left out stays.
  func size(_ call: OpInfoCall, _ x: Tensor, _ axes: Int) throws -> [Int] {
    let own = Array(x.dims.suffix(axes))
    guard case .list(let items)? = call.value(1, "output_size") else {
      return try call.ints(1, "output_size", count: axes) ?? own
    }
    return zip(items, own).map { item, extent in
      if case .number(let number, _) = item { Int(number) } else { extent }
    }
  }
  for axes in 1...2 {
    table.addMany("nn.functional.adaptive_avg_pool\(axes)d") { call in
      let size = try size(call, try call.x, axes)
      return try images(try call.x, axes: axes) { x in
        [axes == 1 ? AdaptiveAvgPool1D(size)(x) : AdaptiveAvgPool2D(size)(x)]
      }
    }
    table.addMany("nn.functional.adaptive_max_pool\(axes)d") { call in
      if call.flag(2, "return_indices") {
        throw Inexpressible("the places of what adaptive pooling finds")
      }
      let size = try size(call, try call.x, axes)
      return try images(try call.x, axes: axes) { x in
        [axes == 1 ? AdaptiveMaxPool1D(size)(x) : AdaptiveMaxPool2D(size)(x)]
      }
    }
  }
}

private func addResizing(_ table: inout OpInfoTable) {
  let modes: [(String, ResizeMode)] = [
    ("nearest", .nearest), ("nearest-exact", .nearestExact), ("linear", .linear),
    ("bilinear", .linear), ("bicubic", .cubic), ("area", .area),
  ]
  for (name, mode) in modes {
    table.add("nn.functional.interpolate:\(name)") { call in
      let x = try call.x
      let axes = x.rank - 2
      let aligned = call.flag(nil, "align_corners")
      if let size = try call.ints(1, "size", count: axes) {
        return x.resized(to: size, mode: mode, alignCorners: aligned)
      }
      let factors: [Double] =
        switch call.value(2, "scale_factor") {
        case .list(let items)?:
          items.compactMap { if case .number(let number, _) = $0 { number } else { nil } }
        case .number(let number, _)?: Array(repeating: number, count: axes)
        default: []
        }
      guard call.flag(nil, "recompute_scale_factor") else {
        return x.resized(by: factors, mode: mode, alignCorners: aligned)
      }
      let size = zip(x.dims.suffix(axes), factors).map { Int(Double($0) * $1) }
      return x.resized(to: size, mode: mode, alignCorners: aligned)
    }
  }
  table.add("nn.functional.grid_sample") { call in
    let mode = call.text(2, "mode")
    if mode == "bicubic" { throw Inexpressible("images read by cubic curves at given places") }
    let padding: GridPadding =
      switch call.text(3, "padding_mode") {
      case "border": .border
      case "reflection": .reflection
      default: .zeros
      }
    return try call.x.gridSample(
      try call.tensor(1), nearest: mode == "nearest", padding: padding,
      alignCorners: call.flag(4, "align_corners"))
  }
}
