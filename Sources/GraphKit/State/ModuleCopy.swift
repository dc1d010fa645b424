public import TensorLibrary

/// A copy of a module: it runs as the other one does, with parameters of its own that begin with
/// equal values.
///
///     let target = online.copy()
///     let y = target(x)                      // a layer is called as usual
///     let code = target.run { $0.encode(x) }  // and any other function so
///
/// Parts are copies as well: `target.encoder` is a part of the copy, not of the other module.
@dynamicMemberLookup
public struct ModuleCopy<Original: Module>: Module, NamedChildren {
  private let original: Original
  /// The parameters of the copy, by those that they stand for.
  private let standIns: [ObjectIdentifier: Parameter]

  fileprivate init(of original: Original) {
    var standIns: [ObjectIdentifier: Parameter] = [:]
    for found in StateWalk(original).found {
      let parameter = found.parameter.actual
      standIns[ObjectIdentifier(parameter)] = parameter.copy()
    }
    self.init(original, standIns)
  }

  private init(_ original: Original, _ standIns: [ObjectIdentifier: Parameter]) {
    self.original = original
    self.standIns = standIns
  }

  // Under the names that the others have in their module.
  var children: [(name: String, module: any Module)] {
    StateWalk(original).found.flatMap { found in
      ([found.name] + found.aliases).map { ($0, own(found.parameter)) }
    }
  }

  private func own(_ parameter: Parameter) -> Parameter {
    standIns[ObjectIdentifier(parameter)] ?? parameter
  }

  /// Returns the result of `body`, which gets the module that was copied: whatever reads or changes
  /// its parameters there reads or changes those of the copy.
  public func run<Result>(_ body: (Original) -> Result) -> Result {
    let session = Session.current
    session.standIns.append(standIns)
    defer { session.standIns.removeLast() }
    return body(original)
  }

  /// The copy of a part of the module.
  public subscript<Part: Module>(
    dynamicMember path: KeyPath<Original, Part>
  ) -> ModuleCopy<Part> {
    part(original[keyPath: path])
  }

  /// The copies of the parts in an array.
  public subscript<Part: Module>(
    dynamicMember path: KeyPath<Original, [Part]>
  ) -> [ModuleCopy<Part>] {
    original[keyPath: path].map { part($0) }
  }

  /// The copy of a parameter of the module.
  public subscript(dynamicMember path: KeyPath<Original, Parameter>) -> Parameter {
    own(original[keyPath: path])
  }

  private func part<Part: Module>(_ part: Part) -> ModuleCopy<Part> {
    ModuleCopy<Part>(part, standIns)
  }
}

extension ModuleCopy: Layer where Original: Layer {
  /// Returns the output for an input, with the parameters of the copy.
  public func callAsFunction(_ x: Tensor) -> Tensor { run { $0(x) } }
}

extension ModuleCopy where Original == Sequential {
  /// The copy of a layer, by its number, which counts from the end if it is negative.
  public subscript(_ number: Int) -> ModuleCopy<Sequential> {
    part(Sequential([original[number]]))
  }

  /// The copy of the layers whose numbers are in a range.
  public subscript(_ range: Range<Int>) -> ModuleCopy<Sequential> { part(original[range]) }
}

extension Module {
  /// Returns a copy of the module, with parameters and statistics of its own.
  ///
  /// They begin with the values with which those of the module begin, random or from a weight file;
  /// only a file that has values of the copy gives it others. Optimizers may change them, even if
  /// the module is frozen.
  public func copy() -> ModuleCopy<Self> { ModuleCopy(of: self) }
}

extension Parameter {
  /// Returns a parameter of the same type and role that begins with an equal value.
  public func copy() -> Parameter {
    Parameter(type, role: role, label: label, initialiser: .copy(of: actual))
  }

  /// The parameter that is meant here: that of a copy while the copy runs.
  var actual: Parameter {
    let copies = Session.current.standIns
    var found = self
    // Ends, as a copy is made after what it copies.
    while let next = copies.reversed().lazy.compactMap({ $0[ObjectIdentifier(found)] }).first {
      found = next
    }
    return found
  }
}
