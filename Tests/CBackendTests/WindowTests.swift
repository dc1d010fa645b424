import TestSupport
import Testing

/// Windows over images: pooling, convolutions whose channels have filters of their own, and images
/// with zeros between their elements, over odd shapes.
@Suite struct WindowTests {
  // Channels, rows, columns, height and width of the window, stride, dilation.
  private static let shapes = [
    (1, 3, 17, 2, 2, 1, 1), (3, 7, 19, 3, 3, 2, 1), (5, 9, 40, 3, 2, 2, 1), (2, 11, 37, 5, 5, 2, 1),
    (3, 13, 75, 5, 3, 3, 1), (2, 15, 41, 7, 7, 2, 1), (4, 9, 33, 3, 3, 1, 2),
    (2, 12, 51, 2, 3, 2, 2), (1, 4, 260, 1, 4, 4, 1), (17, 33, 34, 3, 3, 1, 1),
  ]

  private struct Window {
    let image: String
    let result: String
    let axes: String
    let place: String
    let taps: String

    init(_ element: String, _ s: (Int, Int, Int, Int, Int, Int, Int)) {
      let (c, high, wide, p, q, stride, dilation) = s
      let (y, x) = (
        (high - (p - 1) * dilation - 1) / stride + 1, (wide - (q - 1) * dilation - 1) / stride + 1
      )
      image = "\(element)[2, \(c), \(high), \(wide)]"
      result = "\(element)[2, \(c), \(y), \(x)]"
      axes = "[n=2, c=\(c), y=\(y), x=\(x) | u=\(p), v=\(q)]"
      func place(_ axis: String, _ tap: String) -> String {
        (stride == 1 ? axis : "\(stride)*\(axis)") + "+"
          + (dilation == 1 ? tap : "\(dilation)*\(tap)")
      }
      self.place = "(n, c, \(place("y", "u")), \(place("x", "v")))"
      taps = "\(element)[\(c), \(p), \(q)]"
    }
  }

  @Test(arguments: Toolchain.users) func pooling(_ toolchain: Toolchain) throws {
    try checkFunctions(
      Self.shapes.enumerated().flatMap { number, shape in
        // Other types for some of them.
        (number % 4 == 1 ? ["f32", "f64", "i32"] : ["f32"]).map { element in
          let window = Window(element, shape)
          let map = "\(window.axes) \(window.place)"
          return """
              %x = input {0} : \(window.image) "x"
              %m = reduce %x {maximum \(map)} : \(window.result)
              %l = reduce %x {minimum \(map)} : \(window.result)
              %s = reduce %x {sum \(map)} : \(window.result)
              %d = add %s, %m : \(window.result)
              return "m" %m, "l" %l, "d" %d
            """
        }
      }, toolchain)
  }

  @Test(arguments: Toolchain.users) func filterPerChannel(_ toolchain: Toolchain) throws {
    try checkFunctions(
      Self.shapes.enumerated().flatMap { number, shape in
        (number % 4 == 1 ? ["f32", "f64"] : ["f32"]).map { element in
          let window = Window(element, shape)
          return """
              %x = input {0} : \(window.image) "x"
              %w = input {1} : \(window.taps) "w"
              %y = contract %x, %w {\(window.axes) \(window.place) (c, u, v)} : \(window.result)
              %r = relu %y : \(window.result)
              return "r" %r
            """
        }
      }, toolchain)
  }

  // Rows, columns, height and width of the window, stride, dilation, and what a border adds before
  // and after. The last ones are copied in bands.
  private static let bordered = [
    (7, 17, 3, 3, 1, 1, 1, 1), (9, 33, 3, 3, 2, 1, 1, 0), (12, 35, 9, 5, 1, 1, 4, 3),
    (15, 41, 5, 5, 2, 1, 2, 2), (11, 29, 3, 2, 3, 1, 2, 1), (10, 16, 2, 3, 1, 3, 3, 3),
    (5, 24, 7, 7, 1, 1, 3, 3), (8, 20, 1, 5, 1, 1, 0, 2), (90, 130, 5, 3, 1, 1, 2, 1),
    (121, 77, 3, 3, 2, 1, 1, 1),
  ]

  /// Convolutions of images with a border, whose channels have filters of their own.
  @Test(arguments: Toolchain.users) func borders(_ toolchain: Toolchain) throws {
    try checkFunctions(
      Self.bordered.enumerated().map { number, shape in
        let (high, wide, p, q, stride, dilation, low, after) = shape
        let channels = number % 3 + 2
        let (rows, columns) = (high + low + after, wide + low + after)
        let window = Window("f32", (channels, rows, columns, p, q, stride, dilation))
        return """
            %x = input {0} : f32[2, \(channels), \(high), \(wide)] "x"
            %w = input {1} : \(window.taps) "w"
            %p = pad %x {0.5; 0:0, 0:0, \(low):\(after), \(low):\(after)} : \(window.image)
            %y = contract %p, %w {\(window.axes) \(window.place) (c, u, v)} : \(window.result)
            %r = tanh %y : \(window.result)
            return "r" %r
          """
      }, toolchain)
  }

  // Rows, columns, window, stride, dilation, and zeros before and after.
  private static let stretched = [
    (4, 5, 3, 2, 1, 1, 1), (7, 3, 4, 2, 1, 2, 2), (5, 9, 1, 2, 1, 0, 0), (3, 8, 5, 3, 1, 4, 3),
    (6, 6, 3, 3, 2, 3, 4), (5, 7, 2, 4, 1, 1, 3), (9, 4, 7, 2, 1, 6, 5), (1, 6, 3, 2, 1, 2, 2),
  ]

  /// Transposed convolutions of several channels to several, which are computed by residues.
  @Test(arguments: Toolchain.users) func zerosBetweenElements(_ toolchain: Toolchain) throws {
    try checkFunctions(
      Self.stretched.enumerated().flatMap { number, shape in
        (number % 4 == 1 ? ["f32", "f64"] : ["f32"]).map { element in
          let (high, wide, k, stride, dilation, low, after) = shape
          let (rows, columns) = (
            low + after + (high - 1) * stride + 1, low + after + (wide - 1) * stride + 1
          )
          let reach = (k - 1) * dilation
          let (y, x) = (rows - reach, columns - reach)
          let part = "\(low):\(after):\(stride - 1)"
          let tap = dilation == 1 ? "" : "\(dilation)*"
          return """
              %x = input {0} : \(element)[2, 3, \(high), \(wide)] "x"
              %w = input {1} : \(element)[3, 5, \(k), \(k)] "w"
              %p = pad %x {0.0; 0:0, 0:0, \(part), \(part)} : \(element)[2, 3, \(rows), \(columns)]
              %y = contract %p, %w {[n=2, o=5, y=\(y), x=\(x) | i=3, u=\(k), v=\(k)] \
            (n, i, y-\(tap)u+\(reach), x-\(tap)v+\(reach)) (i, o, u, v)} \
            : \(element)[2, 5, \(y), \(x)]
              %r = tanh %y : \(element)[2, 5, \(y), \(x)]
              return "r" %r
            """
        }
      }, toolchain)
  }
}
