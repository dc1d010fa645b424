public import TensorLibrary
internal import LoopIR

/// Attention in several subspaces at once, like PyTorch's layer of this name.
///
/// Sequences are `[steps, batch, size]`, or `[batch, steps, size]` with `batchFirst`. Parameters:
/// `in_proj_weight` [3 * size, size] for queries, keys and values, or `q_proj_weight`,
/// `k_proj_weight` and `v_proj_weight` if keys or values have another size; `in_proj_bias`
/// [3 * size], `out_proj.weight` [size, size], `out_proj.bias` [size].
public struct MultiheadAttention: Module, NamedChildren {
  /// The input weights: one for all three, or one each for queries, keys and values.
  private let projections: [Parameter]
  private let bias: Parameter?
  private let output: Dense
  private let size: Int
  private let heads: Int
  private let dropout: Dropout
  private let isBatchFirst: Bool

  /// A layer for queries of `size` numbers, which are divided among the heads.
  public init(
    _ size: Int, heads: Int, keySize: Int? = nil, valueSize: Int? = nil, bias: Bool = true,
    batchFirst: Bool = false, dropout: Double = 0
  ) {
    let owner = "MultiheadAttention"
    var size = Check.positive(size, "size", of: owner)
    let heads = Check.positive(heads, "number of heads", of: owner)
    if size % heads != 0 {
      Session.current.report(.heads(heads, owner, size))
      size = heads
    }
    (self.size, self.heads, isBatchFirst) = (size, heads, batchFirst)
    self.dropout = Dropout(Check.inside(dropout, 0...1, "dropout", of: owner))
    func make(_ shape: Shape, _ name: String, _ start: Initialiser) -> Parameter {
      Parameter(shape, initialiser: start, named: name)
    }
    let sizes = [size, keySize ?? size, valueSize ?? size]
    projections =
      sizes == [size, size, size]
      ? [make([3 * size, size], "in_proj_weight", .xavierUniform())]
      : zip(["q", "k", "v"], sizes).map {
        make([size, $1], "\($0)_proj_weight", .xavierUniform())
      }
    self.bias = bias ? make([3 * size], "in_proj_bias", .zeros) : nil
    output = Dense(size, size, bias: bias, biasInitialiser: .zeros)
  }

  var children: [(name: String, module: any Module)] {
    (projections + [bias].compactMap { $0 }).map { ($0.label ?? "weight", $0) }
      + [("out_proj", output)]
  }

  /// Returns the output for each query, and the weights: their mean over the heads, `[batch,
  /// queries, keys]`, or with `averageWeights: false` those of each head, `[batch, heads, queries,
  /// keys]`.
  ///
  /// As in PyTorch, masks of `bool` are true for keys to leave out; masks of numbers are added to
  /// the scores.
  ///
  /// - Parameters:
  ///   - mask: `[queries, keys]`, or `[batch * heads, queries, keys]`.
  ///   - keyPadding: `[batch, keys]`.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil,
    keyPadding: Tensor? = nil, isCausal: Bool = false, averageWeights: Bool = true
  ) -> (output: Tensor, weights: Tensor) {
    var weights: Tensor?
    let result = applying("multihead_attention", to: query, naming: projections[0]) { query in
      guard fits(query, key, value) else { return query.builder.poison() }
      let batch = query.shape[isBatchFirst ? 0 : 1]
      guard var masks = masks(mask, keyPadding, batch) else { return query.builder.poison() }
      masks.isCausal = isCausal
      let parts = projected([query, key, value]).map { split($0) }
      let found = attention(
        parts[0], parts[1], parts[2], masks: masks, dropout: dropout)
      weights = averageWeights ? found.weights.mean(axes: [1]) : found.weights
      return output(joined(found.output))
    }
    return (result, weights ?? result.builder.poison())
  }

  /// Returns the output of self-attention.
  public func callAsFunction(
    _ x: Tensor, mask: Tensor? = nil, keyPadding: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    self(x, x, x, mask: mask, keyPadding: keyPadding, isCausal: isCausal).output
  }
}

extension MultiheadAttention {
  // The three projected inputs; a single product if they are one tensor.
  private func projected(_ inputs: [Tensor]) -> [Tensor] {
    func part(_ x: Tensor, _ axis: Int, _ i: Int) -> Tensor {
      x.sliced(axis, (i * size)..<((i + 1) * size))
    }
    if projections.count == 1, inputs.allSatisfy({ $0.value == inputs[0].value }) {
      let product = inputs[0].linear(projections[0].value)
      let all = bias.map { product + $0.value } ?? product
      return (0..<3).map { part(all, -1, $0) }
    }
    return inputs.enumerated().map { i, x in
      let weight =
        projections.count == 1 ? part(projections[0].value, 0, i) : projections[i].value
      let product = x.linear(weight)
      return bias.map { product + part($0.value, 0, i) } ?? product
    }
  }

  // As `[batch, heads, steps, size of a head]`.
  private func split(_ x: Tensor) -> Tensor {
    guard x.value != nil else { return x }
    let shape = Shape([x.shape[0], x.shape[1], heads, size / heads])
    return x.reshaped(shape).transposed(isBatchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3])
  }

  // The heads concatenated again.
  private func joined(_ x: Tensor) -> Tensor {
    let steps = x.transposed(isBatchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3])
    return steps.value == nil ? steps : steps.flattened(from: 2)
  }

  // The masks as `attention` expects them; nil after a mistake.
  private func masks(_ mask: Tensor?, _ padding: Tensor?, _ batch: Int) -> AttentionMasks? {
    var all: [Tensor] = []
    if let mask {
      guard mask.value != nil else { return nil }
      guard mask.rank == 2 || mask.rank == 3 && mask.shape[0] == batch * heads else {
        let rule = "have the axes [queries, keys] or [\(batch * heads), queries, keys]"
        Session.current.report(
          .argument("mask", of: "MultiheadAttention", rule, mask.type, made: mask.site))
        return nil
      }
      all.append(
        mask.rank == 2
          ? mask : mask.reshaped(Shape([batch, heads, mask.shape[1], mask.shape[2]])))
    }
    if let padding {
      guard padding.value != nil else { return nil }
      guard padding.rank == 2, padding.shape[0] == batch else {
        let rule = "have the axes [\(batch), keys]"
        Session.current.report(
          .argument("key padding", of: "MultiheadAttention", rule, padding.type, made: padding.site)
        )
        return nil
      }
      all.append(padding.reshaped([batch, 1, 1, padding.shape[1]]))
    }
    return AttentionMasks(
      seen: all.filter { $0.elementType == .bool }.map { .!$0 },
      added: all.filter { $0.elementType != .bool })
  }

  // Reports invalid inputs.
  private func fits(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Bool {
    let axis = isBatchFirst ? 0 : 1
    for (i, x) in [query, key, value].enumerated() {
      guard x.value != nil else { return false }
      let inputs = projections[min(i, projections.count - 1)].shape[1]
      guard x.rank == 3, x.shape[2] == inputs, x.shape[axis] == query.shape[axis] else {
        let axes = isBatchFirst ? "[batch, steps, \(inputs)]" : "[steps, batch, \(inputs)]"
        let what = ["query", "key", "value"][i]
        Session.current.report(
          .argument(what, of: "MultiheadAttention", "have the axes \(axes)", x.type, made: x.site))
        return false
      }
      guard x.isComputed(in: projections[0].type.element, "MultiheadAttention") else {
        return false
      }
    }
    return true
  }
}
