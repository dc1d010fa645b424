public import TensorLibrary

/// A linear layer: `y = x wT + b` over the last axis.
///
/// Parameters: `weight` [outputs, inputs], `bias` [outputs].
public struct Dense: Layer, LibraryLayer {
  let site = Session.current.here()
  /// The factors, one row for each output.
  public let weight: Parameter
  /// The bias of each output.
  public let bias: Parameter?

  /// A layer for `inputs` numbers that gives `outputs` numbers.
  ///
  /// Without a `biasInitialiser` the bias begins as in PyTorch, uniform between plus and minus one
  /// over the square root of `inputs`.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initialiser: Initialiser = .fanIn,
    biasInitialiser: Initialiser? = nil
  ) {
    let inputs = Check.positive(inputs, "inputs", of: "Dense")
    let outputs = Check.positive(outputs, "outputs", of: "Dense")
    weight = Parameter([outputs, inputs], initialiser: initialiser, named: "weight")
    let start = biasInitialiser ?? .symmetric(1 / Double(inputs).squareRoot())
    self.bias = bias ? Parameter([outputs], initialiser: start, named: "bias") : nil
  }

  /// Applies the layer to the last axis of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    applying("dense", to: x, naming: weight) { x in
      guard fits(x) else { return x.builder.poison() }
      let product = x.linear(weight.value)
      return bias.map { product + $0.value } ?? product
    }
  }

  // Reports an input that does not fit the layer.
  private func fits(_ x: Tensor) -> Bool {
    let inputs = weight.shape[1]
    if x.rank >= 1, x.shape[-1] == inputs { return x.isComputed(in: weight.type.element, "Dense") }
    var hint: String?
    if x.rank > 2, x.shape.count == x.shape[0] * inputs {
      hint = "a 'Flatten()' before it gives '\(x.elementType)\(Shape([x.shape[0], inputs]))'"
    }
    let rule = "have \(inputs) elements in its last axis"
    Session.current.report(.layerInput("Dense", rule, x.type, made: x.site, hint: hint))
    return false
  }
}
