public import TensorLibrary
internal import LoopIR

/// Widths and heights of anchors: for each ratio of height to width, one with the area of a square
/// of each size. `rounded` makes halves of them whole, as torchvision does.
public func anchorShapes(
  sizes: [Double], ratios: [Double] = [1], rounded: Bool = false
) -> [(width: Double, height: Double)] {
  func extent(_ x: Double) -> Double { rounded ? 2 * (x / 2).rounded(.toNearestOrEven) : x }
  return ratios.flatMap { ratio in
    sizes.map { size in
      (extent(size / ratio.squareRoot()), extent(size * ratio.squareRoot()))
    }
  }
}

/// Boxes of each shape around each cell of a grid, `[rows * columns * shapes, 4]`: row by row,
/// column by column, shape by shape.
///
/// Rows of cells are `stride` pixels apart, columns too unless `columnStride` is given; the first
/// middle is `offset` of a cell from the corner. torchvision takes the offset 0 for Faster R-CNN
/// and 0.5 for SSD.
public func anchors(
  _ shapes: [(width: Double, height: Double)], rows: Int, columns: Int, stride: Double,
  columnStride: Double? = nil, offset: Double = 0.5
) -> Tensor {
  let cell = range(rows * columns)
  func middles(_ number: Tensor, _ stride: Double) -> Tensor {
    (number.cast(to: .f32) + offset) * stride
  }
  let x = middles(cell % columns, columnStride ?? stride)
  let y = middles(cell / columns, stride)
  let halves = shapes.map { ($0.width / 2, $0.height / 2) }
  let corners = Tensor(halves.map { [-$0.0, -$0.1, $0.0, $0.1] })
  return (stack([x, y, x, y], axis: 1).expanded(at: 1) + corners).reshaped([-1, 4])
}
