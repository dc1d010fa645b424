public import TensorLibrary
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

  /// Returns the part that does not depend on the query, `[batch, steps, hidden]`; compute it once
  /// before a loop.
  public func prepared(_ keys: Tensor) -> Tensor { key(keys) }

  /// Returns the weighted mean of the values for one query of each sequence, and the weights.
  ///
  /// - Parameters:
  ///   - x: `[batch, queries]`.
  ///   - keys: the keys as `prepared` returned them, `[batch, steps, hidden]`.
  ///   - values: `[batch, steps, values]`.
  ///   - seen: `[batch, steps]`, true for the steps to attend to.
  public func callAsFunction(_ x: Tensor, keys: Tensor, values: Tensor, seen: Tensor? = nil) -> (
    output: Tensor, weights: Tensor
  ) {
    weightedMean(score(tanh(query(x).expanded(at: 1) + keys)).squeezed(-1), values, seen)
  }
}

/// The mean of `values` `[batch, steps, size]`, weighted by the exponentials of `[batch, steps]`.
func weightedMean(_ scores: Tensor, _ values: Tensor, _ seen: Tensor?) -> (
  output: Tensor, weights: Tensor
) {
  guard scores.value != nil else { return (scores, scores) }
  let shares = seen.map { GraphKit.shares(scores, where: $0) } ?? softmax(scores)
  return (shares.expanded(at: 1).matmul(values).squeezed(1), shares)
}
