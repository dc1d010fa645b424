package import GraphIR
internal import Support

/// A convolution of 3x3 with bias, in a function `infer` whose parameters another one sets.
package struct Convolution: Sendable {
  package var images = 1
  /// The extents of a result.
  package let height: Int, width: Int
  package let channels: Int, filters: Int
  /// True iff a border of zeros is put around the image.
  package var isPadded = false
  /// True iff another array is added to the result.
  package var hasResidual = false

  package init(
    images: Int = 1, height: Int, width: Int, channels: Int, filters: Int,
    isPadded: Bool = false, hasResidual: Bool = false
  ) {
    self.images = images
    (self.height, self.width, self.channels, self.filters) = (height, width, channels, filters)
    (self.isPadded, self.hasResidual) = (isPadded, hasResidual)
  }

  package var testDescription: String {
    "\(images) of \(height)x\(width), \(channels) to \(filters)"
      + (isPadded ? ", padded" : "") + (hasResidual ? ", residual" : "")
  }

  /// The extents of the image as it is given.
  private var rows: Int { isPadded ? height : height + 2 }
  private var columns: Int { isPadded ? width : width + 2 }

  /// The program, with the function `set` before `infer`.
  package func program() throws -> GraphProgram {
    let image = "[\(images), \(height + 2), \(width + 2), \(channels)]"
    let weight = "f32[\(filters), \(channels), 3, 3]"
    let result = "f32[\(images), \(height), \(width), \(filters)]"
    let given = "%x = input {0} : f32[\(images), \(rows), \(columns), \(channels)] \"x\""
    return try parseProgram(
      """
      program "test" from "test.swift"
      state @0 "w" parameter \(weight)
      state @1 "b" parameter f32[\(filters)]

      function set {
        %w = input {0} : \(weight) "w"
        %b = input {1} : f32[\(filters)] "b"
        return update @0 %w, update @1 %b
      }

      function infer {
        \(given)
        \(isPadded ? "%p = pad %x {0.0; 0:0, 1:1, 1:1, 0:0} : f32\(image)" : "")
        %w = read {@0} : \(weight)
        %b = read {@1} : f32[\(filters)]
        %c = contract \(isPadded ? "%p" : "%x"), %w {\(map)} : \(result) "conv"
        %d = broadcast %b {3} : \(result)
        %e = add %c, %d : \(result)
        \(hasResidual ? "%r = input {1} : \(result) \"r\"" : "")
        \(hasResidual ? "%f = add %e, %r : \(result)" : "")
        %y = relu \(hasResidual ? "%f" : "%e") : \(result)
        return "y" %y
      }
      """)
  }

  private var map: String {
    "[n=\(images), y=\(height), x=\(width), c=\(filters) | i=\(channels), u=3, v=3]"
      + " (n, y+u, x+v, i) (c, i, u, v)"
  }

  /// The parameters, as `set` takes them.
  package var parameters: [[Double]] {
    [numbers(filters * channels * 9, 1), numbers(filters, 2)]
  }

  /// What `infer` takes.
  package var inputs: [[Double]] {
    [numbers(images * rows * columns * channels, 3)]
      + (hasResidual ? [numbers(images * height * width * filters, 4)] : [])
  }

  private func numbers(_ count: Int, _ seed: UInt64) -> [Double] {
    var source = RandomSource(seed: seed)
    return source.numbers(count, in: -1...1).map { Double(Float($0)) }
  }

  /// Returns the largest error of `results`, relative to the sum of the absolute values of what is
  /// added up for each of them.
  package func error(of results: [Double]) -> Double {
    let (inputs, w, b) = (inputs, parameters[0], parameters[1])
    let border = isPadded ? 1 : 0
    var worst = results.count == images * height * width * filters ? 0 : Double.infinity
    for (place, found) in results.enumerated() where worst < .infinity {
      let c = place % filters
      let (n, pixel) = (place / filters).quotientAndRemainder(dividingBy: height * width)
      var (sum, size) = (b[c], b[c].magnitude)
      if hasResidual {
        sum += inputs[1][place]
        size += inputs[1][place].magnitude
      }
      for u in 0..<3 {
        for v in 0..<3 {
          let (row, column) = (pixel / width + u - border, pixel % width + v - border)
          guard (0..<rows).contains(row), (0..<columns).contains(column) else { continue }
          for i in 0..<channels {
            let image = inputs[0][((n * rows + row) * columns + column) * channels + i]
            let product = image * w[((c * channels + i) * 3 + u) * 3 + v]
            sum += product
            size += product.magnitude
          }
        }
      }
      let error = (found - max(sum, 0)).magnitude / size
      if !(error <= worst) { worst = error.isNaN ? .infinity : error }
    }
    return worst
  }
}
