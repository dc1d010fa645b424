internal import LoopIR

/// The C names of the arrays, scalars and loop variables of a kernel in one of its blocks.
///
/// An inner block works on a copy, so its names can be used again after it.
struct CNaming {
  /// How an array is written.
  enum Array {
    /// `x[i][j]`.
    case elements(String)
    /// `*x`: a scalar in memory.
    case pointer(String)
    /// `x`: a scalar that C holds in a variable.
    case value(String)
  }

  private var scope: CScope
  private var variables: [Int: String] = [:]
  private var locals: [Int: String] = [:]
  private var arrays: [Int: Array] = [:]
  private var own: Set<Int> = []
  // The preferred C name of a loop variable or scalar, used where no inner name hides it.
  private var preferred: [String: String] = [:]

  init(_ scope: CScope) { self.scope = scope }

  /// Finds names for the scalars and loop variables of a kernel that differ from those of its
  /// arrays, so that code and definitions can agree on them.
  mutating func prefer(_ names: [String]) {
    var inner = scope
    for name in names where preferred[name] == nil {
      preferred[name] = inner.take(firstOf: [cIdentifier(name)] + Self.alternatives(to: name))
    }
  }

  // An image in `x` has rows and columns.
  private static func alternatives(to name: String) -> [String] {
    switch name {
    case "y": ["row", "v"]
    case "x": ["column", "u"]
    default: name.count == 1 ? ["i", "j", "k", "l", "p", "q", "u", "v"] : []
    }
  }

  /// Reserves an identifier for something outside the kernel's expressions.
  mutating func take(_ name: String) -> String { scope.take(name) }

  /// Takes a name for a loop variable.
  mutating func declare(_ variable: Variable) -> String {
    let name = scope.take(preferred[variable.name] ?? variable.name)
    variables[variable.id] = name
    return name
  }

  /// Takes a name for a scalar.
  mutating func declare(_ local: Local) -> String {
    let name = scope.take(preferred[local.name] ?? local.name)
    locals[local.id] = name
    return name
  }

  /// Takes a name for an array or scalar and remembers how it is written.
  mutating func declare(_ buffer: Buffer, _ form: (String) -> Array) -> String {
    let name = scope.take(buffer.name)
    arrays[buffer.id] = form(name)
    return name
  }

  /// The same for an array local to the kernel.
  mutating func declareOwn(_ buffer: Buffer, _ form: (String) -> Array) -> String {
    own.insert(buffer.id)
    return declare(buffer, form)
  }

  /// True iff the array is local to the kernel.
  func isOwn(_ buffer: Buffer) -> Bool { own.contains(buffer.id) }

  /// The name of a loop variable.
  subscript(variable: Variable) -> String {
    guard let name = variables[variable.id] else {
      preconditionFailure("no loop over '\(variable.name)' encloses its use")
    }
    return name
  }

  /// The name of a scalar.
  subscript(local: Local) -> String {
    guard let name = locals[local.id] else {
      preconditionFailure("local '\(local.name)' is used before it is made")
    }
    return name
  }

  /// How an array is written.
  subscript(buffer: Buffer) -> Array {
    guard let array = arrays[buffer.id] else {
      preconditionFailure("array '\(buffer.name)' is unknown here")
    }
    return array
  }

  /// The names in equations: those of the kernel, else the user's; `renamed` has the names of
  /// arrays that hold another value by now.
  func notation(renamed: [Int: String] = [:]) -> ExpressionText {
    ExpressionText(
      .notation,
      buffer: { (buffer) in
        if let name = renamed[buffer.id] { return cIdentifier(name) }
        switch arrays[buffer.id] {
        case .elements(let name), .pointer(let name), .value(let name): return name
        case nil: return cIdentifier(buffer.name)
        }
      },
      local: { preferred[$0.name] ?? cIdentifier($0.name) },
      variable: { preferred[$0.name] ?? cIdentifier($0.name) })
  }
}
