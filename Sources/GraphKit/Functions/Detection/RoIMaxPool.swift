public import TensorLibrary
internal import LoopIR

/// The largest values of the cells of regions of images: `[k, c, rows, columns]` for features `[n,
/// c, y, x]` and `k` regions (Girshick, 2015).
///
/// Regions are boxes `[k, 4]`, which `scale` converts to pixels and rounds; `images`, integers
/// `[k]`, says from which image each comes. As torchvision's `roi_pool`: cells overlap where a
/// region has not as many pixels, and what lies outside of the image is 0. Gradients reach the
/// features.
public func roiMaxPool(
  _ features: Tensor, _ boxes: Tensor, images: Tensor, size: (rows: Int, columns: Int),
  scale: Double = 1
) -> Tensor {
  applying("roi_max_pool", to: features) { features in
    let dims = features.shape.dims
    let table = MaximumTable(features)
    let y = Cells(boxes, axis: 1, cells: size.rows, extent: dims[2], scale: scale)
    let x = Cells(boxes, axis: 0, cells: size.columns, extent: dims[3], scale: scale)
    let isEmpty = y.isEmpty.expanded(at: 2) .|| x.isEmpty.expanded(at: 1)
    let image = images.cast(to: .i32).expanded(at: 1).expanded(at: 2)
    var best: Tensor?
    for row in y.starts {
      for column in x.starts {
        let part = table.values(
          image, (y.level.expanded(at: 2), row.expanded(at: 2)),
          (x.level.expanded(at: 1), column.expanded(at: 1)))
        best = best.map { maximum($0, part) } ?? part
      }
    }
    guard let best else { return features }
    return select(isEmpty.expanded(at: -1), best.filled(0), best).transposed([0, 3, 1, 2])
  }
}

// The largest value of 1, 2, 4, ... neighbours, from each pixel on, along both axes. That of any
// number of neighbours is the larger of two of them.
private struct MaximumTable {
  private let rows: Tensor
  private let dims: [Int]

  init(_ features: Tensor) {
    let shape = features.shape.dims
    func levels(_ x: Tensor, axis: Int) -> Tensor {
      var (all, reach) = ([x], 1)
      while 2 * reach <= x.shape[axis] {
        let last = all[all.count - 1]
        var amounts = Array(repeating: (before: 0, after: 0), count: x.rank)
        amounts[axis] = (-reach, reach)
        all.append(maximum(last, last.padded(amounts, value: -.infinity)))
        reach *= 2
      }
      return stack(all, axis: 1)
    }
    // [n, row levels, column levels, y, x, c]
    let down = levels(features.transposed([0, 2, 3, 1]), axis: 1)
    let table = levels(down, axis: 3).swappedAxes(1, 2)
    dims = table.shape.dims
    rows = table.reshaped([-1, shape[1]])
  }

  // Slices [..., c].
  func values(
    _ image: Tensor, _ y: (level: Tensor, start: Tensor), _ x: (level: Tensor, start: Tensor)
  ) -> Tensor {
    let level = (image * dims[1] + y.level) * dims[2] + x.level
    return rows.gather((level * dims[3] + y.start) * dims[4] + x.start)
  }
}

// The cells of regions along one axis, [k, cells].
private struct Cells {
  /// The logarithm of a length, and where the two stretches of this length begin that cover a cell.
  let level: Tensor
  let starts: [Tensor]
  let isEmpty: Tensor

  init(_ boxes: Tensor, axis: Int, cells: Int, extent: Int, scale: Double) {
    // C rounds halves away from zero.
    func rounded(_ x: Tensor) -> Tensor { sign(x) * floor(abs(x) + 0.5) }
    let first = rounded(boxes.element(axis, of: 1) * scale).expanded(at: 1)
    let last = rounded(boxes.element(axis + 2, of: 1) * scale).expanded(at: 1)
    let cell = maximum(last - first + 1, 1) / Double(cells)
    let number = range(cells).cast(to: boxes.elementType)
    func pixel(_ x: Tensor) -> Tensor {
      clamp(x + first, 0...Double(extent)).stopGradient().cast(to: .i32)
    }
    let (low, high) = (pixel(floor(number * cell)), pixel(ceil((number + 1) * cell)))
    isEmpty = high .<= low
    let lengths = (0...extent).map { max($0, 1) }
    let logarithms = lengths.map { Int.bitWidth - 1 - $0.leadingZeroBitCount }
    level = Tensor(logarithms.map(Double.init), .i32).gather(high - low)
    let reach = Tensor(logarithms.map { Double(1 << $0) }, .i32).gather(high - low)
    starts = [minimum(low, Tensor(Double(extent - 1), .i32)), maximum(high - reach, 0)]
  }
}
