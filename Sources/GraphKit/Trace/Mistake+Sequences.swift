internal import TensorLibrary

// Layers and functions of sequences.
extension Mistake {
  static func argument(
    _ what: String, of owner: String, _ rule: String, _ found: TensorType, made: SiteID?,
    hint: String? = nil
  ) -> Mistake {
    Mistake(
      "the \(what) of '\(owner)' must \(rule); it is '\(found)'",
      notes: (made == nil ? [] : [("it is made here", made)]) + (hint.map { [($0, nil)] } ?? []))
  }

  static func noGradientOfWhile(made: SiteID?) -> Mistake {
    Mistake(
      "'whileLoop' has no gradient; a 'scan' with the largest number of steps has one",
      notes: [
        ("the loop is here", made),
        ("if none is wanted, use 'stopGradient()' on what the loop takes or returns", nil),
      ])
  }
}

extension Mistake {
  static func heads(_ heads: Int, _ owner: String, _ size: Int) -> Mistake {
    Mistake("the size \(size) of '\(owner)' cannot be divided into \(heads) equal heads")
  }
}
