/// Something that holds parameters in its stored properties, directly or in other modules.
///
/// The names of the properties are the names of the parameters, so they are chosen as in PyTorch.
public protocol Module {}

/// A module with one input and one output.
public protocol Layer: Module {
  /// Returns the output for an input.
  func callAsFunction(_ x: Tensor) -> Tensor
}

/// A module whose children have other names than its stored properties.
protocol NamedChildren {
  var children: [(name: String, module: any Module)] { get }
}

public import GraphIR

extension Array: Module where Element: Module {}
extension Optional: Module where Wrapped: Module {}

extension Module {
  /// All parameters that are learned, each once, in the order of the stored properties.
  public var parameters: [Parameter] {
    state.filter { $0.role == .parameter }
  }

  /// Everything that the module keeps: parameters, running means, counters, caches.
  public var state: [Parameter] { StateWalk(self).found.map(\.parameter) }

  /// Keeps optimizers from changing the parameters of the module.
  public func freeze() {
    for parameter in state { parameter.freeze() }
  }

  /// Lets optimizers change the parameters of the module again.
  public func unfreeze() {
    for parameter in state { parameter.unfreeze() }
  }
}

/// The parameters that stored properties lead to, each once under its first name.
struct StateWalk {
  private(set) var found: [(name: String, parameter: Parameter)] = []
  private var seen: Set<ObjectIdentifier> = []

  /// Walks `root`, whose own name is `name`.
  init<Root>(_ root: Root, name: String = "") {
    visit(root, name)
  }

  private mutating func visit<Value>(_ value: Value, _ path: String) {
    let mirror = Mirror(reflecting: value)
    if let parameter = value as? Parameter {
      guard isNew(parameter) else { return }
      found.append((path.isEmpty ? parameter.label ?? "parameter" : path, parameter))
      return
    }
    if let group = value as? any NamedChildren {
      for child in group.children { visit(child.module, join(path, child.name)) }
      return
    }
    if mirror.displayStyle == .class, !isNew(value) { return }
    if mirror.displayStyle == .optional || mirror.displayStyle == .enum {
      for child in mirror.children { visit(child.value, path) }
      return
    }
    var level: Mirror? = mirror
    var levels: [Mirror] = []
    while let mirror = level {
      levels.append(mirror)
      level = mirror.superclassMirror
    }
    for level in levels.reversed() { visitChildren(of: level, path) }
  }

  private mutating func visitChildren(of mirror: Mirror, _ path: String) {
    for (i, child) in mirror.children.enumerated() {
      // An element of a dictionary is a pair of key and value.
      if mirror.displayStyle == .dictionary { continue }
      let label = (child.value as? Parameter)?.label ?? child.label.map(Self.property)
      visit(child.value, join(path, mirror.displayStyle == .collection ? "\(i)" : label ?? "\(i)"))
    }
  }

  // Objects are visited once; that also ends cycles.
  private mutating func isNew<Value>(_ value: Value) -> Bool {
    seen.insert(ObjectIdentifier(value as AnyObject)).inserted
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }

  // The storage of a lazy or wrapped property has a longer name than the property.
  private static func property(_ label: String) -> String {
    let lazy = "$__lazy_storage_$_"
    if label.hasPrefix(lazy) { return String(label.dropFirst(lazy.count)) }
    return label.hasPrefix("_") ? String(label.dropFirst()) : label
  }
}
