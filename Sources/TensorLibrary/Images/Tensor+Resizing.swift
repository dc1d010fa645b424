public import GraphIR
internal import LoopIR

/// How the elements of a resized image are computed.
public enum ResizeMode: Sendable {
  /// The element in whose part of the axis the new one begins.
  case nearest
  /// The element in whose part of the axis the middle of the new one lies.
  case nearestExact
  /// Linear interpolation between neighbours: bilinear for two axes, trilinear for three.
  case linear
  /// Cubic interpolation between four neighbours, as in PyTorch's `bicubic`.
  case cubic
  /// Means of the elements that a new one covers.
  case area
}

extension Tensor {
  /// An image `[n, c, y, x]` resized; as many last axes change as there are sizes.
  ///
  /// With `alignCorners` the middles of the elements at the ends stay in place, otherwise the outer
  /// edges do.
  public func resized(
    to size: [Int], mode: ResizeMode = .linear, alignCorners: Bool = false
  ) -> Tensor {
    guard isResizable(size.count) else { return builder.poison() }
    if let bad = size.first(where: { $0 < 1 }) {
      builder.fail(.positive("resized", "size", bad), operands: [self])
      return builder.poison()
    }
    return size.enumerated().reduce(self) { x, entry in
      let axis = rank - size.count + entry.offset
      let (old, new) = (shape[axis], entry.element)
      if mode == .area { return x.averaged(axis, to: new) }
      guard old != new else { return x }
      let aligned = alignCorners && (mode == .linear || mode == .cubic)
      // The place of an element in the old image: that of its number times p / q, and a shift.
      let (p, q) = aligned ? (old - 1, Swift.max(new - 1, 1)) : (old, new)
      let shift = aligned ? 0 : (Double(p) / Double(q) - 1) / 2
      return x.sampled(axis, to: new, mode, Places(p, q, shift))
    }
  }

  /// An image `[n, c, y, x]` scaled by factors, one for each of as many last axes.
  public func resized(
    by factors: [Double], mode: ResizeMode = .linear, alignCorners: Bool = false
  ) -> Tensor {
    guard isResizable(factors.count) else { return builder.poison() }
    let old = shape.dims.suffix(factors.count)
    let size = zip(old, factors).map { extent, factor in
      // NaN, or a size that no axis can have, is reported as a mistake.
      let exact = Double(extent) * factor
      return exact > 0 && exact < 0x1p40 ? Int(exact) : 0
    }
    guard size.allSatisfy({ $0 > 0 }), !alignCorners, mode != .area else {
      return resized(to: size, mode: mode, alignCorners: alignCorners)
    }
    return zip(size, factors).enumerated().reduce(self) { x, entry in
      let axis = rank - factors.count + entry.offset
      let (new, factor) = entry.element
      return x.sampled(axis, to: new, mode, Places(factor: factor))
    }
  }

  private func isResizable(_ axes: Int) -> Bool {
    guard value != nil else { return false }
    if !elementType.isFloat {
      builder.fail(.needsFloat("resized", type), operands: [self])
      return false
    }
    if axes >= 1, rank >= axes { return true }
    builder.fail(.needsRank("resized", "at least \(axes)", "the operand", type), operands: [self])
    return false
  }

  /// Means of an axis, as many as asked for; each is over the elements that it covers.
  package func averaged(_ axis: Int, to count: Int) -> Tensor {
    guard value != nil else { return self }
    let extent = shape[axis]
    if extent == count { return self }
    if extent % count == 0 {
      return unflattened(axis, to: [count, extent / count]).mean(axes: [axis + 1])
    }
    // Parts of unequal sizes are rows of a matrix.
    let shares = (0..<count).flatMap { i in
      let part = (i * extent / count)..<(((i + 1) * extent + count - 1) / count)
      return (0..<extent).map { part.contains($0) ? 1 / Double(part.count) : 0 }
    }
    let matrix = builder.numbers(shares, elementType).broadcast(to: [shares.count])
      .reshaped([count, extent])
    return movedAxis(axis, to: -1).linear(matrix).movedAxis(-1, to: axis)
  }

  // One axis read at places between its elements.
  private func sampled(_ axis: Int, to count: Int, _ mode: ResizeMode, _ places: Places) -> Tensor {
    guard value != nil else { return self }
    let extent = shape[axis]
    switch mode {
    case .nearest, .nearestExact:
      let middle = mode == .nearest ? 0 : 0.5
      if let p = places.p, p == 1, let q = places.q { return repeatedEach(q, axis: axis) }
      if let p = places.p, places.q == 1 {
        let first = mode == .nearest ? 0 : p / 2
        return sliced(axis, first..<extent, step: p).sliced(axis, 0..<count)
      }
      let positions = (0..<count).map {
        Swift.min(Int(((Double($0) + middle) * places.scale).rounded(.down)), extent - 1)
      }
      return gather(builder.integers(positions), axis: axis)
    case .linear, .cubic, .area:
      return interpolated(axis, to: count, places, isCubic: mode == .cubic)
    }
  }

  // A weighted sum of a few neighbours. If the weights repeat after a few elements, it is one small
  // contraction, else the neighbours are gathered.
  private func interpolated(_ axis: Int, to count: Int, _ places: Places, isCubic: Bool) -> Tensor {
    let extent = shape[axis]
    let taps = (0..<count).map { places.taps($0, isCubic: isCubic) }
    if let p = places.p, let q = places.q {
      let period = taps.prefix(q)
      let low = period.map(\.first).min() ?? 0
      let high = period.map { $0.first + $0.weights.count - 1 }.max() ?? 0
      let width = high - low + 1
      if width <= 8 {
        let rows = period.flatMap { tap in
          (0..<width).map { u in
            let i = u + low - tap.first
            return tap.weights.indices.contains(i) ? tap.weights[i] : 0
          }
        }
        return blended(axis, to: count, (p, q), low, width, rows)
      }
    }
    func along(_ vector: Tensor) -> Tensor {
      vector.reshaped(Shape([count] + Array(repeating: 1, count: rank - axis - 1)))
    }
    let size = isCubic ? 4 : 2
    return (0..<size).map { tap in
      let positions = taps.map { Swift.min(Swift.max($0.first + tap, 0), extent - 1) }
      let weights = builder.numbers(taps.map { $0.weights[tap] }, elementType)
      return gather(builder.integers(positions), axis: axis) * along(weights)
    }.reduce(nil) { sum, part in sum.map { $0 + part } ?? part } ?? self
  }

  // Element `q * j + r` as the sum over u of `weights[r, u]` times element `p * j + low + u`, where
  // the elements at the ends go on beyond them.
  private func blended(
    _ axis: Int, to count: Int, _ ratio: (p: Int, q: Int), _ low: Int, _ width: Int,
    _ weights: [Double]
  ) -> Tensor {
    let extent = shape[axis]
    let blocks = (count + ratio.q - 1) / ratio.q
    let end = (blocks - 1) * ratio.p + low + width
    let padded = padded(
      shape.dims.indices.map { i in
        i == axis ? (before: -low, after: end - extent) : (before: 0, after: 0)
      }, mode: .replicate)
    let matrix = builder.numbers(weights, elementType).broadcast(to: [weights.count])
      .reshaped([ratio.q, width])
    // Axes: those of the image, with that of the blocks in place of its axis; r; u.
    var axes = shape.dims.enumerated().map { Axis(AxisNames.standard($0, of: rank), $1) }
    axes[axis] = Axis(axes[axis].name, blocks)
    axes.insert(Axis("r", ratio.q), at: axis + 1)
    let places = axes.indices.filter { $0 != axis + 1 }
    var read = places.map { AxisSum.axis($0) }
    read[axis] = AxisSum([.init(axis, ratio.p), .init(rank + 1)])
    let map = AxisMap(
      AxisMap.distinct(axes + [Axis("u", width)]), resultRank: rank + 1,
      operands: [read, [.axis(axis + 1), .axis(rank + 1)]])
    return builder.apply(Contract(map), padded, matrix)
      .flattened(from: axis, to: axis + 1).sliced(axis, 0..<count)
  }
}

// Where the elements of a new axis lie in the old one: element i at `i * scale + shift`.
private struct Places {
  let scale: Double
  let shift: Double
  // The scale as a fraction in lowest terms, if it is one of small numbers.
  let p: Int?
  let q: Int?

  init(_ p: Int, _ q: Int, _ shift: Double) {
    var (a, b) = (p, q)
    while b != 0 { (a, b) = (b, a % b) }
    scale = Double(p) / Double(q)
    self.shift = shift
    self.p = p / a
    self.q = q / a
  }

  init(factor: Double) {
    let scale = 1 / factor
    self.scale = scale
    shift = (scale - 1) / 2
    let denominator = (1...16).first { q in
      let p = Double(q) * scale
      return p >= 0.5 && (p - p.rounded()).magnitude < 1e-12
    }
    q = denominator
    p = denominator.map { Int((Double($0) * scale).rounded()) }
  }

  /// The first neighbour of an element, and the weights of it and those after it.
  func taps(_ i: Int, isCubic: Bool) -> (first: Int, weights: [Double]) {
    // In whole numbers as far as possible: where elements meet, one neighbour gets all.
    let place: Double
    let whole: Int
    if let p, let q {
      let turns = i / q
      place = Double(i % q) * scale + shift
      whole = turns * p
    } else {
      place = Double(i) * scale + shift
      whole = 0
    }
    let floor = place.rounded(.down)
    let t = place - floor
    let first = whole + Int(floor)
    if !isCubic { return (first, [1 - t, t]) }
    return (first - 1, [t + 1, t, 1 - t, 2 - t].map(Self.cubic))
  }

  // The weight of a neighbour at a distance, for PyTorch's slope -0.75.
  private static func cubic(_ x: Double) -> Double {
    let a = -0.75
    return x <= 1
      ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
  }
}
