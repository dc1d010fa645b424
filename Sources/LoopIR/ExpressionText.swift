/// Writes expressions and indices as text: in the notation of tensors, for people, or in the form
/// that `LoopParser` reads back.
package struct ExpressionText {
  /// What the text is for.
  package enum Style: Sendable {
    /// `max(b[j] + sum(i) x[n, i] * w[j, i], 0)`.
    case notation
    /// `maximum(b[j] + sum{i#2 < 784} x[n, i] * w[j, i], 0.0f32)`.
    case exact
  }

  let style: Style
  let buffer: (Buffer) -> String
  let local: (Local) -> String
  let variable: (Variable) -> String

  package init(
    _ style: Style, buffer: @escaping (Buffer) -> String, local: @escaping (Local) -> String,
    variable: @escaping (Variable) -> String
  ) {
    self.style = style
    self.buffer = buffer
    self.local = local
    self.variable = variable
  }

  /// The equation of a definition.
  package func text(_ definition: Definition) -> String {
    "\(text(definition.target)) = \(text(definition.value))"
  }

  /// The left side of a definition.
  package func text(_ target: Definition.Target) -> String {
    switch target {
    case .buffer(let buffer, let indices): element(buffer, indices)
    case .local(let own): local(own)
    }
  }

  /// The text of an expression.
  package func text(_ expression: Expression) -> String { piece(expression).text }

  /// The text of an index.
  package func text(_ index: Index) -> String { piece(index).text }

  /// The text of one element of an array; a scalar is just a name in the notation.
  package func element(_ array: Buffer, _ indices: [Index]) -> String {
    if style == .notation && indices.isEmpty { return buffer(array) }
    return "\(buffer(array))[\(indices.map { text($0) }.joined(separator: ", "))]"
  }
}

extension ExpressionText {
  private typealias Precedence = ScalarFunction.Precedence

  // A text and its outermost operator. An open text, such as `sum(i) x`, extends as far to the
  // right as possible.
  private struct Piece {
    let text: String
    let precedence: Precedence
    var isOpen = false

    // The text, in parentheses unless it binds at least as tightly as `bound`.
    func bound(_ bound: Precedence, closed: Bool = false) -> String {
      precedence < bound || (closed && isOpen) ? "(\(text))" : text
    }
  }

  // The text of an expression by its kind.
  private func piece(_ expression: Expression) -> Piece {
    switch expression {
    case .literal(let literal): piece(literal)
    case .local(let own): Piece(text: local(own), precedence: .primary)
    case .load(let array, let indices):
      Piece(text: element(array, indices), precedence: .primary)
    case .apply(let function, let operands): piece(function, operands)
    case .cast(let operand, let type):
      Piece(text: "\(type)(\(text(operand)))", precedence: .primary)
    case .index(let index, let type):
      style == .notation
        ? piece(index) : Piece(text: "\(type)[\(text(index))]", precedence: .primary)
    case .within(let index, let range): piece(index, within: range)
    case .reduce(let monoid, let variables, let body): reduction(monoid, variables, body)
    }
  }

  private func piece(_ literal: Literal) -> Piece {
    let type = literal.type
    let text = style == .exact ? literal.description : literal.shortest
    if type == .bool { return Piece(text: text, precedence: .primary) }
    let precedence: Precedence = text.hasPrefix("-") ? .prefix : .primary
    if style == .notation {
      return Piece(
        text: text.hasSuffix(".0") ? String(text.dropLast(2)) : text, precedence: precedence)
    }
    let isFinite = !type.isFloat || literal.double.isFinite
    return isFinite
      ? Piece(text: "\(text)\(type)", precedence: precedence)
      : Piece(text: "\(type)(\(text))", precedence: .primary)
  }

  // A function as the notation writes it: an operator, or a call by name.
  private func piece(_ function: ScalarFunction, _ operands: [Expression]) -> Piece {
    switch function.spelling {
    case .infix(let symbol, let precedence):
      let tighter = Precedence(rawValue: precedence.rawValue + 1) ?? .primary
      let left = piece(operands[0]).bound(precedence, closed: true)
      let right = piece(operands[1])
      return Piece(
        text: "\(left) \(symbol) \(right.bound(tighter))", precedence: precedence,
        isOpen: right.isOpen)
    case .prefix(let symbol):
      // A sign before a number would be read as part of it.
      if style == .exact, case .literal = operands[0] {
        return Piece(text: "\(symbol)(\(text(operands[0])))", precedence: .prefix)
      }
      let operand = piece(operands[0]).bound(.primary)
      return Piece(text: "\(symbol)\(operand)", precedence: .prefix)
    case .call(let name):
      return call(style == .notation ? name : function.rawValue, operands)
    case .composition: return call(function.rawValue, operands)
    case .conditional:
      if style == .exact { return call(function.rawValue, operands) }
      let condition = piece(operands[0]).bound(.or, closed: true)
      let then = piece(operands[1]).bound(.or, closed: true)
      return Piece(
        text: "\(condition) ? \(then) : \(text(operands[2]))", precedence: .conditional,
        isOpen: true)
    }
  }

  private func call(_ name: String, _ operands: [Expression]) -> Piece {
    let list = operands.map { text($0) }.joined(separator: ", ")
    return Piece(text: "\(name)(\(list))", precedence: .primary)
  }

  private func piece(_ index: Index, within range: Range<Int>) -> Piece {
    if style == .exact {
      return Piece(
        text: "[\(text(index))] in \(range.lowerBound)..<\(range.upperBound)",
        precedence: .comparison)
    }
    return Piece(
      text: "\(range.lowerBound) <= \(text(index)) < \(range.upperBound)", precedence: .comparison)
  }

  // As in `sum(i, j) x[i, j]`, or with extents for the parser.
  private func reduction(_ monoid: Monoid, _ variables: [Variable], _ body: Expression) -> Piece {
    let inner = piece(body).bound(.product)
    if style == .exact {
      let list = variables.map { declaration($0) }.joined(separator: ", ")
      return Piece(text: "\(monoid.rawValue){\(list)} \(inner)", precedence: .product, isOpen: true)
    }
    let list = variables.map(variable).joined(separator: ", ")
    return Piece(
      text: "\(monoid.notation)(\(list)) \(inner)", precedence: .product, isOpen: true)
  }

  /// A variable with its number and extent: `i#2 < 784`.
  package func declaration(_ variable: Variable) -> String {
    "\(LoopPrinter.quoted(variable.name))#\(variable.id) < \(variable.extent)"
  }
}

extension ExpressionText {
  private func piece(_ index: Index) -> Piece {
    if let constant = index.asConstant {
      return Piece(text: "\(constant)", precedence: constant < 0 ? .prefix : .primary)
    }
    // A sum begins with a positive term if it has one.
    let isTurned = index.terms[0].coefficient < 0 && index.constant > 0
    var text = isTurned ? "\(index.constant)" : ""
    for term in index.terms {
      let sign = term.coefficient < 0 ? "-" : "+"
      let factor = term.coefficient.magnitude
      let atom = piece(term.atom)
      let product = factor == 1 ? atom.bound(.product) : "\(factor) * \(atom.bound(.prefix))"
      if text.isEmpty {
        text = sign == "-" ? (factor == 1 ? "-\(atom.bound(.prefix))" : "-\(product)") : product
      } else {
        text += " \(sign) \(product)"
      }
    }
    if index.constant != 0, !isTurned {
      text += " \(index.constant < 0 ? "-" : "+") \(index.constant.magnitude)"
    }
    let isSum = index.terms.count > 1 || index.constant != 0
    let isAtom = !isSum && index.terms[0].coefficient == 1
    return Piece(
      text: text,
      precedence: isSum ? .sum : isAtom ? piece(index.terms[0].atom).precedence : .product)
  }

  private func piece(_ atom: Index.Atom) -> Piece {
    switch atom {
    case .variable(let own): Piece(text: variable(own), precedence: .primary)
    case .quotient(let index, let divisor):
      Piece(text: "\(piece(index).bound(.product)) / \(divisor)", precedence: .product)
    case .remainder(let index, let divisor):
      Piece(text: "\(piece(index).bound(.product)) % \(divisor)", precedence: .product)
    case .value(let expression, let range):
      style == .notation
        ? piece(expression)
        : Piece(
          text: "{\(text(expression)) in \(range.lowerBound)...\(range.upperBound)}",
          precedence: .primary)
    }
  }
}

extension Literal {
  /// The shortest text that reads back as the value, rounded to its type.
  package var shortest: String {
    type.isFloat && type != .f64 ? "\(Float(double))" : description
  }
}

extension Monoid {
  /// The name in tensor notation.
  package var notation: String {
    switch self {
    case .sum, .product, .any, .all: rawValue
    case .maximum: "max"
    case .minimum: "min"
    case .argMaximum: "argmax"
    case .argMinimum: "argmin"
    }
  }
}
