public import TensorLibrary
package import LoopIR

/// A tensor of a model that outlives a call: a weight, a running mean, a counter, a cache.
///
/// It is made with its layer and gets its name when the layer is given to a `Model`: the path of
/// stored properties that leads to it, as in `features.0.weight`.
public final class Parameter: Module {
  /// The type of its value.
  package let type: TensorType
  /// Its role.
  package let role: StateRole
  /// The last part of the name, if it is not that of the stored property.
  package let label: String?
  /// Where it was made.
  package let site: SiteID?
  /// The whole name in the model, such as `features.0.weight`; nil before there is one.
  public internal(set) var name: String?
  /// Its number in the model.
  var state: StateID?
  /// The model that it belongs to.
  weak var model: Model?
  let initialiser: Initialiser
  /// True iff optimizers may change it.
  public var isTrainable: Bool { actual.isLearned }
  private var isLearned: Bool

  /// A state of any role.
  package init(
    _ type: TensorType, role: StateRole, label: String? = nil, initialiser: Initialiser
  ) {
    self.type = type
    self.role = role
    self.label = label
    self.initialiser = initialiser
    isLearned = role == .parameter
    site = Session.current.here()
  }

  /// A learned tensor; its name is that of the stored property unless `named` says otherwise.
  public convenience init(
    _ shape: Shape, _ element: ElementType = .f32, initialiser: Initialiser = .zeros,
    named label: String? = nil
  ) {
    let sound = Check.shape(shape, of: "Parameter")
    self.init(
      TensorType(element, sound), role: element.isFloat ? .parameter : .statistic, label: label,
      initialiser: initialiser)
  }

  /// A tensor that is saved with the learned ones but not learned.
  public static func statistic(
    _ shape: Shape, _ element: ElementType = .f32, initialiser: Initialiser = .zeros,
    named label: String? = nil
  ) -> Parameter {
    let sound = Check.shape(shape, of: "Parameter")
    return Parameter(
      TensorType(element, sound), role: .statistic, label: label, initialiser: initialiser)
  }

  /// A tensor kept between calls that is no weight, such as the keys and values of attention.
  public static func cache(
    _ shape: Shape, _ element: ElementType = .f32, initialiser: Initialiser = .zeros,
    named label: String? = nil
  ) -> Parameter {
    let sound = Check.shape(shape, of: "Parameter")
    return Parameter(
      TensorType(element, sound), role: .cache, label: label, initialiser: initialiser)
  }

  /// The extents, outermost first.
  public var shape: Shape { type.shape }

  /// The value at this point of the function: the last one assigned, else that at the function's
  /// beginning. Setting it is `assign`.
  public var value: Tensor {
    get {
      guard let trace = Trace.current else {
        let session = Session.current
        session.report(.parameterOutside(title))
        return session.limbo.poison(type)
      }
      return trace.read(actual)
    }
    set { assign(newValue) }
  }

  /// Makes `value` the value from here on. Gradients go through an assignment.
  ///
  /// During evaluation on held-out examples, it lasts only to the end of the step.
  public func assign(_ value: Tensor) {
    guard let trace = Trace.current else {
      return Session.current.report(.parameterOutside(title))
    }
    trace.isLearning = true
    trace.write(value, to: actual)
  }

  /// Makes `value` the value from here on; no gradient goes through the assignment.
  func store(_ value: Tensor) {
    Trace.current?.write(value, to: actual, stoppingGradients: true)
  }

  /// Keeps optimizers from changing the parameter.
  public func freeze() { actual.isLearned = false }

  /// Lets optimizers change the parameter again.
  public func unfreeze() { actual.isLearned = role == .parameter }

  /// The name in messages, with quotes if there is one.
  var title: String {
    if let name { return "'\(name)'" }
    return label.map { "'\($0)'" } ?? "of type '\(type)'"
  }

  /// The name as one word, for the names of kernels.
  var plainName: String? { name.map { $0.split(separator: ".").joined(separator: "_") } }
}
