internal import TensorLibrary

// Loops and branches.
extension Mistake {
  static func probeInside(_ name: String) -> Mistake {
    Mistake(
      "the probe '\(name)' is inside a loop or a branch; only values of the function itself "
        + "can be printed",
      notes: [
        ("return the value from the body, and probe what the loop or the branch returns", nil)
      ])
  }

  static func carryCount(_ owner: String, _ expected: Int, _ found: Int) -> Mistake {
    let values = expected == 1 ? "one value" : "\(expected) values"
    return Mistake(
      "a step of '\(owner)' must return the \(values) that it carries; it returns \(found)")
  }

  static func gradientCount(_ expected: Int, _ found: Int) -> Mistake {
    let error = TypeError.gradientCount(expected, found)
    return Mistake(error.message)
  }

  static func noInputs(_ owner: String) -> Mistake {
    Mistake("'\(owner)' needs at least one input")
  }

  static func assignedInGradient(_ title: String) -> Mistake {
    Mistake("the gradient of 'customGradient' assigns the parameter \(title); it may only read it")
  }

  static func branchCount(_ then: Int, _ otherwise: Int) -> Mistake {
    Mistake(
      "both branches of 'cond' must return the same number of values; the first returns \(then), "
        + "the second \(otherwise)")
  }

  static func scanLength() -> Mistake {
    Mistake(
      "'scan' needs a number of steps; pass 'steps:' or a sequence, whose first axis counts the "
        + "steps")
  }
}
