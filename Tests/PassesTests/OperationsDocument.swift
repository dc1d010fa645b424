import GraphIR
import LoopIR
import TestSupport

/// The generated parts of docs/operations.md.
struct OperationsDocument {
  let comments: [String: OperationComments]
  /// What is to be said about some scalar functions.
  let notes: [String: String]
  let proofs: OperationProofs

  /// A section for each operation.
  var operations: String {
    OperationList.all.compactMap { operation in
      comments[operation.word].map { section(operation.word, $0) }
    }.joined(separator: "\n")
  }

  private func section(_ word: String, _ comments: OperationComments) -> String {
    let meaning = comments.meaning.map { Self.wrapped($0) }.joined(separator: "\n\n")
    let rules = [
      "**Types.** " + comments.types, "**Gradient.** " + comments.gradient,
      "**Checked by** " + proof(word) + ".",
    ]
    return """
      ### `\(word)`

      \(meaning)

      ```
      \(comments.examples.joined(separator: "\n"))
      ```

      \(rules.map { Self.wrapped("* " + $0, indented: "  ") }.joined(separator: "\n"))
      * **Source.** [\(comments.path.split(separator: "/").last ?? "")](../\(comments.path))

      """
  }

  private func proof(_ word: String) -> String {
    let proof = proofs[word]
    var parts: [String] = []
    if proof.cases > 0 {
      let second = proof.second > 0 ? " (\(proof.second) of second order)" : ""
      let noun = proof.cases == 1 ? "gradient case" : "gradient cases"
      parts.append("\(proof.cases) \(noun)\(second)")
    }
    if proof.samples > 0 {
      parts.append("\(proof.samples) \(proof.samples == 1 ? "sample" : "samples") of PyTorch")
    }
    if proof.isRandom { parts.append("random graphs") }
    return parts.isEmpty ? "none of the three" : parts.joined(separator: ", ")
  }

  // Words, where code is one word.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    for word in text.split(separator: " ") {
      if let last = pieces.last, !last.filter({ $0 == "`" }).count.isMultiple(of: 2) {
        pieces[pieces.count - 1] += " " + word
      } else {
        pieces.append(String(word))
      }
    }
    return pieces
  }

  /// A row for each scalar function.
  var functions: String {
    var lines = [
      "| function | value | operands | slope | gradient cases | samples | random graphs |",
      "|---|---|---|---|---|---|---|",
    ]
    for function in ScalarFunction.allCases {
      let proof = proofs[function.rawValue]
      let second = proof.second > 0 ? " (\(proof.second))" : ""
      let cells = [
        "`\(function.rawValue)`",
        "`\(function.formula)`" + (notes[function.rawValue].map { ". \($0)" } ?? ""),
        function.row.signature.phrase, function.slopes,
        proof.cases == 0 ? "" : "\(proof.cases)\(second)",
        proof.samples == 0 ? "" : "\(proof.samples)", proof.isRandom ? "yes" : "",
      ]
      let escaped = cells.map {
        $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
      }
      lines.append("| " + escaped.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // Lines of at most 100 columns, which do not break inside of code.
  private static func wrapped(_ text: String, indented indent: String = "") -> String {
    var lines: [String] = []
    for word in pieces(text) {
      if let last = lines.last, last.count + word.count < 100 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append((lines.isEmpty ? "" : indent) + word)
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension ScalarFunction {
  // Operands as a formula names them: `x` alone, else letters in order.
  private var operands: [Local] {
    let names = arity == 1 ? ["x"] : arity == 3 ? ["c", "a", "b"] : ["a", "b", "c", "d", "e", "f"]
    let types: [ElementType] =
      switch signature {
      case .numbers, .floats, .comparison, .test: [.f32]
      case .integers: [.i32]
      case .logic: [.bool]
      case .choice: [.bool, .f32, .f32]
      case .bits: [.u32]
      }
    return (0..<arity).map { i in
      Local(id: i, name: names[i], type: types[Swift.min(i, types.count - 1)])
    }
  }

  private static func text(_ expression: Expression) -> String {
    ExpressionText(.notation, buffer: \.name, local: \.name, variable: \.name).text(expression)
  }

  /// The function applied to operands, as comments in the C write it.
  fileprivate var formula: String {
    Self.text(.apply(self, operands.map { .local($0) }))
  }

  /// The slope by each operand that has one.
  fileprivate var slopes: String {
    let operands = operands
    let result = Local(id: arity, name: "y", type: resultType(operands.map(\.type)))
    let slopes = row.slopes(operands.map { .local($0) }, .local(result))
    let found = zip(operands, slopes).compactMap { operand, slope in
      slope.map { (arity == 1 ? "" : "by `\(operand.name)`: ") + "`\(Self.text($0))`" }
    }
    return found.isEmpty ? "none" : found.joined(separator: "; ")
  }
}

extension ScalarFunction.Signature {
  /// What goes in and, if it is of another type, what comes out.
  fileprivate var phrase: String {
    switch self {
    case .numbers: "numbers"
    case .floats: "floats"
    case .integers: "integers"
    case .comparison: "any, to `bool`"
    case .logic: "`bool`"
    case .test: "float, to `bool`"
    case .choice: "`bool` and two of any type"
    case .bits: "`u32`"
    }
  }
}
