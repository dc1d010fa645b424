import GraphIR
import GraphKit
import LoopIR

/// Layers and activations: one function of the program `layers` for each case.
struct LayerCases: Sendable {
  /// The cases that GraphKit has.
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("layers").cases.filter {
      skipReason("layers", $0) == nil && $0.text("mode") != "train"
    }
  }

  /// Declares the model.
  func declare() {
    let layers = cases.map(layer)
    let model = Model("layers", Sequential(layers))
    for (i, test) in cases.enumerated() {
      let input =
        test.inputs["index"].map { Input("x", Shape($0.shape), .i32) }
        ?? Input("x", shape(of: test.inputs["x"]))
      let seed = Input("seed", shape(of: test.seed["y"]))
      model.function("case_\(i)", input, seed) { x, seed in
        let y = layers[i](x)
        return withGradients(["y": y], of: (y * seed).sum(), by: x, layers[i].parameters)
      }
    }
  }

  /// Returns what is wrong with a case, or nil.
  func problem(_ i: Int, in model: LoadedModel) throws -> String? {
    let test = cases[i]
    for (name, value) in test.parameters { try model.set("\(i).\(name)", to: value.values) }
    let input = test.inputs["index"] ?? test.inputs["x"]
    let found = try model.call("case_\(i)", [input?.values ?? [], test.seed["y"]?.values ?? []])
    for (name, value) in test.outputs.merging(test.gradientOutputs, uniquingKeysWith: { $1 }) {
      if let problem = difference(found[name] ?? [], value.values, relative: 1e-9) {
        return "'\(test.name)': \(name): \(problem)"
      }
    }
    return nil
  }
}

extension ReferenceCase {
  /// The gradients under the names of the outputs that have them.
  var gradientOutputs: [String: ReferenceNumbers] {
    Dictionary(uniqueKeysWithValues: gradients.map { ("gradient_\($0)", $1) })
  }
}

/// The shape of a tensor of a case.
func shape(of numbers: ReferenceNumbers?) -> Shape { Shape(numbers?.shape ?? []) }

/// Adds the gradients of `loss` by `x`, if it is real, and by parameters.
func withGradients(
  _ outputs: Outputs, of loss: Tensor, by x: Tensor?, named input: String = "x",
  _ parameters: [Parameter]
) -> Outputs {
  var outputs = outputs
  var names = parameters.map { String($0.name?.split(separator: ".").last ?? "") }
  var tensors = parameters.map(\.value)
  if let x, x.elementType.isFloat {
    names.append(input)
    tensors.append(x)
  }
  for (name, tensor) in zip(names, gradient(of: loss, by: tensors)) {
    outputs.append("gradient_\(name)", tensor)
  }
  return outputs
}

/// Returns the layer that a case is about.
private func layer(_ test: ReferenceCase) -> any Layer {
  let kernel = test.counts("kernel")
  let stride = test.counts("stride")
  let padding = test.counts("padding")
  let dilation = test.counts("dilation")
  switch test.text("layer") {
  case "linear": return Dense(test.count("in"), test.count("out"), bias: test.flag("use_bias"))
  case "conv2d": return convolution(test)
  case "max_pool2d":
    return MaxPool2D(kernel, stride: stride, padding: padding, dilation: dilation)
  case "avg_pool2d":
    let counted = test.flag("count_include_pad")
    return AvgPool2D(kernel, stride: stride, padding: padding, countIncludePad: counted)
  case "batch_norm": return batchNorm(test)
  case "layer_norm": return layerNorm(test)
  case "embedding": return Embedding(test.count("count"), test.count("width"))
  default: return activation(test)
  }
}

private func convolution(_ test: ReferenceCase) -> any Layer {
  func make(_ padding: some PaddingAmount) -> Conv2D {
    Conv2D(
      test.count("in"), test.count("out"), kernel: test.counts("kernel"),
      stride: test.counts("stride"), padding: padding, dilation: test.counts("dilation"),
      groups: test.count("groups"), bias: test.flag("use_bias"))
  }
  let padding = test.counts("padding")
  return padding == test.counts("padding_end") ? make(padding) : make(.same)
}

/// Returns the batch norm that a case is about.
func batchNorm(_ test: ReferenceCase) -> BatchNorm {
  BatchNorm(
    test.count("features"), epsilon: test.number("eps"), momentum: test.number("momentum", 0.1),
    affine: test.flag("affine"))
}

private func layerNorm(_ test: ReferenceCase) -> any Layer {
  let (shape, affine) = (test.counts("shape"), test.flag("affine"))
  let epsilon = test.number("eps")
  return shape.count == 1
    ? LayerNorm(shape[0], epsilon: epsilon, affine: affine)
    : LayerNorm(shape[0], shape[1], epsilon: epsilon, affine: affine)
}

private func activation(_ test: ReferenceCase) -> any Layer {
  switch test.text("layer") {
  case "relu": return ReLU()
  case "leaky_relu": return LeakyReLU(slope: test.number("slope"))
  case "elu": return ELU(alpha: test.number("alpha"))
  case "gelu": return GELU(approximate: test.text("approximation") == "tanh")
  case "silu": return SiLU()
  case "sigmoid": return Sigmoid()
  case "tanh": return Tanh()
  case "softplus": return Softplus()
  case "softmax": return Softmax(axis: test.count("axis"))
  case "log_softmax": return LogSoftmax(axis: test.count("axis"))
  default:
    // Its function has no gradient and so does not pass for the one that is missing.
    return Lambda { x in step(x) }
  }
}
