public import TensorLibrary

/// Returns `x`, and lets the programs print the range of its values under a name.
public func probe(_ name: String, _ x: Tensor) -> Tensor {
  guard let trace = Trace.running("probe") else { return x }
  guard Check.name(name, of: "a probe"), x.value != nil, trace.builder.sees(x.builder) else {
    return x
  }
  guard trace.frames.allSatisfy({ $0.builder === trace.root }) else {
    trace.model.session.report(.probeInside(name))
    return x
  }
  trace.probes.append((name: name, value: x))
  return x
}
