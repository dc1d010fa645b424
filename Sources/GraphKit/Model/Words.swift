public import TensorLibrary
internal import LoopIR

/// A result of integers that the programs show as words: names by their numbers, or the tokens of a
/// text.
///
///     model.infer(Input("image", [1, 1, 8, 8])) { image in
///       ["animal": .names(net(image).argmax(), ["ant", "bee", "cat"])]
///     }
public struct Words: OutputValue {
  let numbers: Tensor
  let names: [String]
  let separator: String
}

extension OutputValue where Self == Words {
  /// Integers that are the numbers of names; those along the last axis are a line.
  public static func names(
    _ numbers: Tensor, _ names: [String], separator: String = ", "
  ) -> Words {
    if names.isEmpty { Session.current.report(.noNames()) }
    return Words(numbers: numbers, names: names, separator: separator)
  }

  /// Integers that are tokens of the text which the model learns, or of that whose tokenizer goes
  /// with its weights; those along the last axis are a line.
  public static func text(_ tokens: Tensor) -> Words {
    Words(numbers: tokens, names: [], separator: "")
  }

  /// Integers that are the numbers of characters; those along the last axis are a line.
  public static func text(_ numbers: Tensor, of characters: String) -> Words {
    .names(numbers, characters.map { "\($0)" }, separator: "")
  }
}

extension Model {
  /// Notes the outputs of a function that are words.
  func nameWords(of function: String, _ outputs: Outputs, at site: SiteID?) {
    for (output, value) in outputs.values {
      guard let words = value as? Words, words.numbers.value != nil else { continue }
      let type = words.numbers.type
      guard type.element.isInteger else {
        session.report(.wordsNotIntegers(output, type), at: site)
        continue
      }
      let naming = Naming(
        function: function, output: output, separator: words.separator, names: words.names)
      if !program.namings.contains(naming) { program.namings.append(naming) }
    }
  }

  /// Reports what is shown as tokens though the model learns no text.
  func checkTokens() {
    let learnsText = program.phases.contains { $0.sets.contains { $0.format == "text" } }
    for showing in program.showings where !learnsText {
      let tokens = program.namings.first { $0.function == showing.function && $0.names.isEmpty }
      if let tokens, let site = functions[showing.function] {
        session.report(.noTokens(tokens.output), at: site)
      }
    }
  }
}
