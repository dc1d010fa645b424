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

  static func noClasses(_ output: String, of field: String, _ fields: [String]) -> Mistake {
    let known = fields.map { "'\($0)'" }.joined(separator: ", ")
    return Mistake(
      "'\(output)' is shown as classes of '\(field)', a field that the data of no training have",
      notes: [(fields.isEmpty ? "the model is not trained on data" : "they have \(known)", nil)])
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
