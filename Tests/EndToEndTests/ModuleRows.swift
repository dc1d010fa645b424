import GraphIR
import GraphKit

// The rows of `scripts/reference/modules.py`: layers without a time, cells, recurrent layers.
extension ModuleRow {
  /// A layer with one input.
  private static func layer<L: Layer & SendableMetatype>(
    _ name: String, _ make: @autoclosure @escaping @Sendable () -> L
  ) -> ModuleRow {
    ModuleRow(name, make()) { ["y": $0($1["x"])] }
  }

  /// All rows of the group `modules`.
  static let modules: [ModuleRow] =
    layers + cells + recurrent + attention + transformers + sequences

  static let layers: [ModuleRow] = [
    layer("linear", Dense(3, 4)),
    layer("conv2d", Conv2D(2, 4, kernel: 3, padding: .same, groups: 2)),
    layer("batch_norm", BatchNorm(3)),
    layer("layer_norm", LayerNorm(4)),
    layer("embedding", Embedding(5, 3)),
    layer(
      "nested",
      Sequential {
        Dense(3, 4)
        Tanh()
        Sequential {
          Dense(4, 2)
          Sigmoid()
        }
      }),
    layer("learned_positions", LearnedPositions(6, 3)),
  ]

  static let cells: [ModuleRow] = [
    ModuleRow("rnn_cell", RNNCell(3, 4)) { ["y": $0($1["x"], state: $1["h"])] },
    ModuleRow("rnn_cell_relu", RNNCell(3, 4, activation: .relu, bias: false)) {
      ["y": $0($1["x"], state: $1["h"])]
    },
    ModuleRow("rnn_cell_from_zeros", RNNCell(3, 4)) { ["y": $0($1["x"])] },
    ModuleRow("gru_cell", GRUCell(3, 4)) { ["y": $0($1["x"], state: $1["h"])] },
    ModuleRow("gru_cell_without_bias", GRUCell(3, 4, bias: false)) {
      ["y": $0($1["x"], state: $1["h"])]
    },
    ModuleRow("lstm_cell", LSTMCell(3, 4)) {
      let (y, c) = $0($1["x"], state: ($1["h"], $1["c"]))
      return ["y": y, "c": c]
    },
  ]

  private static func recurrent(_ result: (output: Tensor, state: Tensor)) -> Outputs {
    ["y": result.output, "last": result.state]
  }

  private static func recurrent(_ result: (output: Tensor, state: LSTM.State)) -> Outputs {
    ["y": result.output, "last": result.state.hidden, "cell": result.state.cell]
  }

  static let recurrent: [ModuleRow] = [
    ModuleRow("rnn", RNN(3, 4)) { recurrent($0($1["x"], state: $1["h"])) },
    ModuleRow("rnn_relu_without_bias", RNN(3, 4, activation: .relu, bias: false)) {
      recurrent($0($1["x"], state: nil))
    },
    ModuleRow("rnn_deep_both_ways", RNN(3, 4, layers: 2, bidirectional: true)) {
      recurrent($0($1["x"], state: $1["h"]))
    },
    ModuleRow("rnn_lengths", RNN(3, 4, bidirectional: true)) {
      recurrent($0($1["x"], state: $1["h"], lengths: $1["lengths"]))
    },
    ModuleRow("gru", GRU(3, 4)) { recurrent($0($1["x"], state: $1["h"])) },
    ModuleRow("gru_deep_both_ways", GRU(3, 4, layers: 2, batchFirst: true, bidirectional: true)) {
      recurrent($0($1["x"], state: $1["h"]))
    },
    ModuleRow("gru_lengths", GRU(3, 4, layers: 2, batchFirst: true, bidirectional: true)) {
      recurrent($0($1["x"], state: nil, lengths: $1["lengths"]))
    },
    ModuleRow("lstm", LSTM(3, 4)) { recurrent($0($1["x"], state: ($1["h"], $1["c"]))) },
    ModuleRow("lstm_deep_both_ways", LSTM(3, 4, layers: 2, batchFirst: true, bidirectional: true)) {
      recurrent($0($1["x"], state: ($1["h"], $1["c"])))
    },
    ModuleRow("lstm_projected", LSTM(3, 4, layers: 2, projected: 2, bidirectional: true)) {
      recurrent($0($1["x"], state: ($1["h"], $1["c"])))
    },
    ModuleRow("lstm_lengths", LSTM(3, 4, bidirectional: true)) {
      recurrent($0($1["x"], state: ($1["h"], $1["c"]), lengths: $1["lengths"]))
    },
    ModuleRow("lstm_without_bias", LSTM(3, 4, bias: false)) {
      recurrent($0($1["x"], state: nil))
    },
  ]
}
