internal import GraphIR
internal import GraphKit

// Padding, windows, convolutions, resizing.
extension KernelFamily {
  static let images: [KernelFamily] = [
    KernelFamily(name: "padding", weight: 8) { $0.padding() },
    KernelFamily(name: "pooling", weight: 6) { $0.pooling() },
    KernelFamily(name: "convolution", weight: 14) { $0.convolution() },
    KernelFamily(name: "depthwise", weight: 4) { $0.convolution(isDepthwise: true) },
    KernelFamily(name: "wide convolution", weight: 3, allowsHalf: false) { $0.wideConvolution() },
    KernelFamily(name: "wide depthwise", weight: 4, allowsHalf: false) { $0.wideDepthwise() },
    KernelFamily(name: "transposed convolution", weight: 6) { $0.transposedConvolution() },
    KernelFamily(name: "resizing", weight: 3) { $0.resizing() },
    KernelFamily(name: "grids", weight: 2) { $0.grids() },
    KernelFamily(name: "blocks", weight: 3) { $0.blocks() },
  ]
}

extension KernelMaker {
  /// A padding of each axis that `mode` allows for its extent.
  fileprivate mutating func amounts(_ dims: [Int], _ mode: PaddingMode, most: Int = 4)
    -> [(before: Int, after: Int)]
  {
    dims.map { extent in
      let limit: Int =
        switch mode {
        case .reflect: Swift.min(most, extent - 1)
        case .circular: Swift.min(most, extent)
        case .replicate, .constant: most
        }
      let before = choose.int(0...limit)
      return (before, choose.chance(0.5) ? before : choose.int(0...limit))
    }
  }

  fileprivate mutating func mode() -> PaddingMode {
    choose.pick([.zeros, .zeros, .constant(1.5), .reflect, .replicate, .circular])
  }

  fileprivate mutating func padding() -> KernelBody {
    let axes = choose.int(1...3)
    let front = choose.extents(choose.int(0...2), product: 12)
    let space = choose.extents(axes, product: 400)
    let mode = mode()
    let amounts = front.map { _ in (before: 0, after: 0) } + amounts(space, mode)
    floats(front + space)
    if case .constant(let value) = mode, choose.chance(0.3) {
      let parts = amounts.map {
        Pad.Part(low: $0.before, high: $0.after, interior: choose.int(0...2))
      }
      return { [$0[0].padded(parts, value: value)] }
    }
    return { [$0[0].padded(amounts, mode: mode)] }
  }

  fileprivate mutating func pooling() -> KernelBody {
    let axes = choose.pick([1, 2, 2, 2, 3])
    let kernel = (0..<axes).map { _ in choose.int(1...4) }
    let dilation = (0..<axes).map { _ in choose.pick([1, 1, 1, 2]) }
    let space = zip(kernel, dilation).map {
      ($0 - 1) * $1 + 1 + choose.int(0...(axes == 3 ? 4 : 12))
    }
    floats(choose.extents(2, product: 10) + space)
    let stride = kernel.map { choose.chance(0.5) ? $0 : choose.int(1...3) }
    let padding = kernel.map { choose.int(0...($0 / 2)) }
    let (ceil, counts) = (choose.chance(0.3), choose.chance(0.5))
    let divisor = choose.chance(0.2) ? 3 : nil
    func layer<Kind: Space>(_ kind: Kind.Type, _ which: Int) -> (Tensor) -> Tensor {
      switch which {
      case 0:
        return { x in
          MaxPool<Kind>(
            kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)(x)
        }
      case 1:
        return { x in
          AvgPool<Kind>(
            kernel, stride: stride, padding: padding, ceilMode: ceil, countIncludePad: counts,
            divisor: divisor)(x)
        }
      case 2:
        return { x in
          let pool = MaxPool<Kind>(
            kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
          return pool.withPositions(x).positions
        }
      default: return { x in LPPool<Kind>(2, kernel, stride: stride)(abs(x) + 0.5) }
      }
    }
    let which = choose.pick([0, 0, 0, 1, 1, 2, 3])
    let apply =
      axes == 1
      ? layer(Space1D.self, which)
      : axes == 2 ? layer(Space2D.self, which) : layer(Space3D.self, which)
    return { [apply($0[0])] }
  }

  fileprivate mutating func convolution(isDepthwise: Bool = false) -> KernelBody {
    let axes = choose.pick([1, 2, 2, 2, 2, 3])
    let groups = isDepthwise ? choose.extent(33) : choose.pick([1, 1, 1, 2, 3])
    let inputs = isDepthwise ? 1 : choose.extent(9)
    let outputs = isDepthwise ? choose.pick([1, 1, 1, 2]) : choose.extent(17)
    let kernel = (0..<axes).map { _ in choose.pick([1, 1, 2, 3, 3, 3, 4, 5]) }
    let stride = (0..<axes).map { _ in choose.pick([1, 1, 1, 2, 3]) }
    let dilation = (0..<axes).map { _ in choose.pick([1, 1, 1, 2]) }
    let mode = mode()
    let padded = zip(kernel, dilation).map { ($0 - 1) * $1 + 1 + choose.int(0...13) }
    let amounts = choose.chance(0.6) ? amounts(padded, .zeros, most: 3) : padded.map { _ in (0, 0) }
    // The image is what is left of the padded one, and large enough for its mode.
    let space = zip(padded, amounts).map { extent, amount in
      Swift.max(extent - amount.0 - amount.1, amount.0 + 1, amount.1 + 1)
    }
    let n = axes == 3 ? 1 : choose.int(1...3)
    floats([n, groups * inputs] + space)
    weights([groups * outputs, inputs] + kernel)
    let bias = choose.chance(0.4) ? weights([groups * outputs]) : nil
    return { x in
      let image = x[0].padded([(0, 0), (0, 0)] + amounts, mode: mode)
      let y = image.convolved(x[1], stride: stride, dilation: dilation, groups: groups)
      return [bias.map { y + x[$0].reshaped(Shape([-1] + kernel.map { _ in 1 })) } ?? y]
    }
  }

  // Channels enough for whole vectors, blocks of rows, and Winograd's algorithm.
  fileprivate mutating func wideConvolution() -> KernelBody {
    let (inputs, outputs) = (choose.pick([16, 31, 32, 33, 40]), choose.pick([16, 17, 32, 48, 65]))
    let size = choose.pick([1, 3, 3, 3])
    let (rows, columns) = (choose.int(2...8), choose.int(2...8))
    let stride = choose.pick([1, 1, 1, 2])
    floats([1, inputs, rows, columns])
    weights([outputs, inputs, size, size])
    let side = size / 2
    return { x in
      let image = x[0].padded([(0, 0), (0, 0), (side, side), (side, side)])
      return [image.convolved(x[1], stride: [stride, stride], dilation: [1, 1], groups: 1)]
    }
  }

  // Channels enough for vectors, images and filters of any size, with the channels first or last.
  fileprivate mutating func wideDepthwise() -> KernelBody {
    let channels = choose.pick([16, 17, 24, 31, 32, 33, 40, 64, 65, 72, 130])
    let kernel = (0..<2).map { _ in choose.pick([1, 2, 3, 3, 3, 5, 7, 9]) }
    let stride = (0..<2).map { _ in choose.pick([1, 1, 2, 3]) }
    let dilation = (0..<2).map { _ in choose.pick([1, 1, 1, 2]) }
    let results = [choose.int(1...3), choose.int(1...17)]
    let space = (0..<2).map { axis -> Int in
      let reach = (kernel[axis] - 1) * dilation[axis]
      return (results[axis] - 1) * stride[axis] + reach + 1
    }
    let isLast = choose.chance(0.5)
    floats(isLast ? [1] + space + [channels] : [1, channels] + space)
    weights([channels, 1] + kernel)
    let bias = choose.chance(0.4) ? weights([channels]) : nil
    let isClamped = choose.chance(0.3)
    return { x in
      let image = isLast ? x[0].transposed([0, 3, 1, 2]) : x[0]
      var y = image.convolved(x[1], stride: stride, dilation: dilation, groups: channels)
      if let bias { y = y + x[bias].reshaped([-1, 1, 1]) }
      return [isClamped ? relu6(y) : y]
    }
  }

  fileprivate mutating func transposedConvolution() -> KernelBody {
    let axes = choose.pick([1, 2, 2, 3])
    let groups = choose.pick([1, 1, 2, 3])
    let (inputs, outputs) = (choose.extent(7), choose.extent(9))
    let kernel = (0..<axes).map { _ in choose.int(1...5) }
    let stride = (0..<axes).map { _ in choose.int(1...3) }
    let dilation = (0..<axes).map { _ in choose.pick([1, 1, 2]) }
    let space = (0..<axes).map { _ in choose.extent(axes == 3 ? 4 : 9) }
    let whole = zip(zip(space, stride), zip(kernel, dilation)).map {
      ($0.0 - 1) * $0.1 + ($1.0 - 1) * $1.1 + 1
    }
    let low = whole.map { choose.int(0...Swift.min(2, ($0 - 1) / 2)) }
    let extents = zip(whole, low).map { $0 - 2 * $1 }
    floats([choose.int(1...2), groups * inputs] + space)
    weights([groups * inputs, outputs] + kernel)
    return { x in
      [
        x[0].convolvedBack(
          x[1], stride: stride, dilation: dilation, groups: groups, low: low, extents: extents)
      ]
    }
  }

  fileprivate mutating func resizing() -> KernelBody {
    let axes = choose.int(1...3)
    let space = (0..<axes).map { _ in choose.extent(9) }
    let size = space.map { choose.chance(0.3) ? 2 * $0 : choose.extent(17) }
    let mode: ResizeMode = choose.pick([.nearest, .nearestExact, .linear, .cubic, .area])
    let corners = choose.chance(0.4)
    floats(choose.extents(2, product: 8) + space)
    return { [$0[0].resized(to: size, mode: mode, alignCorners: corners)] }
  }

  fileprivate mutating func grids() -> KernelBody {
    let (rows, columns) = (choose.extent(9), choose.extent(9))
    let n = choose.int(1...2)
    floats([n, choose.int(1...3), choose.int(2...9), choose.int(2...9)])
    floats([n, rows, columns, 2], in: -1.2...1.2)
    let padding: GridPadding = choose.pick([.zeros, .border, .reflection])
    let (nearest, corners) = (choose.chance(0.3), choose.chance(0.5))
    return { x in
      [x[0].gridSample(x[1], nearest: nearest, padding: padding, alignCorners: corners)]
    }
  }

  fileprivate mutating func blocks() -> KernelBody {
    let factor = choose.int(2...3)
    let (rows, columns) = (choose.extent(7), choose.extent(7))
    let channels = choose.int(1...3)
    switch choose.int(0...3) {
    case 0:
      floats([2, channels * factor * factor, rows, columns])
      return { [$0[0].pixelShuffled(factor)] }
    case 1:
      floats([2, channels, rows * factor, columns * factor])
      return { [$0[0].pixelUnshuffled(factor)] }
    case 2:
      floats([2, channels * factor, rows, columns])
      return { [$0[0].channelShuffled(groups: factor)] }
    default:
      let size = choose.int(1...4)
      let step = choose.int(1...3)
      floats([channels, size + choose.int(0...20)])
      return { [$0[0].windows(of: size, step: step).reversed(axes: [-1])] }
    }
  }
}
