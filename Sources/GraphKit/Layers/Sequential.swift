public import TensorLibrary

/// Layers applied one after the other.
///
///     Sequential {
///       Dense(784, 128); ReLU()
///       Dense(128, 10)
///     }
///
/// The names of their parameters begin with the number of the layer, as in `2.weight`.
public struct Sequential: Layer, LibraryLayer, NamedChildren {
  /// The layers, in order.
  public let layers: [any Layer]
  let site = Session.current.here()

  /// Layers written one after the other; `if` and `for` may choose and repeat them.
  public init(@SequentialBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

  /// Layers from an array.
  public init(_ layers: [any Layer]) { self.layers = layers }

  var children: [(name: String, module: any Module)] {
    layers.enumerated().map { ("\($0)", $1) }
  }

  /// A layer by its number, which counts from the end if it is negative.
  public subscript(_ number: Int) -> any Layer {
    let place = number < 0 ? number + layers.count : number
    if layers.indices.contains(place) { return layers[place] }
    Session.current.report(.noLayer(number, count: layers.count))
    return Lambda { $0.builder.poison() }
  }

  /// The layers whose numbers are in a range, with the names that they have here.
  public subscript(_ range: Range<Int>) -> Sequential {
    if range.lowerBound >= 0, range.upperBound <= layers.count {
      return Sequential(Array(layers[range]))
    }
    Session.current.report(.noLayers(range, count: layers.count))
    return Sequential([])
  }

  /// Applies all layers in order.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard let trace = Trace.running("Sequential") else { return Session.current.limbo.poison() }
    let outer = (trace.layer, trace.number)
    defer { (trace.layer, trace.number) = outer }
    var x = x
    for (number, layer) in layers.enumerated() {
      // A layer defined in the model shows its own lines and names its own nodes.
      let own = layer as? any LibraryLayer
      trace.layer = own?.site ?? outer.0
      trace.number = own == nil ? nil : number
      x = layer(x)
    }
    return x
  }
}

/// A layer of this library: in a `Sequential`, the place where it was made says more than the place
/// where it is applied.
protocol LibraryLayer {
  /// Where in the model the layer was made.
  var site: SiteID? { get }
}

/// Collects the layers of a `Sequential`.
@resultBuilder
public enum SequentialBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }

  /// Several layers.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }

  /// The lines of a block.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] {
    parts.flatMap { $0 }
  }

  /// A loop.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] {
    parts.flatMap { $0 }
  }

  /// An `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }

  /// The first branch of an `if`.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }

  /// The second branch of an `if`.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
}
