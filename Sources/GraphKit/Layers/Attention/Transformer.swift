public import TensorLibrary

/// A stack of transformer encoder layers, with an optional norm at the end.
///
/// Parameters: those of `layers.0`, `layers.1` and so on, and of `norm`.
public struct TransformerEncoder: Layer {
  private let layers: [TransformerEncoderLayer]
  private let norm: LayerNorm?

  /// Layers from an array.
  public init(_ layers: [TransformerEncoderLayer], norm: LayerNorm? = nil) {
    (self.layers, self.norm) = (layers, norm)
  }

  /// Applies all layers without masks.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

  /// Applies all layers. Masks are true for keys to leave out.
  public func callAsFunction(
    _ x: Tensor, mask: Tensor?, keyPadding: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    let y = layers.reduce(x) { x, layer in
      layer(x, mask: mask, keyPadding: keyPadding, isCausal: isCausal)
    }
    return norm.map { $0(y) } ?? y
  }
}

/// A stack of transformer decoder layers, with an optional norm at the end.
///
/// Parameters: those of `layers.0`, `layers.1` and so on, and of `norm`.
public struct TransformerDecoder: Module {
  private let layers: [TransformerDecoderLayer]
  private let norm: LayerNorm?

  /// Layers from an array.
  public init(_ layers: [TransformerDecoderLayer], norm: LayerNorm? = nil) {
    (self.layers, self.norm) = (layers, norm)
  }

  /// Applies all layers to a sequence and an encoder's output; see `TransformerDecoderLayer`.
  public func callAsFunction(
    _ x: Tensor, memory: Tensor, mask: Tensor? = nil, keyPadding: Tensor? = nil,
    memoryMask: Tensor? = nil, memoryPadding: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor {
    let y = layers.reduce(x) { x, layer in
      layer(
        x, memory: memory, mask: mask, keyPadding: keyPadding, memoryMask: memoryMask,
        memoryPadding: memoryPadding, isCausal: isCausal)
    }
    return norm.map { $0(y) } ?? y
  }
}
