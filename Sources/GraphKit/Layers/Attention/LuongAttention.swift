public import TensorLibrary

/// Luong's attention: the score of a key is the product of the query with the key, or with a linear
/// function of the key.
///
/// Parameter of `.general`: `key.weight` [queries, keys].
public struct LuongAttention: Module {
  /// How query and key are compared.
  public enum Score: Sendable {
    case dot, general
  }

  private let key: Dense?

  /// Attention for queries and keys of given sizes; `.dot` needs equal ones.
  public init(_ querySize: Int, _ keySize: Int, score: Score = .general) {
    key = score == .general ? Dense(keySize, querySize, bias: false) : nil
  }

  /// Returns the part that does not depend on the query, `[batch, steps, queries]`; compute it once
  /// before a loop.
  public func prepared(_ keys: Tensor) -> Tensor { key.map { $0(keys) } ?? keys }

  /// Returns the weighted mean of the values for one query of each sequence, and the weights; the
  /// arguments are those of `AdditiveAttention`.
  public func callAsFunction(_ x: Tensor, keys: Tensor, values: Tensor, seen: Tensor? = nil) -> (
    output: Tensor, weights: Tensor
  ) {
    weightedMean(keys.matmul(x.expanded(at: 2)).squeezed(-1), values, seen)
  }
}
