/// A loop variable: an integer that runs from 0 to `extent - 1`.
package struct Variable: Hashable, Sendable {
  /// Tells variables of one kernel apart; outer loops have smaller numbers.
  package let id: Int
  package let name: String
  package let extent: Int

  package init(id: Int, name: String, extent: Int) {
    self.id = id
    self.name = name
    self.extent = extent
  }
}

/// The position of an element along an axis: a sum of multiples of atoms.
///
/// The form is canonical, so equal positions compare equal: atoms are sorted, coefficients are
/// not zero, and quotients and remainders that can be decided from the extents of the variables
/// are gone.
package struct Index: Hashable, Sendable {
  /// What an index is a sum of.
  package indirect enum Atom: Hashable, Sendable {
    case variable(Variable)
    /// The quotient by a positive number, rounded down.
    case quotient(Index, Int)
    /// The remainder by a positive number; never negative.
    case remainder(Index, Int)
    /// A value only known at run time, and its range.
    case value(Expression, ClosedRange<Int>)
  }

  /// One atom and what it is multiplied with.
  package struct Term: Hashable, Sendable {
    package let atom: Atom
    package let coefficient: Int
  }

  package private(set) var terms: [Term] = []
  package private(set) var constant: Int

  package init(_ constant: Int) { self.constant = constant }

  package init(_ variable: Variable) {
    self.init(0)
    if variable.extent != 1 { terms = [Term(atom: .variable(variable), coefficient: 1)] }
  }

  /// The value of `expression`, which is known to lie in `range`.
  package init(_ expression: Expression, in range: ClosedRange<Int>) {
    self.init(0)
    terms = [Term(atom: .value(expression, range), coefficient: 1)]
  }

  private init(atom: Atom) {
    self.init(0)
    terms = [Term(atom: atom, coefficient: 1)]
  }
}

extension Index {
  /// The value, if it does not depend on anything.
  package var asConstant: Int? { terms.isEmpty ? constant : nil }

  /// The variable, if the index is just that.
  package var asVariable: Variable? {
    guard constant == 0, terms.count == 1, terms[0].coefficient == 1,
      case .variable(let variable) = terms[0].atom
    else { return nil }
    return variable
  }

  /// Bounds of the value, exact for sums of distinct variables.
  package var range: ClosedRange<Int> {
    var (low, high) = (constant, constant)
    for term in terms {
      let r = term.atom.range
      let (a, b) = (r.lowerBound * term.coefficient, r.upperBound * term.coefficient)
      low += min(a, b)
      high += max(a, b)
    }
    return low...high
  }

  package static func + (a: Index, b: Index) -> Index {
    var result = a
    result.constant += b.constant
    for term in b.terms { result.add(term) }
    return result
  }

  package static func * (a: Index, factor: Int) -> Index {
    guard factor != 0 else { return Index(0) }
    var result = Index(a.constant * factor)
    result.terms = a.terms.map { Term(atom: $0.atom, coefficient: $0.coefficient * factor) }
    return result
  }

  package static func + (a: Index, b: Int) -> Index { a + Index(b) }
  package static func - (a: Index, b: Int) -> Index { a + Index(-b) }
  package static func - (a: Index, b: Index) -> Index { a + b * -1 }

  /// Returns `self` divided by `divisor` and rounded down, and the remainder.
  package func divided(by divisor: Int) -> (quotient: Index, remainder: Index) {
    precondition(divisor > 0, "an index is divided by \(divisor)")
    if divisor == 1 { return (self, Index(0)) }
    // Multiples of the divisor divide exactly; the other terms decide the remainder.
    var whole = Index(constant.flooredQuotient(divisor))
    var rest = Index(constant - constant.flooredQuotient(divisor) * divisor)
    for term in terms {
      let q = term.coefficient.flooredQuotient(divisor)
      let exact = term.coefficient == q * divisor
      if exact {
        whole.add(Term(atom: term.atom, coefficient: q))
      } else {
        rest.add(term)
      }
    }
    let range = rest.range
    if range.lowerBound >= 0, range.upperBound < divisor { return (whole, rest) }
    if let value = rest.asConstant {
      let q = value.flooredQuotient(divisor)
      return (whole + q, Index(value - q * divisor))
    }
    return (whole + rest.quotientAtom(divisor), Index(atom: .remainder(rest, divisor)))
  }

  /// Returns the index in which each variable is replaced by what `substitute` gives for it.
  package func substituting(_ substitute: (Variable) -> Index?) -> Index {
    var result = Index(constant)
    for term in terms {
      let atom: Index
      switch term.atom {
      case .variable(let variable): atom = substitute(variable) ?? Index(variable)
      case .quotient(let index, let d):
        atom = index.substituting(substitute).divided(by: d).quotient
      case .remainder(let index, let d):
        atom = index.substituting(substitute).divided(by: d).remainder
      case .value(let expression, let range):
        atom = Index(expression.substituting(substitute), in: range)
      }
      result = result + atom * term.coefficient
    }
    return result
  }

  /// Returns the index with each value inside it rewritten by `change`.
  package func rewritten(_ change: (Expression) -> Expression) -> Index {
    var result = Index(constant)
    for term in terms {
      let atom: Index
      switch term.atom {
      case .variable(let variable): atom = Index(variable)
      case .quotient(let index, let d): atom = index.rewritten(change).divided(by: d).quotient
      case .remainder(let index, let d): atom = index.rewritten(change).divided(by: d).remainder
      case .value(let expression, let range):
        atom = Index(expression.rewritten(change), in: range)
      }
      result = result + atom * term.coefficient
    }
    return result
  }

  /// True iff the value depends on `variable`.
  package func uses(_ variable: Variable) -> Bool {
    terms.contains { $0.atom.uses(variable) }
  }

  /// The factor of `variable`, if the index is linear in it; 0 if it does not occur.
  package func coefficient(of variable: Variable) -> Int? {
    var result = 0
    for term in terms {
      if term.atom == .variable(variable) {
        result = term.coefficient
      } else if term.atom.uses(variable) {
        return nil
      }
    }
    return result
  }
}

extension Index.Atom {
  /// Bounds of the value.
  package var range: ClosedRange<Int> {
    switch self {
    case .variable(let variable): return 0...max(0, variable.extent - 1)
    case .quotient(let index, let d):
      let r = index.range
      return r.lowerBound.flooredQuotient(d)...r.upperBound.flooredQuotient(d)
    case .remainder(_, let d): return 0...(d - 1)
    case .value(_, let range): return range
    }
  }

  /// True iff the value depends on `variable`.
  package func uses(_ variable: Variable) -> Bool {
    switch self {
    case .variable(let own): own == variable
    case .quotient(let index, _), .remainder(let index, _): index.uses(variable)
    case .value(let expression, _): expression.uses(variable)
    }
  }
}

extension Index {
  // Adds a term and restores the canonical form.
  private mutating func add(_ term: Term) {
    if let i = terms.firstIndex(where: { $0.atom == term.atom }) {
      let sum = terms[i].coefficient + term.coefficient
      if sum == 0 {
        terms.remove(at: i)
      } else {
        terms[i] = Term(atom: term.atom, coefficient: sum)
      }
      return
    }
    if term.coefficient == 0 { return }
    if let whole = recombined(with: term) {
      for part in whole.terms { add(part) }
      constant += whole.constant
      return
    }
    let at = terms.firstIndex { Atom.precedes(term.atom, $0.atom) } ?? terms.count
    terms.insert(term, at: at)
  }

  // Removes the partner of `term` and returns their sum: (x / d) * d + x % d is x.
  private mutating func recombined(with term: Term) -> Index? {
    for (i, other) in terms.enumerated() {
      switch (term.atom, other.atom) {
      case (.quotient(let x, let d), .remainder(let y, let e))
      where x == y && d == e && term.coefficient == other.coefficient * d:
        terms.remove(at: i)
        return x * other.coefficient
      case (.remainder(let x, let d), .quotient(let y, let e))
      where x == y && d == e && other.coefficient == term.coefficient * d:
        terms.remove(at: i)
        return x * term.coefficient
      default: continue
      }
    }
    return nil
  }

  // (a / b) / c is a / (b * c).
  private func quotientAtom(_ divisor: Int) -> Index {
    if constant == 0, terms.count == 1, terms[0].coefficient == 1,
      case .quotient(let inner, let d) = terms[0].atom
    {
      return Index(atom: .quotient(inner, d * divisor))
    }
    return Index(atom: .quotient(self, divisor))
  }
}

extension Int {
  /// Returns the quotient by `divisor`, rounded down.
  package func flooredQuotient(_ divisor: Int) -> Int {
    let q = self / divisor
    return self % divisor < 0 ? q - 1 : q
  }
}
