public import TensorLibrary
public import LoopIR

/// An argument of a function.
///
///     Input("image", [1, 1, 8, 8])
///     Input("token", [64], .i32)
public struct Input {
  /// The name of the argument.
  package let name: String
  /// The type of its value.
  package let type: TensorType
  let site: SiteID?

  /// An argument with a name, a shape and an element type.
  public init(_ name: String, _ shape: Shape, _ element: ElementType = .f32) {
    self.name = name
    type = TensorType(element, Check.shape(shape, of: "Input"))
    site = Session.current.here()
  }
}
