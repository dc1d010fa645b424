import GraphIR
import GraphKit

// The rows of `scripts/reference/modules.py` about attention.
extension ModuleRow {
  private static func heads(_ result: (output: Tensor, weights: Tensor)) -> Outputs {
    ["y": result.output, "weights": result.weights]
  }

  static let attention: [ModuleRow] = [
    ModuleRow("dot_product", Nothing()) {
      ["y": scaledDotProductAttention($1["q"], $1["k"], $1["v"])]
    },
    ModuleRow("dot_product_causal", Nothing()) {
      ["y": scaledDotProductAttention($1["q"], $1["k"], $1["v"], isCausal: true)]
    },
    ModuleRow("dot_product_seen", Nothing()) {
      ["y": scaledDotProductAttention($1["q"], $1["k"], $1["v"], mask: $1["mask"])]
    },
    ModuleRow("dot_product_added", Nothing()) {
      ["y": scaledDotProductAttention($1["q"], $1["k"], $1["v"], mask: $1["mask"], scale: 0.3)]
    },
    ModuleRow("heads_self", MultiheadAttention(4, heads: 2)) {
      heads($0($1["x"], $1["x"], $1["x"]))
    },
    ModuleRow("heads_cross", MultiheadAttention(4, heads: 2)) {
      heads($0($1["q"], $1["k"], $1["v"]))
    },
    ModuleRow("heads_masks", MultiheadAttention(4, heads: 2)) {
      heads($0($1["q"], $1["k"], $1["v"], mask: $1["mask"], keyPadding: $1["padding"]))
    },
    ModuleRow("heads_added_mask", MultiheadAttention(4, heads: 2, bias: false)) {
      heads($0($1["q"], $1["k"], $1["v"], mask: $1["mask"]))
    },
    ModuleRow(
      "heads_of_other_sizes",
      MultiheadAttention(4, heads: 2, keySize: 3, valueSize: 5, batchFirst: true)
    ) {
      heads($0($1["q"], $1["k"], $1["v"], keyPadding: $1["padding"], averageWeights: false))
    },
    ModuleRow("additive_attention", AdditiveAttention(4, 3, hidden: 5)) {
      heads($0($1["x"], keys: $0.prepared($1["keys"]), values: $1["values"], seen: $1["seen"]))
    },
    ModuleRow("luong_attention", LuongAttention(4, 3)) {
      heads($0($1["x"], keys: $0.prepared($1["keys"]), values: $1["values"], seen: $1["seen"]))
    },
    ModuleRow("sinusoidal_positions", Nothing()) { ["y": $1["x"] + sinusoidalPositions(4, 5)] },
    ModuleRow("rotary_positions", Nothing()) { ["y": rotaryPositions($1["x"])] },
    ModuleRow("rotary_positions_interleaved", Nothing()) {
      ["y": rotaryPositions($1["x"], interleaved: true, offset: Tensor(3))]
    },
  ]

  static let transformers: [ModuleRow] = [
    ModuleRow("encoder_layer", TransformerEncoderLayer(4, heads: 2, feedForward: 6)) {
      ["y": $0($1["x"])]
    },
    ModuleRow(
      "encoder_layer_norm_first",
      TransformerEncoderLayer(
        4, heads: 2, feedForward: 6, activation: { gelu($0) }, batchFirst: true, normFirst: true)
    ) { ["y": $0($1["x"], mask: nil, keyPadding: $1["padding"])] },
    ModuleRow(
      "encoder",
      TransformerEncoder(
        (0..<2).map { _ in TransformerEncoderLayer(4, heads: 2, feedForward: 6) },
        norm: LayerNorm(4))
    ) { ["y": $0($1["x"], mask: nil, isCausal: true)] },
    ModuleRow("decoder_layer", TransformerDecoderLayer(4, heads: 2, feedForward: 6)) {
      ["y": $0($1["x"], memory: $1["memory"], memoryPadding: $1["padding"], isCausal: true)]
    },
    ModuleRow(
      "decoder_layer_norm_first",
      TransformerDecoderLayer(
        4, heads: 2, feedForward: 6, activation: { gelu($0) }, batchFirst: true, normFirst: true)
    ) { ["y": $0($1["x"], memory: $1["memory"], isCausal: true)] },
    ModuleRow(
      "decoder",
      TransformerDecoder(
        (0..<2).map { _ in TransformerDecoderLayer(4, heads: 2, feedForward: 6) },
        norm: LayerNorm(4))
    ) { ["y": $0($1["x"], memory: $1["memory"], isCausal: true)] },
  ]
}
