internal import TensorLibrary

/// Returns `body` applied to `x`, with nodes named after the layer or function `kind`.
///
/// The name is that of `parameter` without its last part, as in `features_0`; if
/// there is none, the kind with the number of the layer in its `Sequential`. Poison is passed on.
func applying(
  _ kind: String, to x: Tensor, naming parameter: Parameter? = nil, _ body: (Tensor) -> Tensor
) -> Tensor {
  if Trace.current == nil, x.value == nil { return x }
  guard let trace = Trace.running(kind) else { return Session.current.limbo.poison() }
  guard x.value != nil else { return x.builder === trace.builder ? x : trace.builder.poison() }
  guard trace.builder.sees(x.builder) else {
    trace.model.session.report(.otherFunction(kind))
    return trace.builder.poison()
  }
  let outer = trace.builder.name
  let numbered = trace.number.map { "\(kind)_\($0)" }
  trace.builder.name = nodeName(kind, parameter) ?? outer ?? numbered ?? kind
  defer { trace.builder.name = outer }
  return body(x)
}

// The path of the layer that `parameter` belongs to, as one word.
private func nodeName(_ kind: String, _ parameter: Parameter?) -> String? {
  guard let path = parameter?.actual.name?.split(separator: ".").dropLast() else { return nil }
  let name = path.joined(separator: "_")
  if name.isEmpty { return kind }
  return name.first?.isNumber == true ? "\(kind)_\(name)" : name
}
