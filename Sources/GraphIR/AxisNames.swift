/// Names for axes in kernels and their comments.
package enum AxisNames {
  /// The name of axis `axis` of a tensor: `n c y x` for images, `n c z y x` for volumes.
  package static func standard(_ axis: Int, of rank: Int) -> String {
    let names: [String] =
      switch rank {
      case 1: ["i"]
      case 2: ["n", "i"]
      case 3: ["n", "i", "j"]
      case 4: ["n", "c", "y", "x"]
      case 5: ["n", "c", "z", "y", "x"]
      default: ["a", "b", "c", "d", "e", "f", "g", "h"]
      }
    return axis < names.count ? names[axis] : "a\(axis)"
  }
}
