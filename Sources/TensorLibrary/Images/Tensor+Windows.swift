package import GraphIR
package import LoopIR

/// Windows that slide along the last axes of an image; one number for each of these axes.
package struct Windows {
  package let size: [Int]
  package let stride: [Int]
  package let dilation: [Int]
  /// Where the first window begins: so many elements before the first of the axis.
  package let low: [Int]

  package init(size: [Int], stride: [Int]? = nil, dilation: [Int]? = nil, low: [Int]? = nil) {
    self.size = size
    self.stride = stride ?? size
    self.dilation = dilation ?? size.map { _ in 1 }
    self.low = low ?? size.map { _ in 0 }
  }

  /// The number of axes that windows slide along.
  package var rank: Int { size.count }

  /// The span of a window, gaps included.
  package var reach: [Int] { zip(size, dilation).map { ($0 - 1) * $1 + 1 } }

  /// How many windows an axis of an extent has.
  package func counts(_ extents: [Int]) -> [Int] {
    zip(zip(extents, reach), stride).map { ($0.0 - $0.1) / $1 + 1 }
  }

  /// The axes that count windows, and those that count the elements of one.
  func axes(_ counts: [Int]) -> (windows: [Axis], elements: [Axis]) {
    (
      zip(["z", "y", "x"].suffix(rank), counts).map { Axis($0, $1) },
      zip(["u", "v", "w"], size).map { Axis($0, $1) }
    )
  }

  /// Where windows read, for the numbers of the first axis of each kind.
  func positions(_ windows: Int, _ elements: Int) -> [AxisSum] {
    (0..<rank).map {
      AxisSum(
        [.init(windows + $0, stride[$0]), .init(elements + $0, dilation[$0])], offset: -low[$0])
    }
  }
}

// A convolution's axes are n g c y x | i u v: without g if there is one group, else without c or i
// where a group has one channel. A depthwise convolution then reads and gives [n, g, y, x].
private struct Convolution {
  let map: AxisMap
  private let group: [Int]
  private let outputs: [Int]
  private let inputs: [Int]

  init(_ windows: Windows, _ n: Int, _ groups: Int, _ c: Int, _ i: Int, counts: [Int]) {
    group = groups == 1 ? [] : [groups]
    outputs = groups > 1 && c == 1 ? [] : [c]
    inputs = groups > 1 && i == 1 ? [] : [i]
    let (places, elements) = windows.axes(counts)
    let first = 1 + group.count + outputs.count
    let inner = first + places.count
    let shared = group.indices.map { AxisSum.axis(1 + $0) }
    let output = outputs.indices.map { AxisSum.axis(first - 1 + $0) }
    let input = inputs.indices.map { AxisSum.axis(inner + $0) }
    let filter = elements.indices.map { AxisSum.axis(inner + input.count + $0) }
    map = AxisMap(
      [Axis("n", n)] + group.map { Axis("g", $0) } + outputs.map { Axis("c", $0) } + places
        + inputs.map { Axis("i", $0) } + elements, resultRank: inner,
      operands: [
        [.axis(0)] + shared + input + windows.positions(first, inner + input.count),
        shared + output + input + filter,
      ])
  }

  /// The larger image with its groups apart.
  func input(_ image: Tensor) -> Tensor {
    image.reshaped(Shape([image.shape[0]] + group + inputs + image.shape.dims.dropFirst(2)))
  }

  /// The smaller image with its groups apart.
  func output(_ image: Tensor) -> Tensor {
    image.reshaped(Shape([image.shape[0]] + group + outputs + image.shape.dims.dropFirst(2)))
  }

  /// The weight with its groups apart.
  func filter(_ weight: Tensor) -> Tensor {
    weight.reshaped(Shape(group + outputs + inputs + weight.shape.dims.dropFirst(2)))
  }

  /// The extents of the larger image with its groups apart.
  func dims(_ extents: [Int]) -> [Int] { [map.axes[0].extent] + group + inputs + extents }
}

extension Tensor {
  /// A convolution of `[n, c, y, x]`, or with one or three axes in place of `y, x`, with a weight
  /// `[out, c / groups, u, v]`; the input is padded already.
  package func convolved(
    _ weight: Tensor, stride: [Int], dilation: [Int], groups: Int
  ) -> Tensor {
    guard canConvolve(weight, "convolution", groups, stride.count) else { return builder.poison() }
    let (c, out) = (shape[1], weight.shape[0])
    if let error = channelError(weight, groups) {
      builder.fail(error, operands: [self, weight])
      return builder.poison()
    }
    let (space, kernel) = (Array(shape.dims[2...]), Array(weight.shape.dims[2...]))
    let windows = Windows(size: kernel, stride: stride, dilation: dilation)
    for (reach, extent) in zip(windows.reach, space) where reach > extent {
      builder.fail(.windowTooLarge("convolution", reach, extent, type), operands: [self, weight])
      return builder.poison()
    }
    let counts = windows.counts(space)
    let form = Convolution(windows, shape[0], groups, out / groups, c / groups, counts: counts)
    return builder.apply(Contract(form.map), form.input(self), form.filter(weight))
      .reshaped(Shape([shape[0], out] + counts))
  }

  /// The transposed convolution: each element of `[n, c, y, x]` is spread over a window by a weight
  /// `[c, out / groups, u, v]`, where `low` elements before the first are left out, into images of
  /// given extents.
  ///
  /// It is the gradient of a convolution by its input.
  package func convolvedBack(
    _ weight: Tensor, stride: [Int], dilation: [Int], groups: Int, low: [Int], extents: [Int]
  ) -> Tensor {
    let name = "transposed convolution"
    guard canConvolve(weight, name, groups, stride.count) else { return builder.poison() }
    let c = shape[1]
    guard c % groups == 0, weight.shape[0] == c else {
      builder.fail(
        c % groups != 0
          ? .groups(groups, "input channels", c)
          : .innerSizes(name, c, type, weight.shape[0], weight.type), operands: [self, weight])
      return builder.poison()
    }
    guard extents.allSatisfy({ $0 > 0 }) else {
      let dims = [shape[0], weight.shape[1] * groups] + extents
      builder.fail(.negativeExtent(name, type, dims), operands: [self, weight])
      return builder.poison()
    }
    let (space, kernel) = (Array(shape.dims[2...]), Array(weight.shape.dims[2...]))
    let windows = Windows(size: kernel, stride: stride, dilation: dilation, low: low)
    let out = weight.shape[1]
    let form = Convolution(windows, shape[0], groups, c / groups, out, counts: space)
    let result = form.map.gradient(
      0, dims: form.dims(extents),
      factors: [
        (form.output(self), (0..<form.map.resultRank).map { .axis($0) }),
        (form.filter(weight), form.map.operands[1]),
      ])
    return result.reshaped(Shape([shape[0], out * groups] + extents))
  }

  // Reports operands that are not images and filters of the right rank.
  private func canConvolve(_ weight: Tensor, _ name: String, _ groups: Int, _ rank: Int) -> Bool {
    guard value != nil, weight.value != nil, Tensor.together([self, weight], name) else {
      return false
    }
    for (what, x) in [("the input", self), ("the weight", weight)] where x.rank != rank + 2 {
      builder.fail(.needsRank(name, "\(rank + 2)", what, x.type), operands: [self, weight])
      return false
    }
    guard elementType == weight.elementType else {
      builder.fail(.elementTypesDiffer(name, type, weight.type), operands: [self, weight])
      return false
    }
    if groups >= 1 { return true }
    builder.fail(.positive(name, "groups", groups), operands: [self, weight])
    return false
  }

  private func channelError(_ weight: Tensor, _ groups: Int) -> TypeError? {
    let (c, out) = (shape[1], weight.shape[0])
    if c % groups != 0 { return .groups(groups, "input channels", c) }
    if out % groups != 0 { return .groups(groups, "output channels", out) }
    if weight.shape[1] == c / groups { return nil }
    return .innerSizes("convolution", c, type, weight.shape[1] * groups, weight.type)
  }

  /// Windows of an image `[n, c, y, x]`, or with one or three axes in place of `y, x`, reduced; the
  /// input is padded already.
  package func pooled(
    _ monoid: Monoid, window: [Int], stride: [Int], dilation: [Int]? = nil
  ) -> Tensor {
    let windows = Windows(size: window, stride: stride, dilation: dilation)
    guard hasWindows(windows, "pooling") else { return builder.poison() }
    let (places, elements) = windows.axes(windows.counts(Array(shape.dims[2...])))
    let map = AxisMap(
      [Axis("n", shape[0]), Axis("c", shape[1])] + places + elements, resultRank: 2 + windows.rank,
      operands: [[.axis(0), .axis(1)] + windows.positions(2, 2 + windows.rank)])
    return builder.apply(Reduce(monoid, map), self)
  }

  /// The windows of an image as columns: `[n, c * u * v, y * x]`, the input padded already.
  package func columns(of windows: Windows) -> Tensor {
    guard hasWindows(windows, "unfolded") else { return builder.poison() }
    let counts = windows.counts(Array(shape.dims[2...]))
    let map = Self.columns(windows, shape[0], shape[1], counts)
    return builder.apply(Reduce(.sum, map), self)
      .reshaped([shape[0], shape[1] * windows.size.reduce(1, *), counts.reduce(1, *)])
  }

  /// The columns of `[n, c * u * v, y * x]` added up where the windows of an image of given extents
  /// have them.
  package func folded(_ windows: Windows, counts: [Int], extents: [Int]) -> Tensor {
    guard value != nil else { return self }
    let size = windows.size.reduce(1, *)
    guard rank == 3, shape[1] % size == 0, counts.allSatisfy({ $0 > 0 }),
      shape[2] == counts.reduce(1, *)
    else {
      builder.fail(.columns(type, size, counts), operands: [self])
      return builder.poison()
    }
    let (n, c) = (shape[0], shape[1] / size)
    let map = Self.columns(windows, n, c, counts)
    return map.gradient(
      0, dims: [n, c] + extents,
      factors: [(reshaped(Shape(map.resultDims)), map.axes.indices.map { .axis($0) })])
  }

  private static func columns(_ windows: Windows, _ n: Int, _ c: Int, _ counts: [Int]) -> AxisMap {
    let (places, elements) = windows.axes(counts)
    let axes = [Axis("n", n), Axis("c", c)] + elements + places
    let positions = windows.positions(2 + windows.rank, 2)
    return AxisMap(axes, resultRank: axes.count, operands: [[.axis(0), .axis(1)] + positions])
  }

  private func hasWindows(_ windows: Windows, _ name: String) -> Bool {
    guard value != nil else { return false }
    guard rank == windows.rank + 2 else {
      builder.fail(.needsRank(name, "\(windows.rank + 2)", "the input", type), operands: [self])
      return false
    }
    for (reach, extent) in zip(windows.reach, shape.dims[2...]) where reach > extent {
      builder.fail(.windowTooLarge(name, reach, extent, type), operands: [self])
      return false
    }
    return true
  }
}
