import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Layers and activations: one function of the program `layers` for each case.
struct LayerCases: Sendable {
  /// All but those about training.
  let cases: [ReferenceCase]

  init() throws {
    cases = try ReferenceFile("layers").cases.filter { $0.text("mode") != "train" }
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
    let inner = test.text("layer") == "bilinear" ? "form." : ""
    for (name, value) in test.parameters {
      try model.set("\(i).\(inner)\(name)", to: value.values)
    }
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
  for (name, tensor) in zip(names, gradient(of: loss, by: tensors, unused: .zero)) {
    outputs.append("gradient_\(name)", tensor)
  }
  return outputs
}

/// Returns the layer that a case is about.
private func layer(_ test: ReferenceCase) -> any Layer {
  if let layer = spatialLayer(test) { return layer }
  let kernel = test.counts("kernel")
  let stride = test.counts("stride")
  let padding = test.counts("padding")
  let dilation = test.counts("dilation")
  switch test.text("layer") {
  case "linear": return Dense(test.count("in"), test.count("out"), bias: test.flag("use_bias"))
  case "max_pool2d":
    return MaxPool2D(kernel, stride: stride, padding: padding, dilation: dilation)
  case "avg_pool2d":
    let counted = test.flag("count_include_pad")
    return AvgPool2D(kernel, stride: stride, padding: padding, countIncludePad: counted)
  case "batch_norm": return batchNorm(test)
  case "layer_norm": return layerNorm(test)
  case "group_norm":
    return GroupNorm(test.count("groups"), test.count("features"), epsilon: test.number("eps"))
  case "instance_norm": return InstanceNorm2D(test.count("features"), affine: true)
  case "rms_norm": return rmsNorm(test)
  case "prelu": return PReLU(test.count("channels"))
  case "bilinear": return BilinearHalves(test.counts("sizes"))
  case "embedding":
    return Embedding(
      test.count("count"), test.count("width"), padding: optionalCount(test, "padding_index"))
  case "embedding_bag": return embeddingBag(test)
  default: return activation(test)
  }
}

// A convolution for one, two or three axes, if a case is about one.
private func spatialLayer(_ test: ReferenceCase) -> (any Layer)? {
  switch test.text("layer") {
  case "conv1d": convolution(test, Space1D.self)
  case "conv2d": convolution(test, Space2D.self)
  case "conv3d": convolution(test, Space3D.self)
  case "conv_transpose1d": transposed(test, Space1D.self)
  case "conv_transpose2d": transposed(test, Space2D.self)
  case "conv_transpose3d": transposed(test, Space3D.self)
  default: nil
  }
}

private func convolution<Kind: Space>(_ test: ReferenceCase, _ kind: Kind.Type) -> any Layer {
  func make(_ padding: some PaddingAmount) -> Convolution<Kind> {
    let modes: [String: PaddingMode] = [
      "reflect": .reflect, "replicate": .replicate, "circular": .circular,
    ]
    return Convolution(
      test.count("in"), test.count("out"), kernel: test.counts("kernel"),
      stride: test.counts("stride"), padding: padding, dilation: test.counts("dilation"),
      groups: test.count("groups"), bias: test.flag("use_bias"),
      paddingMode: modes[test.text("mode")] ?? .zeros)
  }
  let padding = test.counts("padding")
  return padding == test.counts("padding_end") ? make(padding) : make(.same)
}

private func transposed<Kind: Space>(_ test: ReferenceCase, _ kind: Kind.Type) -> any Layer {
  let dilation = test.counts("dilation")
  return TransposedConvolution<Kind>(
    test.count("in"), test.count("out"), kernel: test.counts("kernel"),
    stride: test.counts("stride"), padding: test.counts("padding"),
    outputPadding: test.counts("output_padding"), dilation: dilation.isEmpty ? [1] : dilation,
    groups: test.count("groups"), bias: test.flag("use_bias"))
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

private func rmsNorm(_ test: ReferenceCase) -> any Layer {
  let (shape, epsilon) = (test.counts("shape"), test.number("eps"))
  return shape.count == 1
    ? RMSNorm(shape[0], epsilon: epsilon) : RMSNorm(shape[0], shape[1], epsilon: epsilon)
}

// A whole number that may be absent.
private func optionalCount(_ test: ReferenceCase, _ name: String) -> Int? {
  if case .number(let number)? = test.attributes[name] { Int(number) } else { nil }
}

private func embeddingBag(_ test: ReferenceCase) -> any Layer {
  let modes: [String: EmbeddingBag.Mode] = ["sum": .sum, "mean": .mean, "max": .max]
  return EmbeddingBag(
    test.count("count"), test.count("width"), mode: modes[test.text("mode")] ?? .mean,
    padding: optionalCount(test, "padding"))
}

/// A bilinear form of the first elements and the others.
private struct BilinearHalves: Layer {
  let form: Bilinear

  init(_ sizes: [Int]) { form = Bilinear(sizes[0], sizes[1], sizes[2]) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let split = form.weight.shape[1]
    return form(x.sliced(-1, 0..<split), x.sliced(-1, split...))
  }
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
  case "softplus":
    return Softplus(beta: test.number("beta"), threshold: test.number("threshold"))
  case "selu": return SELU()
  case "mish": return Mish()
  case "log_sigmoid": return LogSigmoid()
  case "hard_sigmoid": return HardSigmoid()
  case "hard_swish": return HardSwish()
  case "softmax": return Softmax(axis: test.count("axis"))
  case "log_softmax": return LogSoftmax(axis: test.count("axis"))
  default:
    // Its function has no gradient and so does not pass for the one that is missing.
    return Lambda { x in step(x) }
  }
}
