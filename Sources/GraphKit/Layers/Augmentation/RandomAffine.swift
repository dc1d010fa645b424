public import TensorLibrary
internal import LoopIR

/// In training, rotates, zooms, shears and moves each image at random. Otherwise does nothing.
///
/// Pixels are interpolated between four neighbours, or taken from the nearest one.
public struct RandomAffine: Layer, LibraryLayer {
  let site = Session.current.here()
  private let degrees: Double
  private let shift: Double
  private let zoom: ClosedRange<Double>
  private let shear: Double
  private let nearest: Bool
  private let padding: GridPadding
  private let owner: String

  /// A layer that rotates by up to `degrees` to either side, moves by up to the share `shift` of
  /// width and height, enlarges by a factor from `zoom` and shears by up to `shear` degrees.
  public init(
    degrees: Double = 0, shift: Double = 0, zoom: ClosedRange<Double> = 1...1, shear: Double = 0,
    nearest: Bool = false, padding: GridPadding = .zeros
  ) {
    self.init("RandomAffine", degrees, shift, zoom, shear, nearest, padding)
  }

  // For a layer with another name.
  fileprivate init(
    _ owner: String, _ degrees: Double, _ shift: Double, _ zoom: ClosedRange<Double>,
    _ shear: Double, _ nearest: Bool, _ padding: GridPadding
  ) {
    self.owner = owner
    self.degrees = Check.inside(degrees, 0...180, "degrees", of: owner)
    self.shift = Check.inside(shift, 0...1, "shift", of: owner)
    let least = Check.aboveZero(zoom.lowerBound, "smallest zoom", of: owner)
    self.zoom = least...max(least, zoom.upperBound)
    self.shear = Check.inside(shear, 0...80, "shear", of: owner)
    self.nearest = nearest
    self.padding = padding
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let kind = owner == "RandomAffine" ? "random_affine" : "random_turn"
    return augmenting(kind, owner, x, made: site) { x in
      // Coordinates in 16 bits would miss pixels.
      let element: ElementType = x.elementType == .f64 ? .f64 : .f32
      let (height, width) = (x.shape[2], x.shape[3])
      let grid = affineGrid(
        matrices(x.shape[0], Double(height), Double(width), element), rows: height, columns: width)
      return x.cast(to: element).gridSample(grid, nearest: nearest, padding: padding)
        .cast(to: x.elementType)
    }
  }

  // The matrices `[n, 2, 3]` from places of the result to places of the images, both from -1 to 1.
  private func matrices(
    _ count: Int, _ height: Double, _ width: Double, _ element: ElementType
  ) -> Tensor {
    func drawn(_ most: Double) -> Tensor? {
      most == 0 ? nil : randomUniform([count], -most...most, element)
    }
    let none = full([count], 0, element)
    let angle = drawn(degrees * Double.pi / 180) ?? none
    let lean = drawn(shear * Double.pi / 180).map { sin($0) / cos($0) } ?? none
    let factor =
      zoom.lowerBound == zoom.upperBound
      ? full([count], 1 / zoom.lowerBound, element)
      : 1 / randomUniform([count], zoom, element)
    let (c, s) = (cos(angle) * factor, sin(angle) * factor)
    // A pixel is a square: angles are those of an image, not of the square from -1 to 1.
    let row = [c, (lean * c + s) * (height / width), (drawn(shift) ?? none) * 2]
    let column = [-s * (width / height), c - lean * s, (drawn(shift) ?? none) * 2]
    return stack([stack(row, axis: -1), stack(column, axis: -1)], axis: 1)
  }
}

/// In training, rotates each image by a random angle. Otherwise does nothing.
public struct RandomRotation: Layer, LibraryLayer {
  let site = Session.current.here()
  private let turn: RandomAffine

  /// A layer that rotates by up to `degrees` to either side, from 0 to 180.
  public init(_ degrees: Double, nearest: Bool = false, padding: GridPadding = .zeros) {
    turn = RandomAffine("RandomRotation", degrees, 0, 1...1, 0, nearest, padding)
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { turn(x) }
}

/// In training, enlarges each image by a random factor. Otherwise does nothing.
public struct RandomZoom: Layer, LibraryLayer {
  let site = Session.current.here()
  private let turn: RandomAffine

  /// A layer that enlarges by a factor from `range`; below 1 it makes smaller.
  public init(_ range: ClosedRange<Double>, nearest: Bool = false, padding: GridPadding = .zeros) {
    turn = RandomAffine("RandomZoom", 0, 0, range, 0, nearest, padding)
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { turn(x) }
}
