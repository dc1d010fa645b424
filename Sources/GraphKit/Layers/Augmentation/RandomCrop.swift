public import TensorLibrary
internal import LoopIR

/// In training, cuts a part of a size out of each image, at a random place. Otherwise cuts out the
/// middle, so that the size is the same.
public struct RandomCrop: Layer, LibraryLayer {
  let site = Session.current.here()
  private let size: (rows: Int, columns: Int)
  private let padding: Int
  private let mode: PaddingMode

  /// A layer that cuts out `size`, one number or rows and columns; the image first gets `padding`
  /// more pixels at each side.
  public init(_ size: some Extents, padding: Int = 0, paddingMode: PaddingMode = .zeros) {
    let sizes = size.checked("size", of: "RandomCrop", axes: 2, least: 1)
    self.size = (sizes[0], sizes[1])
    self.padding = Check.natural(padding, "padding", of: "RandomCrop")
    mode = paddingMode
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    augmenting(
      "random_crop", "RandomCrop", x, made: site,
      training: { x in
        guard fits(x) else { return x.builder.poison() }
        func places(_ extent: Int, _ count: Int) -> Tensor {
          let start = randomIntegers([x.shape[0], 1], 0..<(extent + 2 * padding - count + 1))
          return range(count).expanded(at: 0) + start - padding
        }
        return x.pixels(
          rows: places(x.shape[2], size.rows), columns: places(x.shape[3], size.columns),
          mode: mode)
      },
      otherwise: { x in
        guard fits(x) else { return x.builder.poison() }
        func amounts(_ extent: Int, _ count: Int) -> (before: Int, after: Int) {
          let start = (extent - count) / 2
          return (-start, count - extent + start)
        }
        // An image that is smaller than the part needs its padding here, too.
        return x.padded(
          [(0, 0), (0, 0), amounts(x.shape[2], size.rows), amounts(x.shape[3], size.columns)],
          mode: mode)
      })
  }

  // Returns true iff the images are large enough; reports it otherwise.
  private func fits(_ x: Tensor) -> Bool {
    let room = (x.shape[2] + 2 * padding, x.shape[3] + 2 * padding)
    if size.rows <= room.0, size.columns <= room.1 { return true }
    Session.current.report(
      .window(
        "RandomCrop", [size.rows, size.columns], [room.0, room.1], isPadded: padding > 0, x.type,
        made: site))
    return false
  }
}
