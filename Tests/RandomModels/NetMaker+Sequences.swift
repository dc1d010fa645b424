internal import GraphIR
internal import GraphKit

// Layers of sequences `[n, steps, size]` and of vectors `[n, size]`.
extension NetMaker {
  func addSequenceLayer() {
    let (steps, size) = (dims[1], dims[2])
    if steps > 24 {
      return sequence("\(name).sliced(1, 0..<16)") { $0.sliced(1, 0..<16) }
    }
    switch choose.int(0...12) {
    case 0, 1: recurrent(size)
    case 2, 3: attention(size)
    case 4: transformer(size)
    case 5, 6:
      let wanted = choose.int(2...9)
      sequenceLayer("Dense(\(size), \(wanted))", Dense(size, wanted))
    case 7: sequenceLayer("LayerNorm(\(size))", LayerNorm(size))
    case 8: sequenceLayer("RMSNorm(\(size))", RMSNorm(size))
    case 9: kept { activation() }
    case 10: kept { if !residual() { order() } }
    case 11: kept { order() }
    default:
      sequenceLayer("LearnedPositions(\(steps), \(size))", LearnedPositions(steps, size))
    }
  }

  private func sequence(_ text: String, _ step: @escaping (Tensor) -> Tensor) {
    kept { line(text, step) }
  }

  private func sequenceLayer(_ text: String, _ added: some Layer) {
    kept { layer(text, added) }
  }

  // What follows is a sequence again.
  private func kept(_ body: () -> Void) {
    body()
    sequences.insert(values.count - 1)
  }

  private func recurrent(_ size: Int) {
    let hidden = choose.int(1...7)
    let (both, layers) = (choose.chance(0.2), choose.pick([1, 1, 1, 1, 2]))
    work += 3 * layers * (both ? 2 : 1)
    let rest =
      "(\(size), \(hidden), layers: \(layers), batchFirst: true, bidirectional: \(both))"
    switch choose.int(0...2) {
    case 0:
      sequenceLayer(
        "RNN" + rest,
        RNN(size, hidden, layers: layers, batchFirst: true, bidirectional: both))
    case 1:
      sequenceLayer(
        "GRU" + rest,
        GRU(size, hidden, layers: layers, batchFirst: true, bidirectional: both))
    default:
      sequenceLayer(
        "LSTM" + rest,
        LSTM(size, hidden, layers: layers, batchFirst: true, bidirectional: both))
    }
  }

  private func heads(_ size: Int) -> Int { choose.pick((1...size).filter { size % $0 == 0 }) }

  private func attention(_ size: Int) {
    work += 2
    let heads = heads(size)
    let causal = choose.chance(0.3)
    let layer = MultiheadAttention(size, heads: heads, batchFirst: true)
    let own = property("MultiheadAttention(\(size), heads: \(heads), batchFirst: true)", layer)
    sequence("\(own)(\(name), isCausal: \(causal))") { layer($0, isCausal: causal) }
  }

  private func transformer(_ size: Int) {
    work += 5
    let heads = heads(size)
    let (first, dropout) = (choose.chance(0.5), choose.pick([0, 0, 0.1]))
    let width = choose.int(1...12)
    sequenceLayer(
      "TransformerEncoderLayer(\(size), heads: \(heads), feedForward: \(width), "
        + "dropout: \(dropout), batchFirst: true, normFirst: \(first))",
      TransformerEncoderLayer(
        size, heads: heads, feedForward: width, dropout: dropout, batchFirst: true,
        normFirst: first))
  }

  func addVectorLayer() {
    let size = dims[1]
    switch choose.int(0...11) {
    case 0...3:
      let wanted = choose.pick([1, 3, 7, 8, 16, 17, 33, 64])
      layer("Dense(\(size), \(wanted))", Dense(size, wanted))
    case 4 where dims[0] > 1: layer("BatchNorm(\(size))", BatchNorm(size))
    case 5: layer("LayerNorm(\(size))", LayerNorm(size))
    case 6, 7: activation()
    case 8: if !residual() { activation() }
    case 9: choose.chance(0.5) ? dropout() : order()
    case 10 where size % 2 == 0: layer("GLU()", GLU())
    case 10 where size <= 12:
      let wanted = choose.int(1...6)
      let module = Bilinear(size, size, wanted)
      let own = property("Bilinear(\(size), \(size), \(wanted))", module)
      line("\(own)(\(name), tanh(\(name)))") { module($0, tanh($0)) }
    default: order()
    }
  }

  /// Adds what makes a vector of whatever there is.
  func toVector() {
    guard y.rank > 2 else { return }
    let isShort = dims.dropFirst().reduce(1, *) <= 400
    if isShort, choose.chance(0.6) { return layer("Flatten()", Flatten()) }
    let axes = sequences.contains(values.count - 1) ? [1] : Array(2..<y.rank)
    line("\(name).mean(axes: \(axes))") { $0.mean(axes: axes) }
  }
}
