public import GraphIR

/// A row of a table for each integer.
///
/// Parameter: `weight` [count, size].
public struct Embedding: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The table, one row for each integer.
  public let weight: Parameter

  /// A table for integers below `count` with rows of `size` numbers.
  public init(_ count: Int, _ size: Int, initialiser: Initialiser = .normal()) {
    let count = Check.positive(count, "count", of: "Embedding")
    let size = Check.positive(size, "size", of: "Embedding")
    weight = Parameter([count, size], initialiser: initialiser, named: "weight")
  }

  /// Returns the rows that `x` names; the shape of `x` with one more axis.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("embedding", to: x, naming: weight) { x in
      guard x.elementType.isInteger else {
        let hint = "an input is declared as integers by 'Input(\"token\", \(x.shape), .i32)'"
        Session.current.report(
          .layerInput("Embedding", "be integers", x.type, made: x.site, hint: hint))
        return x.builder.poison()
      }
      return weight.value.gather(x)
    }
  }
}
