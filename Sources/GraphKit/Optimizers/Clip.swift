internal import TensorLibrary

/// A limit for gradients, which prevents steps that are too large.
public enum Clip: Sendable {
  /// Each number is clamped between plus and minus a limit.
  case value(Double)
  /// All gradients of an optimizer are scaled together, so that their common norm is at most this.
  case norm(Double)

  /// Returns the gradients within the limit.
  func callAsFunction(_ gradients: [Tensor]) -> [Tensor] {
    switch self {
    case .value(let limit):
      return gradients.map { minimum(maximum($0, -limit), limit) }
    case .norm(let limit):
      guard let first = gradients.first else { return [] }
      let squares = gradients.dropFirst().reduce((first * first).sum()) { $0 + ($1 * $1).sum() }
      // The small number and the order of operations are PyTorch's.
      let factor = minimum(limit / (sqrt(squares) + 1e-6), 1)
      return gradients.map { $0 * factor }
    }
  }

  /// Returns the same limit, after reporting one that is not positive.
  func checked() -> Clip {
    switch self {
    case .value(let limit), .norm(let limit):
      if !(limit > 0) {
        Session.current.report(.range("clip", "limit", "above 0", limit.plain))
      }
    }
    return self
  }
}
