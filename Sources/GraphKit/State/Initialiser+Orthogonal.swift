internal import TensorLibrary

extension Initialiser {
  /// A random matrix with orthogonal rows or columns, whichever are fewer; all axes after the first
  /// count as one.
  ///
  /// A normal matrix converges to the nearest orthogonal one by Newton and Schulz's cubic iteration
  /// `x <- 1.5 x - 0.5 x xT x`. After division by its norm all singular values lie between 0 and 1;
  /// small ones grow by half each time and then converge quadratically.
  public static func orthogonal(gain: Double = 1) -> Initialiser {
    Initialiser { type in
      let rows = type.shape[0]
      let columns = type.shape.count / rows
      let wide = rows <= columns
      let square = Shape(wide ? [rows, columns] : [columns, rows])
      var x = randomNormal(square, type.element)
      x = x / sqrt((x * x).sum())
      for _ in 0..<Self.iterations {
        x = x * 1.5 - x.matmul(x.transposed()).matmul(x) * 0.5
      }
      return ((wide ? x : x.transposed()) * gain).reshaped(type.shape)
    }
  }

  // Enough iterations for the smallest singular value of a square matrix of some hundred rows.
  private static let iterations = 30
}
