public import TensorLibrary
internal import LoopIR

/// In training, covers a rectangle of each image, whose middle is a random pixel. Otherwise does
/// nothing.
public struct Cutout: Layer, LibraryLayer {
  let site = Session.current.here()
  private let size: (rows: Int, columns: Int)
  private let value: Double

  /// A layer that covers a rectangle of `size`, one number or rows and columns, with `value`; a
  /// part of it may lie outside.
  public init(_ size: some Extents, value: Double = 0) {
    let sizes = size.checked("size", of: "Cutout", axes: 2, least: 1)
    self.size = (sizes[0], sizes[1])
    self.value = value
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    augmenting("cutout", "Cutout", x, made: site) { x in
      func isCovered(_ extent: Int, _ count: Int) -> Tensor {
        let start = randomIntegers([x.shape[0], 1], 0..<extent) - count / 2
        let place = range(extent).expanded(at: 0)
        return (place .>= start) .&& (place .< start + count)
      }
      let covered =
        isCovered(x.shape[2], size.rows).expanded(at: 2)
        .&& isCovered(x.shape[3], size.columns).expanded(at: 1)
      return select(covered.expanded(at: 1), x.filled(value), x)
    }
  }
}
