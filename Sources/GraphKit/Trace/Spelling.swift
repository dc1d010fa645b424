/// Returns the spelling in models of the layer or function whose nodes are named after `kind`.
func spelled(_ kind: String) -> String {
  switch kind {
  case "dense": "Dense"
  case "lp_pool1d", "lp_pool2d", "lp_pool3d": "LPPool\(kind.suffix(2).uppercased())"
  case "global_avg_pool", "global_max_pool", "group_norm", "instance_norm":
    camelCase("_" + kind)
  case "batch_norm": "BatchNorm"
  case "layer_norm": "LayerNorm"
  case "dropout": "Dropout"
  case "embedding": "Embedding"
  case "flatten": "Flatten"
  case "leaky_relu": "leakyReLU"
  case "smooth_l1": "smoothL1"
  case "rms_norm": "RMSNorm"
  case "rnn": "RNN"
  case "lstm": "LSTM"
  case "gru": "GRU"
  case "rnn_cell": "RNNCell"
  case "lstm_cell": "LSTMCell"
  case "gru_cell": "GRUCell"
  case "multihead_attention": "MultiheadAttention"
  case "additive_attention": "AdditiveAttention"
  case "luong_attention": "LuongAttention"
  // Layers that exist for lines, images and volumes.
  case _ where ["1d", "2d", "3d"].contains(String(kind.suffix(2))):
    camelCase("_" + kind.dropLast()) + "D"
  default: camelCase(kind)
  }
}

// As in `maxPool` for `max_pool`, and `MaxPool` for `_max_pool`.
private func camelCase(_ words: String) -> String {
  words.split(separator: "_", omittingEmptySubsequences: false).enumerated()
    .map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
}
