public import GraphIR
internal import LoopIR

/// Bahdanau's attention: `softmax(v tanh(W q + U k))` as weights of the values.
///
/// Parameters: `query.weight` [hidden, queries], `key.weight` [hidden, keys], `score.weight`
/// [1, hidden].
public struct AdditiveAttention: Module {
  private let query: Dense
  private let key: Dense
  private let score: Dense

  /// Attention for queries and keys of given sizes.
  public init(_ querySize: Int, _ keySize: Int, hidden: Int) {
    query = Dense(querySize, hidden, bias: false)
    key = Dense(keySize, hidden, bias: false)
    score = Dense(hidden, 1, bias: false)
  }

  /// Returns what does not depend on the query, `[batch, steps, hidden]`; computed once in front of
  /// a loop.
  public func prepared(_ keys: Tensor) -> Tensor { key(keys) }

  /// Returns the mean of the values for one query of each batch, and the weights.
  ///
  /// - Parameters:
  ///   - x: `[batch, queries]`.
  ///   - keys: what `prepared` made of the keys, `[batch, steps, hidden]`.
  ///   - values: `[batch, steps, values]`.
  ///   - seen: `[batch, steps]`, true where a step takes part.
  public func callAsFunction(_ x: Tensor, keys: Tensor, values: Tensor, seen: Tensor? = nil) -> (
    output: Tensor, weights: Tensor
  ) {
    weightedMean(score(tanh(query(x).expanded(at: 1) + keys)).squeezed(-1), values, seen)
  }
}

/// Luong's attention: how well query and key fit is their product, or that of the query and a
/// linear function of the key.
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

  /// Returns what does not depend on the query, `[batch, steps, queries]`; computed once in front
  /// of a loop.
  public func prepared(_ keys: Tensor) -> Tensor { key.map { $0(keys) } ?? keys }

  /// Returns the mean of the values for one query of each batch, and the weights; the arguments are
  /// those of `AdditiveAttention`.
  public func callAsFunction(_ x: Tensor, keys: Tensor, values: Tensor, seen: Tensor? = nil) -> (
    output: Tensor, weights: Tensor
  ) {
    weightedMean(keys.matmul(x.expanded(at: 2)).squeezed(-1), values, seen)
  }
}

// The mean of `values` `[batch, steps, size]`, weighted by the exponentials of `[batch, steps]`.
private func weightedMean(_ scores: Tensor, _ values: Tensor, _ seen: Tensor?) -> (
  output: Tensor, weights: Tensor
) {
  guard scores.value != nil else { return (scores, scores) }
  let shares = seen.map { GraphKit.shares(scores, where: $0) } ?? softmax(scores)
  return (shares.expanded(at: 1).matmul(values).squeezed(1), shares)
}
