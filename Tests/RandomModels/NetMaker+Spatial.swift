internal import GraphIR
internal import GraphKit

// Layers of lines `[n, c, x]`, images and volumes.
extension NetMaker {
  func addSpatialLayer<Kind: Space>(_ kind: Kind.Type) {
    switch choose.int(0...17) {
    case 0...4: convolution(kind)
    case 5: transposedConvolution(kind)
    case 6, 7: pool(kind)
    case 8...10: spatialNorm(kind)
    case 11, 12: activation()
    case 13: if !residual() { join() }
    case 14: padding(kind)
    case 15: resize(kind)
    case 16: choose.chance(0.4) ? dropout() : order()
    default: rearrange(kind)
    }
  }

  private var space: [Int] { Array(dims.dropFirst(2)) }

  private func convolution<Kind: Space>(_ kind: Kind.Type) {
    let (c, space) = (dims[1], space)
    let groups = choose.chance(0.3) ? choose.pick((1...c).filter { c % $0 == 0 }) : 1
    let outputs = groups * choose.int(1...max(1, 10 / groups))
    let dilation = choose.pick([1, 1, 1, 2])
    let kernel = space.map { choose.int(1...min(4, max(1, ($0 - 1) / dilation + 1))) }
    let stride = space.map { choose.pick($0 > 5 ? [1, 1, 2, 3] : [1, 1, 2]) }
    let bias = choose.chance(0.7)
    let modes: [(String, PaddingMode)] = [
      (".zeros", .zeros), (".zeros", .zeros), (".reflect", .reflect), (".replicate", .replicate),
      (".circular", .circular), (".constant(0.5)", .constant(0.5)),
    ]
    let (word, mode) = choose.pick(modes)
    let most = space.min() ?? 1
    let padding = choose.int(0...min(2, mode == .reflect ? most - 1 : most))
    let text =
      "Conv\(Kind.axes)D(\(c), \(outputs), kernel: \(kernel), stride: \(stride), "
      + "padding: \(padding), dilation: \(dilation), groups: \(groups), bias: \(bias), "
      + "paddingMode: \(word))"
    layer(
      text,
      Convolution<Kind>(
        c, outputs, kernel: kernel, stride: stride, padding: padding, dilation: dilation,
        groups: groups, bias: bias, paddingMode: mode))
  }

  private func transposedConvolution<Kind: Space>(_ kind: Kind.Type) {
    let c = dims[1]
    let outputs = choose.int(1...6)
    let stride = choose.int(1...2)
    let kernel = space.map { _ in choose.int(1...3) }
    let padding = (kernel.min() ?? 1) > 1 && (space.min() ?? 1) > 1 ? choose.int(0...1) : 0
    let added = choose.int(0...(stride - 1))
    layer(
      "ConvTranspose\(Kind.axes)D(\(c), \(outputs), kernel: \(kernel), stride: \(stride), "
        + "padding: \(padding), outputPadding: \(added))",
      TransposedConvolution<Kind>(
        c, outputs, kernel: kernel, stride: stride, padding: padding, outputPadding: added))
  }

  private func pool<Kind: Space>(_ kind: Kind.Type) {
    let kernel = space.map { choose.int(1...min(3, $0)) }
    let stride = kernel.map { choose.chance(0.6) ? $0 : choose.int(1...2) }
    let padding = (kernel.min() ?? 1) / 2 > 0 && choose.chance(0.5) ? 1 : 0
    let ceil = choose.chance(0.3)
    let rest = "\(kernel), stride: \(stride), padding: \(padding), ceilMode: \(ceil))"
    switch choose.int(0...4) {
    case 0, 1:
      layer(
        "MaxPool\(Kind.axes)D(" + rest,
        MaxPool<Kind>(kernel, stride: stride, padding: padding, ceilMode: ceil))
    case 2, 3:
      layer(
        "AvgPool\(Kind.axes)D(" + rest,
        AvgPool<Kind>(kernel, stride: stride, padding: padding, ceilMode: ceil))
    default:
      let size = space.map { choose.int(1...$0) }
      layer("AdaptiveAvgPool\(Kind.axes)D(\(size))", AdaptiveAvgPool<Kind>(size))
    }
  }

  /// Adds something that makes the image smaller.
  func shrink<Kind: Space>(_ kind: Kind.Type) {
    if dims[1] > 12 {
      layer(
        "Conv\(Kind.axes)D(\(dims[1]), 4, kernel: 1)", Convolution<Kind>(dims[1], 4, kernel: 1))
    } else {
      let size = space.map { max(1, $0 / 2) }
      layer("AdaptiveAvgPool\(Kind.axes)D(\(size))", AdaptiveAvgPool<Kind>(size))
    }
  }

  private func spatialNorm<Kind: Space>(_ kind: Kind.Type) {
    let c = dims[1]
    switch choose.int(0...5) {
    case 0...2 where dims[0] * space.reduce(1, *) > 1: layer("BatchNorm(\(c))", BatchNorm(c))
    case 3:
      let groups = choose.pick((1...c).filter { c % $0 == 0 })
      layer("GroupNorm(\(groups), \(c))", GroupNorm(groups, c))
    case 4 where space.reduce(1, *) > 1:
      layer("InstanceNorm\(Kind.axes)D(\(c), affine: true)", InstanceNorm2D(c, affine: true))
    default: layer("LocalResponseNorm(3)", LocalResponseNorm(3))
    }
  }

  private func padding<Kind: Space>(_ kind: Kind.Type) {
    let most = space.min() ?? 1
    switch choose.int(0...3) {
    case 0 where most > 1:
      layer("ReflectionPad\(Kind.axes)D(1)", ReflectionPad<Kind>(1))
    case 1: layer("ReplicationPad\(Kind.axes)D(2)", ReplicationPad<Kind>(2))
    case 2: layer("CircularPad\(Kind.axes)D(1)", CircularPad<Kind>(1))
    default: layer("ConstantPad\(Kind.axes)D(1, value: 0.5)", ConstantPad<Kind>(1, value: 0.5))
    }
  }

  private func resize<Kind: Space>(_ kind: Kind.Type) {
    let size = space.map { choose.int(1...min(2 * $0, 12)) }
    let modes: [(String, ResizeMode)] = [
      (".nearest", .nearest), (".nearestExact", .nearestExact), (".linear", .linear),
      (".cubic", .cubic), (".area", .area),
    ]
    let (word, mode) = choose.pick(modes)
    layer("Upsample(to: \(size), mode: \(word))", Upsample(to: size, mode: mode))
  }

  // Joins an earlier result with as many places along the channels.
  private func join() {
    let rest = dims.dropFirst(2)
    let rank = y.rank
    let places = earlier { $0.rank == rank && $0.shape.dims.dropFirst(2) == rest }
    guard let place = places.isEmpty ? nil : choose.pick(places) else { return activation() }
    line("concatenate([\(name), y\(place)], axis: 1)") { (values: [Tensor]) in
      concatenate([values[values.count - 1], values[place]], axis: 1)
    }
  }

  private func rearrange<Kind: Space>(_ kind: Kind.Type) {
    let (c, rank) = (dims[1], y.rank)
    switch choose.int(0...3) {
    case 0 where Kind.axes == 2 && c % 4 == 0:
      layer("PixelShuffle(2)", PixelShuffle(2))
    case 1 where Kind.axes == 2 && space.allSatisfy { $0 % 2 == 0 }:
      layer("PixelUnshuffle(2)", PixelUnshuffle(2))
    case 2 where Kind.axes == 2:
      line("\(name).transposed([0, 1, 3, 2])") { $0.transposed([0, 1, 3, 2]) }
    case 3:
      // Places become steps of a sequence.
      line("\(name).flattened(from: 2).transposed([0, 2, 1])") {
        (rank == 3 ? $0 : $0.flattened(from: 2)).transposed([0, 2, 1])
      }
      sequences.insert(values.count - 1)
    default:
      line("\(name) * sigmoid(\(name).mean(axes: [1], keep: true))") {
        $0 * sigmoid($0.mean(axes: [1], keep: true))
      }
    }
  }
}
