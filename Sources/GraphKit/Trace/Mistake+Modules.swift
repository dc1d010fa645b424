internal import TensorLibrary

// Parameters by name, and tensors in their place.
extension Mistake {
  static func weightCount(_ found: Int, _ expected: Int) -> Mistake {
    Mistake(
      "'with' needs a tensor for each of the \(expected) parameters of the module; found \(found)")
  }

  static func unknownWeight(_ name: String, names: [String]) -> Mistake {
    Mistake("the module has no parameter '\(name)'", notes: [(hint(name, names), nil)])
  }

  static func noParameterNamed(_ pattern: String, names: [String]) -> Mistake {
    Mistake("no parameter has a name like '\(pattern)'", notes: [(hint(pattern, names), nil)])
  }

  static func replacedType(
    _ title: String, _ found: TensorType, _ expected: TensorType, made: SiteID?
  ) -> Mistake {
    Mistake(
      "the tensor in the place of the parameter \(title) must be '\(expected)'; it is '\(found)'",
      notes: [("the parameter is made here", made)])
  }

  static func replacedAssigned(_ title: String) -> Mistake {
    Mistake(
      "the parameter \(title) is assigned while 'with' puts a tensor in its place",
      notes: [("assign it, or call 'minimize', outside 'with'", nil)])
  }

  static func keptNotNumber(_ type: TensorType, made: SiteID?) -> Mistake {
    Mistake(
      "the part that 'follow' keeps must be a single floating-point number; it is '\(type)'",
      notes: [("it is made here", made)])
  }

  static func followsOthers(_ name: String) -> Mistake {
    Mistake(
      "'follow' needs a module with the same parameters; '\(name)' is in only one of the two")
  }

  static func followsType(_ name: String, _ own: TensorType, _ other: TensorType) -> Mistake {
    Mistake("'follow' needs parameters of the same types; '\(name)' is '\(own)' and '\(other)'")
  }

  static func followsItself(_ title: String) -> Mistake {
    Mistake(
      "the parameter \(title) follows itself",
      notes: [("'online.copy()' has parameters of its own", nil)])
  }

  static func beginsAsItself(_ title: String) -> Mistake {
    Mistake("the first value of the parameter \(title) depends on itself")
  }

  static func noLayer(_ number: Int, count: Int) -> Mistake {
    let rule = count == 0 ? "it has none" : "numbers go from \(-count) to \(count - 1)"
    return Mistake("the 'Sequential' has no layer \(number); \(rule)")
  }

  static func noLayers(_ range: Range<Int>, count: Int) -> Mistake {
    Mistake("the layers \(range) are not inside the 'Sequential', which has 0..<\(count)")
  }

  // The nearest name, or some of those that there are.
  private static func hint(_ name: String, _ names: [String]) -> String {
    if let near = closest(to: name, in: names) { return "did you mean '\(near)'?" }
    if names.isEmpty { return "it has no parameters" }
    let shown = names.prefix(6).map { "'\($0)'" }.joined(separator: ", ")
    return "its parameters are \(shown)\(names.count > 6 ? " and \(names.count - 6) more" : "")"
  }
}

// Optimizers and their rates.
extension Mistake {
  static func piecewisePlaces(_ places: [Int]) -> Mistake {
    Mistake(
      "the rates of 'piecewise' must begin at rising numbers of updates, the first at 0; they "
        + "begin at \(places)")
  }

  static func inTwoGroups(_ title: String) -> Mistake {
    Mistake("'minimize' is given the parameter \(title) in two groups")
  }

  static func groupsAccumulate(_ counts: [Int]) -> Mistake {
    Mistake(
      "groups with a common 'clip' must accumulate as many gradients; found \(counts)")
  }
}
