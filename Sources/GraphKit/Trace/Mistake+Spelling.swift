/// How a model writes the layer or function that names nodes after `kind`.
func spelled(_ kind: String) -> String {
  switch kind {
  case "dense": "Dense"
  case "conv2d": "Conv2D"
  case "max_pool2d": "MaxPool2D"
  case "avg_pool2d": "AvgPool2D"
  case "adaptive_avg_pool2d": "AdaptiveAvgPool2D"
  case "global_avg_pool": "GlobalAvgPool"
  case "batch_norm": "BatchNorm"
  case "layer_norm": "LayerNorm"
  case "dropout": "Dropout"
  case "embedding": "Embedding"
  case "flatten": "Flatten"
  case "leaky_relu": "leakyReLU"
  case "smooth_l1": "smoothL1"
  case "rnn": "RNN"
  case "lstm": "LSTM"
  case "gru": "GRU"
  case "rnn_cell": "RNNCell"
  case "lstm_cell": "LSTMCell"
  case "gru_cell": "GRUCell"
  case "multihead_attention": "MultiheadAttention"
  case "additive_attention": "AdditiveAttention"
  case "luong_attention": "LuongAttention"
  default:
    kind.split(separator: "_").enumerated()
      .map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
  }
}
