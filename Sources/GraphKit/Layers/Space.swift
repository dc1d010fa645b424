/// The space that a layer's windows slide along: a line, an image, or a volume.
public protocol Space: Sendable {
  /// The number of axes.
  static var axes: Int { get }
}

/// A line, `[n, c, x]`.
public enum Space1D: Space {
  /// One.
  public static let axes = 1
}

/// An image, `[n, c, y, x]`.
public enum Space2D: Space {
  /// Two.
  public static let axes = 2
}

/// A volume, `[n, c, z, y, x]`.
public enum Space3D: Space {
  /// Three.
  public static let axes = 3
}

extension Space {
  /// The name of a layer here, as in `Conv2D`.
  static func title(_ layer: String) -> String { "\(layer)\(axes)D" }
}
