public import TensorLibrary

// Layers that run with other tensors in the place of their parameters: PyTorch's `functional_call`.
extension Module {
  /// Returns the result of `body`, in which parameters of the module have given values.
  ///
  ///     let fast = zip(weights, slopes).map { $0 - $1 * 0.1 }
  ///     let y = net.with(fast) { net(x) }
  ///
  /// Gradients flow to these tensors; after the call the parameters have their own values again.
  /// Statistics are read and assigned as usual.
  ///
  /// - Parameter weights: a tensor for each of `parameters`, in their order.
  public func with<Result>(_ weights: [Tensor], _ body: () -> Result) -> Result {
    let parameters = self.parameters
    guard parameters.count == weights.count else {
      Session.current.report(.weightCount(weights.count, parameters.count))
      return body()
    }
    return replacing(Array(zip(parameters, weights)), body)
  }

  /// Returns the result of `body`, in which parameters of the module have given values.
  ///
  ///     let y = layer.with(["weight": layer.weight.value / largest]) { layer(x) }
  ///
  /// - Parameter weights: tensors by the names that parameters have in the module.
  public func with<Result>(_ weights: [String: Tensor], _ body: () -> Result) -> Result {
    let found = StateWalk(self).found
    var pairs: [(Parameter, Tensor)] = []
    for (name, tensor) in weights.sorted(by: { $0.key < $1.key }) {
      guard let entry = found.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
        Session.current.report(.unknownWeight(name, names: found.map(\.name)))
        continue
      }
      pairs.append((entry.parameter.actual, tensor))
    }
    return replacing(pairs, body)
  }

  private func replacing<Result>(_ pairs: [(Parameter, Tensor)], _ body: () -> Result) -> Result {
    guard let trace = Trace.running("with") else { return body() }
    let session = trace.model.session
    let fitting = pairs.filter { parameter, tensor in
      guard tensor.value != nil, tensor.type != parameter.type else { return true }
      session.report(
        .replacedType(parameter.title, tensor.type, parameter.type, made: parameter.site))
      return false
    }
    let frame = Frame(trace.builder, step: nil)
    for (parameter, tensor) in fitting { frame.versions[ObjectIdentifier(parameter)] = tensor }
    // A frame of the same graph: what it holds hides the values of the parameters.
    trace.frames.append(frame)
    let result = body()
    trace.frames.removeLast()
    for parameter in frame.written {
      if fitting.contains(where: { $0.0 === parameter }) {
        session.report(.replacedAssigned(parameter.title))
      } else if let value = frame.versions[ObjectIdentifier(parameter)] {
        trace.write(value, to: parameter)
      }
    }
    return result
  }
}

extension Module {
  /// The learned parameters with the names that they have in the module, each once.
  public var namedParameters: [(name: String, parameter: Parameter)] {
    StateWalk(self).found.filter { $0.parameter.role == .parameter }
      .map { ($0.name, $0.parameter.actual) }
  }

  /// The learned parameters whose names in the module match a pattern, in which `*` stands for any
  /// characters.
  ///
  ///     Adam().minimize(loss, net.parameters(named: "encoder.*.weight"))
  public func parameters(named pattern: String) -> [Parameter] {
    let named = namedParameters
    let found = named.filter { matches($0.name[...], pattern[...]) }.map(\.parameter)
    if found.isEmpty {
      Session.current.report(.noParameterNamed(pattern, names: named.map(\.name)))
    }
    return found
  }

  // True iff a name has the form of a pattern.
  private func matches(_ name: Substring, _ pattern: Substring) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first != "*" {
      return name.first == first && matches(name.dropFirst(), pattern.dropFirst())
    }
    return name.indices.contains { matches(name[$0...], pattern.dropFirst()) }
      || pattern.dropFirst().allSatisfy { $0 == "*" }
  }
}
