public import TensorLibrary
internal import LoopIR

/// A row of a table for each integer.
///
/// Parameter: `weight` [count, size].
public struct Embedding: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The table, one row for each integer.
  public let weight: Parameter
  private let padding: Int?

  /// A table for integers below `count` with rows of `size` numbers. The row of the integer
  /// `padding` begins as zeros and is not learned.
  public init(
    _ count: Int, _ size: Int, padding: Int? = nil, initialiser: Initialiser = .normal()
  ) {
    (weight, self.padding) = table(count, size, padding, initialiser, of: "Embedding")
  }

  /// Returns the row of each integer in `x`, along a new last axis.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("embedding", to: x, naming: weight) { x in
      guard x.areIntegers(for: "Embedding") else { return x.builder.poison() }
      let rows = weight.value.gather(x)
      guard let padding else { return rows }
      return select((x .== padding).expanded(at: -1), rows.stopGradient(), rows)
    }
  }
}

/// The sum, mean or maximum of the rows of a table for each bag of integers.
///
/// Parameter: `weight` [count, size].
public struct EmbeddingBag: Layer, LibraryLayer {
  /// How rows are combined.
  public enum Mode: Sendable {
    /// Their sum.
    case sum
    /// Their mean.
    case mean
    /// The maximum of each element.
    case max
  }

  let site = Session.current.here()
  /// The table, one row for each integer.
  public let weight: Parameter
  private let mode: Mode
  private let padding: Int?

  /// A table for integers below `count` with rows of `size` numbers. The integer `padding` marks an
  /// unused place, so that bags may have different lengths.
  public init(
    _ count: Int, _ size: Int, mode: Mode = .mean, padding: Int? = nil,
    initialiser: Initialiser = .normal()
  ) {
    (weight, self.padding) = table(count, size, padding, initialiser, of: "EmbeddingBag")
    self.mode = mode
  }

  /// Combines the rows of each bag in `[n, bag]`, as `[n, size]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { joined(x, factors: nil) }

  /// The sum of the rows of each bag, each times its factor; `factors` has the shape of `x`.
  public func callAsFunction(_ x: Tensor, factors: Tensor) -> Tensor { joined(x, factors: factors) }

  private func joined(_ x: Tensor, factors: Tensor?) -> Tensor {
    applying("embedding_bag", to: x, naming: weight) { x in
      guard x.areIntegers(for: "EmbeddingBag") else { return x.builder.poison() }
      guard x.rank == 2, factors == nil || mode == .sum,
        factors.map({ $0.shape == x.shape }) ?? true
      else {
        let rule = "have 2 axes, [n, bag]; factors need the same shape and the mode '.sum'"
        Session.current.report(.layerInput("EmbeddingBag", rule, x.type, made: x.site))
        return x.builder.poison()
      }
      var rows = weight.value.gather(x)
      if let factors { rows *= factors.expanded(at: -1) }
      guard let padding else {
        switch mode {
        case .sum: return rows.sum(axes: [1])
        case .mean: return rows.mean(axes: [1])
        case .max: return rows.max(axes: [1])
        }
      }
      let counted = (x .!= padding).expanded(at: -1)
      let count = counted.cast(to: rows.elementType).sum(axes: [1])
      if mode == .max {
        let largest = select(counted, rows, rows.filled(-.infinity)).max(axes: [1])
        return select(count .> 0, largest, largest.filled(0))
      }
      let sum = select(counted, rows, rows.filled(0)).sum(axes: [1])
      return mode == .sum ? sum : sum / maximum(count, 1)
    }
  }
}

// A table of rows, and the number of the padding row, counted from the first.
private func table(
  _ count: Int, _ size: Int, _ padding: Int?, _ initialiser: Initialiser, of owner: String
) -> (Parameter, Int?) {
  let count = Check.positive(count, "count", of: owner)
  let size = Check.positive(size, "size", of: owner)
  guard let padding else {
    return (Parameter([count, size], initialiser: initialiser, named: "weight"), nil)
  }
  let row = padding < 0 ? padding + count : padding
  guard row >= 0, row < count else {
    let rule = "one of the integers below \(count)"
    Session.current.report(.range(owner, "padding", rule, "\(padding)"))
    return (Parameter([count, size], initialiser: initialiser, named: "weight"), nil)
  }
  let empty = Initialiser { type in
    let rows = initialiser.make(type)
    return select((range(count) .== row).expanded(at: -1), rows.filled(0), rows)
  }
  return (Parameter([count, size], initialiser: empty, named: "weight"), row)
}

extension Tensor {
  // Reports a tensor that does not hold integers.
  fileprivate func areIntegers(for layer: String) -> Bool {
    if elementType.isInteger { return true }
    let hint = "declare an input of integers with 'Input(\"token\", \(shape), .i32)'"
    Session.current.report(.layerInput(layer, "be integers", type, made: site, hint: hint))
    return false
  }
}
