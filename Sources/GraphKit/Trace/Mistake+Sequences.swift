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

// Recurrent layers of chosen cells.
extension Mistake {
  static func backwardCells(_ cells: Int, _ backward: Int) -> Mistake {
    Mistake(
      "'Recurrent' needs as many backward cells as cells: \(cells) expected, \(backward) found")
  }

  static func stateSizes(_ first: [Int], _ other: [Int]) -> Mistake {
    Mistake(
      "all cells of 'Recurrent' need states of the same sizes, at least one tensor each; found "
        + "\(first) and \(other)")
  }

  static func initialState(_ expected: [TensorType], _ found: [TensorType], made: SiteID?)
    -> Mistake
  {
    func list(_ types: [TensorType]) -> String {
      types.map { "'\($0)'" }.joined(separator: ", ")
    }
    return Mistake(
      "the initial state of 'Recurrent' must be \(list(expected)); it is \(list(found))",
      notes: [("it is made here", made)])
  }
}
