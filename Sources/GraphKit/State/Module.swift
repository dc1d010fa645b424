/// A type that holds parameters in its stored properties, directly or in other modules.
///
/// The names of the properties are the names of the parameters, so they are chosen as in PyTorch.
/// Elements of arrays are numbered, values of dictionaries named by their keys, in sorted order.
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

public import TensorLibrary

extension Array: Module where Element: Module {}
extension Optional: Module where Wrapped: Module {}

extension Module {
  /// All parameters that are learned, each once, in the order of the stored properties.
  public var parameters: [Parameter] {
    state.filter { $0.role == .parameter }
  }

  /// All states of the module: parameters, running means, counters, caches.
  public var state: [Parameter] { StateWalk(self).found.map(\.parameter.actual) }

  /// Keeps optimizers from changing the parameters of the module.
  public func freeze() {
    for parameter in state { parameter.freeze() }
  }

  /// Lets optimizers change the parameters of the module again.
  public func unfreeze() {
    for parameter in state { parameter.unfreeze() }
  }
}

/// The parameters that stored properties lead to, in order.
struct StateWalk {
  /// A parameter under its first name, and the others that lead to it.
  struct Found {
    let name: String
    let parameter: Parameter
    var aliases: [String] = []
  }

  private(set) var found: [Found] = []
  private var numbers: [ObjectIdentifier: Int] = [:]
  /// The objects on the current path, to stop at cycles.
  private var open: Set<ObjectIdentifier> = []

  /// Walks `root`, whose own name is `name`.
  init<Root>(_ root: Root, name: String = "") {
    visit(root, name)
  }

  /// Walks several modules, each under its own name.
  init(_ roots: [(name: String, module: any Module)]) {
    for (name, root) in roots { visit(root, name) }
  }

  private mutating func visit<Value>(_ value: Value, _ path: String) {
    if let parameter = value as? Parameter { return note(parameter, path) }
    if let group = value as? any NamedChildren {
      for child in group.children { visit(child.module, join(path, child.name)) }
      return
    }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional || mirror.displayStyle == .enum {
      for child in mirror.children { visit(child.value, path) }
      return
    }
    guard mirror.displayStyle == .class else { return visitChildren(of: mirror, path) }
    let object = ObjectIdentifier(value as AnyObject)
    guard open.insert(object).inserted else { return }
    var levels: [Mirror] = []
    var level: Mirror? = mirror
    while let mirror = level {
      levels.append(mirror)
      level = mirror.superclassMirror
    }
    for level in levels.reversed() { visitChildren(of: level, path) }
    open.remove(object)
  }

  private mutating func note(_ parameter: Parameter, _ path: String) {
    let name = path.isEmpty ? parameter.label ?? "parameter" : path
    guard let number = numbers[ObjectIdentifier(parameter)] else {
      numbers[ObjectIdentifier(parameter)] = found.count
      return found.append(Found(name: name, parameter: parameter))
    }
    if found[number].name != name, !found[number].aliases.contains(name) {
      found[number].aliases.append(name)
    }
  }

  private mutating func visitChildren(of mirror: Mirror, _ path: String) {
    switch mirror.displayStyle {
    case .collection:
      for (i, child) in mirror.children.enumerated() { visit(child.value, join(path, "\(i)")) }
    case .dictionary:
      // An element is a pair of key and value.
      let pairs = mirror.children.map { Mirror(reflecting: $0.value).children.map(\.value) }
      let named = pairs.compactMap { pair in pair.count == 2 ? ("\(pair[0])", pair[1]) : nil }
      for (key, value) in named.sorted(by: { isBefore($0.0, $1.0) }) {
        visit(value, join(path, key))
      }
    default:
      for (i, child) in mirror.children.enumerated() {
        visitProperty(child.label ?? "\(i)", child.value, path)
      }
    }
  }

  // Keys in order: numbers as numbers.
  private func isBefore(_ a: String, _ b: String) -> Bool {
    if let x = Int(a), let y = Int(b) { return x < y }
    return a < b
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }

  // The storage of a lazy property has a longer name than the property, as has that of a wrapped
  // one, whose value lies in the wrapper. Other names that begin with '_' are taken unchanged.
  private mutating func visitProperty<Value>(_ label: String, _ value: Value, _ path: String) {
    let lazy = "$__lazy_storage_$_"
    if label.hasPrefix(lazy) {
      return visitProperty(String(label.dropFirst(lazy.count)), value, path)
    }
    if label.hasPrefix("_"), !(value is any Module),
      let wrapped = Mirror(reflecting: value).children.first(where: { $0.label == "wrappedValue" })
    {
      return visitProperty(String(label.dropFirst()), wrapped.value, path)
    }
    visit(value, join(path, (value as? Parameter)?.label ?? label))
  }
}
