public import TensorLibrary
internal import LoopIR

/// The declaration of an argument of a function; `Input` is the only one.
public protocol FunctionInput {
  /// The type that the function's body gets for it.
  associatedtype Value
  /// The declaration of the argument.
  var input: Input { get }
  /// Returns the value for the body.
  static func value(_ tensor: Tensor) -> Value
}

extension Input: FunctionInput {
  /// The argument itself.
  public var input: Input { self }
  /// The tensor itself.
  public static func value(_ tensor: Tensor) -> Tensor { tensor }
}

extension Model {
  /// Declares the function that the infer program runs.
  ///
  ///     model.infer(Input("image", [1, 1, 8, 8])) { image in
  ///       ["probability": softmax(net(image))]
  ///     }
  public func infer<each I: FunctionInput>(
    _ inputs: repeat each I, body: (repeat (each I).Value) -> Outputs
  ) {
    declare("infer", repeat each inputs, body: body)
  }

  /// Declares a function without inputs that draws random samples, as in a generative model.
  ///
  ///     model.sample { ["image": generator(randomNormal([16, 64]))] }
  public func sample<each I: FunctionInput>(
    _ inputs: repeat each I, body: (repeat (each I).Value) -> Outputs
  ) {
    declare("sample", repeat each inputs, body: body)
  }

  /// Declares a function with any name.
  ///
  ///     model.function("encode", Input("image", [1, 784])) { image in ["code": encoder(image)] }
  public func function<each I: FunctionInput>(
    _ name: String, _ inputs: repeat each I, body: (repeat (each I).Value) -> Outputs
  ) {
    declare(name, repeat each inputs, body: body)
  }

  private func declare<each I: FunctionInput>(
    _ name: String, _ inputs: repeat each I, body: (repeat (each I).Value) -> Outputs
  ) {
    var declared: [Input] = []
    for input in repeat each inputs { declared.append(input.input) }
    function(name, inputs: declared) { tensors in
      var rest = tensors[...]
      func next<Kind: FunctionInput>(_ kind: Kind) -> Kind.Value { Kind.value(rest.removeFirst()) }
      return body(repeat next(each inputs))
    }
  }

  /// Declares a function whose inputs are only known when the model runs.
  package func function(_ name: String, inputs: [Input], body: ([Tensor]) -> Outputs) {
    let site = session.here()
    guard accept(name, inputs, at: site) else { return }
    functions[name] = site
    let arguments = inputs.map { Argument(name: $0.name, type: $0.type, site: $0.site) }
    trace(.user, named: name, inputs: arguments, at: site) { _, tensors in
      let outputs = body(tensors)
      if outputs.values.isEmpty { session.report(.noOutputs(name), at: site) }
      nameWords(of: name, outputs, at: site)
      return outputs.measured(at: site)
    }
  }

  // Returns true iff a function of that name and inputs can be declared; reports it otherwise.
  private func accept(_ name: String, _ inputs: [Input], at site: SiteID?) -> Bool {
    guard Check.name(name, of: "a function", at: site) else { return false }
    if FunctionKind.reserving(name) != nil {
      session.report(.reservedFunction(name), at: site)
      return false
    }
    if let first = functions[name] {
      session.report(.sameFunction(name, first: first), at: site)
      return false
    }
    var names: Set<String> = []
    for input in inputs where Check.name(input.name, of: "an input", at: input.site) {
      if !names.insert(input.name).inserted {
        session.report(.sameInput(input.name), at: input.site)
        return false
      }
    }
    return true
  }
}

extension Outputs {
  /// Measures become those of what the function was given.
  fileprivate func measured(at site: SiteID?) -> Outputs {
    var result: Outputs = [:]
    for (name, value) in values {
      if let measure = value as? Measure {
        if let tensor = measure.value(at: site) { result.append(name, tensor) }
      } else {
        result.append(name, value)
      }
    }
    return result
  }
}
