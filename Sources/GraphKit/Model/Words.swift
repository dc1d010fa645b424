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
  var names: [String] = []
  var separator = ""
  /// The field of the training's data whose classes they are.
  var field: String?
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
    Words(numbers: tokens)
  }

  /// Integers that are the numbers of classes, or shares of the classes along the last axis: those
  /// of a field of the training's data, whose names go with the weights.
  ///
  ///     model.infer(Input("image", [1, 3, 32, 32])) { image in
  ///       ["animal": .names(softmax(net(image)), of: "label")]
  ///     }
  public static func names(_ values: Tensor, of field: String) -> Words {
    Words(numbers: values, field: field)
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
      guard type.element.isInteger || (words.field != nil && type.element.isFloat) else {
        session.report(.wordsNotIntegers(output, type), at: site)
        continue
      }
      let naming = Naming(
        function: function, output: output, separator: words.separator, names: words.names,
        field: words.field)
      if !program.namings.contains(naming) { program.namings.append(naming) }
    }
  }

  /// Reports outputs shown as classes of a field that the data of no training have, and outputs
  /// shown as tokens of a model that learns no text.
  func checkNamings() {
    let fields = program.phases.flatMap { $0.sets.flatMap { $0.fields.map(\.input) } }
    for naming in program.namings {
      guard let field = naming.field, !fields.contains(field) else { continue }
      session.report(
        .noClasses(naming.output, of: field, fields), at: functions[naming.function] ?? nil)
    }
    let learnsText = program.phases.contains { $0.sets.contains { $0.format == "text" } }
    for showing in program.showings where !learnsText {
      let tokens = program.namings.first { $0.function == showing.function && $0.isTokens }
      if let tokens, let site = functions[showing.function] {
        session.report(.noTokens(tokens.output), at: site)
      }
    }
  }
}
