import GraphIR
import GraphKit
import LoopIR
import RandomModels

/// Functions of tensors: one function of the program `functions` for each case.
struct FunctionCases: Sendable {
  let cases: [ReferenceCase]

  init() throws { cases = try ReferenceFile("functions").cases }

  /// Declares the model.
  func declare() {
    let model = Model("functions")
    for (i, test) in cases.enumerated() {
      guard let function = functions[test.name] else { continue }
      let names = test.inputs.keys.sorted()
      let inputs = names.map { Input($0, shape(of: test.inputs[$0])) }
      let seed = Input("seed", shape(of: test.seed["y"]))
      // Functions of models have named arguments; these are as many as the case has.
      func outputs(_ x: [Tensor], _ seed: Tensor) -> Outputs {
        let y = function(x)
        var outputs: Outputs = ["y": y.cast(to: .f32)]
        guard y.elementType.isFloat else { return outputs }
        for (name, slope) in zip(names, gradient(of: (y * seed).sum(), by: x, unused: .zero)) {
          outputs.append("gradient_\(name)", slope)
        }
        return outputs
      }
      switch inputs.count {
      case 1: model.function("case_\(i)", inputs[0], seed) { outputs([$0], $1) }
      case 2: model.function("case_\(i)", inputs[0], inputs[1], seed) { outputs([$0, $1], $2) }
      default:
        model.function("case_\(i)", inputs[0], inputs[1], inputs[2], seed) {
          outputs([$0, $1, $2], $3)
        }
      }
    }
  }

  /// Returns what is wrong with a case, or nil.
  func problem(_ i: Int, in model: LoadedModel) throws -> String? {
    let test = cases[i]
    guard functions[test.name] != nil else { return "'\(test.name)' has no function" }
    let arguments = test.inputs.sorted { $0.key < $1.key }.map(\.value.values)
    let found = try model.call("case_\(i)", arguments + [test.seed["y"]?.values ?? []])
    for (name, value) in test.outputs.merging(test.gradientOutputs, uniquingKeysWith: { $1 }) {
      // What is made of integers has no gradient, for which PyTorch says 0.
      if found[name] == nil, value.values.allSatisfy({ $0 == 0 }) { continue }
      if let problem = difference(found[name] ?? [], value.values, relative: 1e-9) {
        return "'\(test.name)': \(name): \(problem)"
      }
    }
    return nil
  }

  /// The names of functions that no case has.
  var unused: [String] {
    let names = Set(cases.map(\.name))
    return functions.keys.filter { !names.contains($0) }.sorted()
  }
}

private typealias Function = @Sendable ([Tensor]) -> Tensor

private let functions: [String: Function] = [views, products, reductions, pooling, resizing, rest]
  .reduce([:]) { $0.merging($1) { first, _ in first } }

private let views: [String: Function] = table(
  [
    "flatten 1 to 2": { $0[0].flattened(from: 1, to: 2) },
    "unflatten": { $0[0].unflattened(1, to: [2, -1]) },
    "movedim": { $0[0].movedAxis(0, to: 2) },
    "swapaxes": { $0[0].swappedAxes(0, -1) },
    "slice backwards": { $0[0].sliced(1, from: -2, to: -7, step: -2) },
    "slice from the end": { $0[0].sliced(0, -3..<(-1)) },
    "split": { weighted($0[0].split([1, 3, 2])) },
    "chunk": { weighted($0[0].chunked(4)) },
    "unbind": { x in
      let parts = x[0].unstacked(axis: 1)
      return parts[0] * parts[2]
    },
    "tile": { $0[0].tiled([2, 3, 1]) },
    "tile of more axes": { $0[0].tiled([2]) },
    "repeat_interleave": { $0[0].repeatedEach(3, axis: 0) },
    "repeat_interleave counts": { $0[0].repeatedEach([2, 0, 1], axis: 1) },
    "roll": { $0[0].rolled(by: 1, axis: 0).rolled(by: -2, axis: 1) },
    "diagonal of other axes": { $0[0].diagonal(offset: 1, axes: (2, 0)) },
    "meshgrid": { meshgrid($0)[0] * $0[1] },
    "pad reflect": { $0[0].padded(sides, mode: .reflect) },
    "pad replicate": { $0[0].padded(sides, mode: .replicate) },
    "pad circular": { $0[0].padded(sides, mode: .circular) },
    "pad replicate far": { $0[0].padded([(0, 0), (0, 0), (4, 5)], mode: .replicate) },
    "pad replicate and crop": { $0[0].padded([(0, 0), (0, 0), (-1, 3)], mode: .replicate) },
    "pad constant and crop": { $0[0].padded([(0, 0), (2, -1), (-1, 3)], value: 0.5) },
    "pixel_shuffle": { $0[0].pixelShuffled(2) },
    "pixel_unshuffle": { $0[0].pixelUnshuffled(2) },
    "channel_shuffle": { $0[0].channelShuffled(groups: 3) },
    "windows": { $0[0].windows(of: 3, step: 2, axis: 1) },
    "unfold": {
      Unfold([2, 3], stride: [1, 2], padding: [1, 0], dilation: [2, 1])($0[0])
    },
    "fold": { Fold([4, 5], kernel: [2, 3], stride: [1, 2], padding: [1, 0])($0[0]) },
  ],
  (1...3).map { k in ("rot90 \(k)", { $0[0].rotated(quarterTurns: k) }) },
  [-2, 0, 1].map { k in ("diagonal \(k)", { $0[0].diagonal(offset: k) }) },
  [-1, 0, 2].map { k in ("diag_embed \(k)", { $0[0].diagonalEmbedded(offset: k) }) },
  [-1, 0, 1].map { k in ("tril \(k)", { $0[0].lowerTriangle(offset: k) }) },
  [-1, 0, 1].map { k in ("triu \(k)", { $0[0].upperTriangle(offset: k) }) })

private let products: [String: Function] = [
  "einsum trace": { einsum("ii->", $0[0]) },
  "einsum diagonal": { einsum("bii->bi", $0[0]) },
  "einsum transpose": { einsum("ba", $0[0]) },
  "einsum sum": { einsum("ij->j", $0[0]) },
  "einsum product": { einsum("ij,jk", $0[0], $0[1]) },
  "einsum outer": { einsum("i,j->ji", $0[0], $0[1]) },
  "einsum three": { einsum("bi,oij,bj->bo", $0[0], $0[1], $0[2]) },
  "einsum points": { einsum("...ij,...jk->...ik", $0[0], $0[1]) },
  "einsum diagonal times": { einsum("iij,jk->ik", $0[0], $0[1]) },
  "einsum summed alone": { einsum("ij,k->i", $0[0], $0[1]) },
]

private let reductions: [String: Function] = table(
  [
    "std": { $0[0].standardDeviation(axes: [1], correction: 1) },
    "std biased of all": { $0[0].standardDeviation() },
    "var of two axes": { $0[0].variance(axes: [0, 2], keep: true, correction: 1) },
    "norm 2 of zeros": { $0[0].norm(axes: [1]) },
    "norm of a matrix": { $0[0].norm() },
    "normalize": { $0[0].normalized(axis: 0) },
    "normalize 1": { $0[0].normalized(1) },
    "cosine_similarity": { cosineSimilarity($0[0], $0[1]) },
    "cosine_similarity broadcast": { cosineSimilarity($0[0], $0[1], axis: 1) },
    "pairwise_distance": { pairwiseDistance($0[0], $0[1]) },
    "pairwise_distance 1": { pairwiseDistance($0[0], $0[1], p: 1, keep: true) },
    "cdist": { distances($0[0], $0[1]) },
    "cdist 1": { distances($0[0], $0[1], p: 1) },
    "count_nonzero": { $0[0].countNonZero(axes: [1]) },
    "logsumexp": { $0[0].logSumExp(axes: [0, 2]) },
    "prod with zeros": { $0[0].product(axes: [1]) },
    "softmin": { softmin($0[0], axis: 1) },
  ],
  [("0.5", 0.5), ("1", 1), ("2", 2), ("3", 3), ("inf", .infinity), ("-inf", -.infinity)].map {
    (name: String, p: Double) in ("norm \(name)", { $0[0].norm(p, axes: [1]) })
  })

private let pooling: [String: Function] = [
  "max_pool1d": { MaxPool1D(3, stride: 2, padding: 1)($0[0]) },
  "max_pool1d ceil": { MaxPool1D(2, ceilMode: true)($0[0]) },
  "max_pool2d ceil": { MaxPool2D(3, stride: 2, padding: 1, ceilMode: true)($0[0]) },
  "max_pool3d": { MaxPool3D([2, 1, 2], stride: [1, 2, 2])($0[0]) },
  "max_pool2d positions": {
    MaxPool2D([2, 3], stride: [2, 1], padding: [1, 1]).withPositions($0[0]).positions
  },
  "max_pool1d positions, dilation": {
    MaxPool1D(2, stride: 2, dilation: 3).withPositions($0[0]).positions
  },
  "max_unpool2d": {
    let (values, positions) = MaxPool2D(2).withPositions($0[0])
    return maxUnpool(values, at: positions, to: [4, 6])
  },
  "avg_pool1d": { AvgPool1D(3, stride: 2, padding: 1)($0[0]) },
  "avg_pool1d ceil": { AvgPool1D(3, stride: 2, padding: 1, ceilMode: true)($0[0]) },
  "avg_pool2d ceil, not counted": {
    AvgPool2D(3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false)($0[0])
  },
  "avg_pool2d divisor": { AvgPool2D(2, stride: 1, padding: 1, divisor: 3)($0[0]) },
  "avg_pool3d": { AvgPool3D(2, stride: 2, padding: [1, 0, 1], countIncludePad: false)($0[0]) },
  "lp_pool1d": { LPPool1D(3, 2)(abs($0[0])) },
  "lp_pool2d": { LPPool2D(2, [2, 3], stride: 2)($0[0]) },
  "adaptive_avg_pool1d": { AdaptiveAvgPool1D(3)($0[0]) },
  "adaptive_avg_pool2d": { AdaptiveAvgPool2D([3, 2])($0[0]) },
  "adaptive_avg_pool3d": { AdaptiveAvgPool3D([2, 1, 3])($0[0]) },
  "adaptive_max_pool1d": { AdaptiveMaxPool1D(3)($0[0]) },
  "adaptive_max_pool2d": { AdaptiveMaxPool2D([3, 2])($0[0]) },
  "global_max_pool": { GlobalMaxPool()($0[0]) },
]

private let modes: [(String, ResizeMode)] = [
  ("nearest", .nearest), ("nearest-exact", .nearestExact), ("bilinear", .linear),
  ("bicubic", .cubic), ("area", .area),
]

private let resizing: [String: Function] = table(
  [
    "resize bilinear aligned": { $0[0].resized(to: [5, 6], alignCorners: true) },
    "resize bicubic aligned": { $0[0].resized(to: [5, 6], mode: .cubic, alignCorners: true) },
    "resize linear by 3": { $0[0].resized(by: [3]) },
    "resize linear by half": { $0[0].resized(by: [0.5]) },
    "resize linear by 1.5": { $0[0].resized(by: [1.5]) },
    "resize linear by 0.7": { $0[0].resized(by: [0.7]) },
    "resize linear to one": { $0[0].resized(to: [1], alignCorners: true) },
    "resize linear far": { $0[0].resized(to: [17]) },
    "resize nearest by 2.5": { Upsample(2.5)($0[0]) },
    "resize trilinear": { Upsample(to: [4, 3, 5], mode: .linear)($0[0]) },
    "affine_grid": { affineGrid($0[0], rows: 3, columns: 4) },
    "affine_grid aligned": { affineGrid($0[0], rows: 3, columns: 4, alignCorners: true) },
  ],
  [[4, 6], [2, 9], [3, 4]].flatMap { (size: [Int]) in
    modes.map { (name, mode) -> (String, Function) in
      ("resize \(name) to \(size[0]) \(size[1])", { $0[0].resized(to: size, mode: mode) })
    }
  },
  [("zeros", .zeros), ("border", .border), ("reflection", .reflection)].flatMap {
    (name: String, padding: GridPadding) in
    [("bilinear", false), ("nearest", true)].flatMap { (mode: String, nearest: Bool) in
      [("", false), (" aligned", true)].map { (suffix, aligned) -> (String, Function) in
        (
          "grid_sample \(mode) \(name)\(suffix)",
          {
            $0[0].gridSample($0[1], nearest: nearest, padding: padding, alignCorners: aligned)
          }
        )
      }
    }
  })

private let rest: [String: Function] = [
  "hard_tanh": { HardTanh(-0.5...0.75)($0[0]) },
  "relu6": { ReLU6()($0[0] * 4) },
  "celu": { CELU(alpha: 0.5)($0[0]) },
  "soft_sign": { SoftSign()($0[0]) },
  "soft_shrink": { SoftShrink()($0[0]) },
  "hard_shrink": { HardShrink()($0[0]) },
  "tanh_shrink": { TanhShrink()($0[0]) },
  "threshold": { Threshold(0.25, -2)($0[0]) },
  "glu": { GLU(axis: 1)($0[0]) },
  "rrelu": { RReLU()($0[0]) },
  "softmax2d": { Softmax2D()($0[0]) },
  "local_response_norm": { LocalResponseNorm(4, alpha: 0.5, beta: 0.75, k: 2)($0[0]) },
  "local_response_norm 3": { LocalResponseNorm(3)($0[0]) },
  "instance_norm": { InstanceNorm1D(3)($0[0]) },
  "group_norm plain": { GroupNorm(2, 4, affine: false)($0[0]) },
]

private let sides = [(before: 0, after: 0), (0, 0), (2, 0), (1, 2)]

// One table of functions written one by one and of others that differ in a number.
private func table(_ single: [String: Function], _ families: [(String, Function)]...)
  -> [String: Function]
{
  families.joined().reduce(into: single) { $0[$1.0] = $1.1 }
}

// Parts joined, each times its number, so that none passes for another.
private func weighted(_ parts: [Tensor]) -> Tensor {
  concatenate(parts.enumerated().map { $1 * Double($0 + 1) })
}
