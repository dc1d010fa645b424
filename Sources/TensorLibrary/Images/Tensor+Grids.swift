public import GraphIR
internal import LoopIR

/// The value of places outside an image.
public enum GridPadding: Sendable {
  /// Zeros.
  case zeros
  /// The nearest element.
  case border
  /// The image mirrored at its ends.
  case reflection
}

extension Tensor {
  /// An image `[n, c, y, x]` read at the places of a grid `[n, rows, columns, 2]`, as
  /// `[n, c, rows, columns]`.
  ///
  /// A place is column and row, each from -1 at one end of the image to 1 at the other; with
  /// `alignCorners` these are the middles of the elements at the ends, else the outer edges. With
  /// `nearest` the nearest element is read, otherwise four neighbours are interpolated.
  public func gridSample(
    _ grid: Tensor, nearest: Bool = false, padding: GridPadding = .zeros,
    alignCorners: Bool = false
  ) -> Tensor {
    guard value != nil, grid.value != nil, Tensor.together([self, grid], "gridSample") else {
      return builder.poison()
    }
    guard rank == 4, grid.rank == 4, grid.shape[0] == shape[0], grid.shape[-1] == 2,
      elementType == grid.elementType, elementType.isFloat
    else {
      builder.fail(.grid(grid.type, for: type), operands: [self, grid])
      return builder.poison()
    }
    let (height, width) = (shape[2], shape[3])
    let x = Self.place(grid.element(0, of: -1), width, padding, alignCorners)
    let y = Self.place(grid.element(1, of: -1), height, padding, alignCorners)
    let rows = transposed([0, 2, 3, 1]).reshaped([shape[0] * height * width, shape[1]])
    if nearest { return pixel(rows, round(y), round(x)).transposed([0, 3, 1, 2]) }
    let (low, left) = (floor(y), floor(x))
    let (down, right) = (y - low, x - left)
    let upper =
      pixel(rows, low, left) * (1 - right).expanded(at: -1)
      + pixel(rows, low, left + 1) * right.expanded(at: -1)
    let lower =
      pixel(rows, low + 1, left) * (1 - right).expanded(at: -1)
      + pixel(rows, low + 1, left + 1) * right.expanded(at: -1)
    let result = upper * (1 - down).expanded(at: -1) + lower * down.expanded(at: -1)
    return result.transposed([0, 3, 1, 2])
  }

  // The channels of the image at whole places, 0 outside; `rows` is the image as [n * y * x, c].
  private func pixel(_ rows: Tensor, _ y: Tensor, _ x: Tensor) -> Tensor {
    let (height, width) = (shape[2], shape[3])
    let isInside =
      (y .>= 0) .&& (y .<= Double(height - 1)) .&& (x .>= 0) .&& (x .<= Double(width - 1))
    func position(_ place: Tensor, _ extent: Int) -> Tensor {
      // A place far outside may not fit an integer.
      minimum(maximum(place, 0), Double(extent - 1)).stopGradient().cast(to: .i32)
    }
    let image = builder.apply(Iota(axis: 0, TensorType(.i32, y.shape)))
    let number = (image * height + position(y, height)) * width
    let found = rows.gather(number + position(x, width))
    return select(isInside.expanded(at: -1), found, found.filled(0))
  }

  // Coordinates from -1 to 1 as places along an axis.
  private static func place(
    _ coordinate: Tensor, _ extent: Int, _ padding: GridPadding, _ alignCorners: Bool
  ) -> Tensor {
    let last = Double(extent - 1)
    let place =
      alignCorners
      ? (coordinate + 1) * (last / 2) : ((coordinate + 1) * Double(extent) - 1) * 0.5
    func clipped(_ x: Tensor) -> Tensor {
      let high = select(x .>= last, x.filled(last), x)
      return select(high .<= 0, high.filled(0), high)
    }
    switch padding {
    case .zeros: return place
    case .border: return clipped(place)
    case .reflection:
      // Mirrored at both ends, which are `span` apart.
      let start = alignCorners ? 0 : -0.5
      let span = alignCorners ? last : Double(extent)
      if span == 0 { return place.filled(0) }
      let distance = abs(place - start)
      let turns = floor(distance / span)
      let rest = distance - turns * span
      let isEven = floor(turns * 0.5) * 2 .== turns
      return clipped(select(isEven, rest, span - rest) + start)
    }
  }
}

/// A grid `[n, rows, columns, 2]` for `gridSample` that rotates, scales and shifts an image by
/// matrices `[n, 2, 3]`.
public func affineGrid(_ matrices: Tensor, rows: Int, columns: Int, alignCorners: Bool = false)
  -> Tensor
{
  guard matrices.value != nil else { return matrices }
  let builder = matrices.builder
  guard matrices.rank == 3, matrices.shape[1] == 2, matrices.shape[2] == 3, rows > 0, columns > 0
  else {
    builder.fail(.affine(matrices.type, rows, columns), operands: [matrices])
    return builder.poison()
  }
  func line(_ count: Int, _ axis: Int) -> Tensor {
    let type = TensorType(matrices.elementType, [rows, columns])
    let place = builder.apply(Iota(axis: axis, type))
    if alignCorners {
      return count == 1 ? place.filled(0) : place * (2 / Double(count - 1)) - 1
    }
    return (place * 2 + 1) / Double(count) - 1
  }
  let x = line(columns, 1)
  let base = stack([x, line(rows, 0), x.filled(1)], axis: -1).reshaped([rows * columns, 3])
  return base.matmul(matrices.transposed()).reshaped([matrices.shape[0], rows, columns, 2])
}
