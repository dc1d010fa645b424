public import LoopIR

/// The extents of a tensor, outermost first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// The extents as an array.
  public let dims: [Int]

  /// A shape with the given extents.
  public init(_ dims: [Int]) { self.dims = dims }
  /// A shape with the given extents.
  public init(arrayLiteral dims: Int...) { self.dims = dims }

  /// The number of axes.
  public var rank: Int { dims.count }

  /// The number of elements.
  public var count: Int { dims.reduce(1, *) }

  /// The most elements: positions are an `int` in C.
  package static let mostElements = Int(Int32.max)

  /// True iff a tensor may have so many elements.
  package var isCountable: Bool {
    var count = 1
    for extent in dims {
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      if overflows || product > Self.mostElements { return false }
      count = product
    }
    return true
  }

  /// The extent of an axis; negative axes count from the last. An axis that does not exist has
  /// extent 1, so that a mistake elsewhere does not end the program.
  public subscript(axis: Int) -> Int {
    let i = axis < 0 ? axis + dims.count : axis
    return dims.indices.contains(i) ? dims[i] : 1
  }
}

extension Shape: CustomStringConvertible {
  /// As in `[32, 784]`.
  public var description: String { "[\(dims.map(String.init).joined(separator: ", "))]" }
}

extension Shape {
  /// The shape of two operands after broadcasting as NumPy does, or nil if they do not fit.
  package static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = max(a.rank, b.rank)
    var dims: [Int] = []
    for i in 0..<rank {
      let (m, n) = (a.extent(i, ofRank: rank), b.extent(i, ofRank: rank))
      guard m == n || m == 1 || n == 1 else { return nil }
      dims.append(m == 1 ? n : m)
    }
    return Shape(dims)
  }

  // The extent of axis `i` after padding the shape with leading ones up to `rank`.
  private func extent(_ i: Int, ofRank rank: Int) -> Int {
    let own = i - (rank - self.rank)
    return own < 0 ? 1 : dims[own]
  }
}

/// The element type and the shape of a tensor.
public struct TensorType: Hashable, Sendable {
  /// The type of each element.
  public let element: ElementType
  /// The extents.
  public let shape: Shape

  /// The type of tensors of a shape.
  public init(_ element: ElementType, _ shape: Shape) {
    self.element = element
    self.shape = shape
  }

  package init(_ element: ElementType, _ dims: [Int]) {
    self.init(element, Shape(dims))
  }

  package var rank: Int { shape.rank }
  package var dims: [Int] { shape.dims }
}

extension TensorType: CustomStringConvertible {
  /// As in `f32[32, 784]`.
  public var description: String { "\(element)\(shape)" }
}
