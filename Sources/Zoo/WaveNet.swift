public import GraphKit

/// WaveNet (van den Oord et al., 2016): says which sample of a sound may come next, from all
/// samples in a long window before it.
public struct WaveNet: Module {
  let start: Conv1D
  let blocks: [WaveNetBlock]
  let end1: Conv1D
  let end2: Conv1D
  private let levels: Int

  /// A network for sounds of so many levels. Each of `stacks` stacks has blocks whose taps are 1,
  /// 2, 4 ... samples apart, `depth` of them; each block has `width` channels inside and adds
  /// `skip` to the result. With `condition`, it also knows that many numbers for each sound.
  public init(
    levels: Int = 256, width: Int = 32, skip: Int = 256, depth: Int = 10, stacks: Int = 3,
    condition: Int? = nil
  ) {
    self.levels = levels
    start = Conv1D(levels, width, kernel: 1)
    blocks = (0..<(stacks * depth)).map { i in
      WaveNetBlock(width, skip: skip, dilation: 1 << (i % depth), condition: condition)
    }
    end1 = Conv1D(skip, skip, kernel: 1)
    end2 = Conv1D(skip, levels, kernel: 1)
  }

  /// The samples that decide about one.
  public var window: Int { blocks.reduce(1) { $0 + $1.dilation } }

  /// Returns the scores of the sample that follows each of `[n, time]`, integers below `levels`, as
  /// `[n, levels, time]`; `condition` is `[n, numbers]`.
  public func callAsFunction(_ samples: Tensor, condition: Tensor? = nil) -> Tensor {
    var x = start(samples.oneHot(levels).cast(to: .f32).transposed([0, 2, 1]))
    var skips: [Tensor] = []
    for block in blocks {
      let (next, skip) = block(x, condition)
      x = next
      skips.append(skip)
    }
    let sum = skips.dropFirst().reduce(skips.first ?? x) { $0 + $1 }
    return end2(relu(end1(relu(sum))))
  }
}

/// A gated convolution that sees only what is past, with a way around it and one to the end.
struct WaveNetBlock: Module {
  let filter: Conv1D
  let gate: Conv1D
  let residual: Conv1D
  let skip: Conv1D
  let filter_condition: Dense?
  let gate_condition: Dense?
  let dilation: Int

  init(_ width: Int, skip: Int, dilation: Int, condition: Int?) {
    self.dilation = dilation
    func causal() -> Conv1D {
      Conv1D(
        width, width, kernel: 2, padding: .sides(before: [dilation], after: [0]),
        dilation: dilation)
    }
    (filter, gate) = (causal(), causal())
    residual = Conv1D(width, width, kernel: 1)
    self.skip = Conv1D(width, skip, kernel: 1)
    filter_condition = condition.map { Dense($0, width, bias: false) }
    gate_condition = condition.map { Dense($0, width, bias: false) }
  }

  func callAsFunction(_ x: Tensor, _ condition: Tensor?) -> (Tensor, Tensor) {
    func conditioned(_ y: Tensor, _ layer: Dense?) -> Tensor {
      guard let condition, let layer else { return y }
      return y + layer(condition).expanded(at: 2)
    }
    let y =
      tanh(conditioned(filter(x), filter_condition))
      * sigmoid(conditioned(gate(x), gate_condition))
    return (x + residual(y), skip(y))
  }
}

/// Numbers from -1 to 1 as integers from 0 to 255 that are finer around 0, as telephones have them.
public func muLawEncoded(_ x: Tensor, levels: Int = 256) -> Tensor {
  let mu = Double(levels - 1)
  let compressed = sign(x) * log1p(mu * abs(x)) / log1p(Tensor(mu))
  return floor((compressed + 1) * (mu / 2) + 0.5).cast(to: .i32)
}

/// The inverse of `muLawEncoded`.
public func muLawDecoded(_ samples: Tensor, levels: Int = 256) -> Tensor {
  let mu = Double(levels - 1)
  let compressed = samples.cast(to: .f32) * (2 / mu) - 1
  return sign(compressed) * expm1(abs(compressed) * log1p(Tensor(mu))) / mu
}
