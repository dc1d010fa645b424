public import TensorLibrary

// Modules with two inputs.

/// A bilinear form of two inputs for each output: `y[o] = x1 W[o] x2 + b[o]`.
///
/// Parameters: `weight` [outputs, inputs of the first, inputs of the second], `bias` [outputs].
public struct Bilinear: Module {
  /// The factors, a matrix for each output.
  public let weight: Parameter
  /// The bias of each output.
  public let bias: Parameter?

  /// A layer for two inputs of given sizes, their last axes.
  public init(_ first: Int, _ second: Int, _ outputs: Int, bias: Bool = true) {
    let first = Check.positive(first, "first inputs", of: "Bilinear")
    let second = Check.positive(second, "second inputs", of: "Bilinear")
    let outputs = Check.positive(outputs, "outputs", of: "Bilinear")
    let start = Initialiser.symmetric(1 / Double(first).squareRoot())
    weight = Parameter([outputs, first, second], initialiser: start, named: "weight")
    self.bias = bias ? Parameter([outputs], initialiser: start, named: "bias") : nil
  }

  /// Applies the layer to two tensors whose shapes differ only in the last axis.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    applying("bilinear", to: a, naming: weight) { a in
      guard b.value != nil else { return b }
      guard a.rank >= 1, b.rank >= 1, a.shape.dims.dropLast() == b.shape.dims.dropLast(),
        a.shape[-1] == weight.shape[1], b.shape[-1] == weight.shape[2]
      else {
        let rule = "\(weight.shape[1]) and \(weight.shape[2]) elements in the last axes"
        Session.current.report(.operands("Bilinear", rule, a.type, b.type))
        return a.builder.poison()
      }
      let y = einsum("...i,oij,...j->...o", a, weight.value, b)
      return bias.map { y + $0.value } ?? y
    }
  }
}

/// `cosineSimilarity` as a module.
public struct CosineSimilarity: Module {
  private let axis: Int
  private let epsilon: Double

  /// The function along an axis.
  public init(axis: Int = 1, epsilon: Double = 1e-8) {
    self.axis = axis
    self.epsilon = epsilon
  }

  /// Applies the function.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    applying("cosine_similarity", to: a) { a in
      cosineSimilarity(a, b, axis: axis, epsilon: epsilon)
    }
  }
}

/// `pairwiseDistance` as a module.
public struct PairwiseDistance: Module {
  private let p: Double
  private let epsilon: Double

  /// The function for a norm.
  public init(p: Double = 2, epsilon: Double = 1e-6) {
    self.p = p
    self.epsilon = epsilon
  }

  /// Applies the function.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    applying("pairwise_distance", to: a) { a in
      pairwiseDistance(a, b, p: p, epsilon: epsilon)
    }
  }
}
