internal import TensorLibrary

// Outputs that are words.
extension Mistake {
  static func noNames() -> Mistake {
    Mistake("'names' needs at least one name")
  }

  static func wordsNotIntegers(_ output: String, _ type: TensorType) -> Mistake {
    Mistake("words are made of integers; the numbers of '\(output)' are '\(type)'")
  }

  static func noTokens(_ output: String) -> Mistake {
    Mistake(
      "'\(output)' is shown as tokens, but the model learns no text",
      notes: [
        ("train on a 'DataSet.text', or give the characters: '.text(numbers, of: \"abc\")'", nil)
      ])
  }

  static func notWords(_ output: String) -> Mistake {
    Mistake(
      "'\(output)' is shown as text, but is numbers",
      notes: [("write '.text(numbers)' or '.names(numbers, [\"ant\", \"bee\"])'", nil)])
  }

  static func wordsOutside(_ output: String) -> Mistake {
    Mistake(
      "the training step returns the words '\(output)'; return them from 'infer', or from 'every'")
  }
}
