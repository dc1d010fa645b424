/// An array that a step works on.
package indirect enum Operand: Hashable, Sendable {
  case state(Int)
  case input(Int)
  case output(Int)
  case temporary(Int)
  case constant(Int)
  /// A slice along the first axis of an array, at a position that may depend on enclosing loops.
  case element(Operand, Index)
  /// The slices along the first axis of an array at some positions.
  case part(Operand, Range<Int>)
  /// The elements of an array, in their order, under another shape.
  case shaped(Operand, [Int])
  /// An array under the name of the value that it holds, where that is not the array's own name.
  case named(Operand, String)
  /// An array that a kernel updates in place: from then on it holds the value of that name.
  case becoming(Operand, String)
  /// A position, such as the number of an iteration, as an `i32[]` that is only read.
  case index(Index)
}

/// One step of a function.
///
/// Steps have numbers from 0 in the order of the text, at every depth: a loop has its number before
/// its body, a branch before its arms, and a `whileLoop` between condition and body, where it tests
/// its predicate. Live ranges of temporaries are ranges of these numbers.
package indirect enum Step: Hashable, Sendable {
  case call(KernelID, [Operand])
  /// Sets all elements of an array to one number.
  case fill(Literal, Operand)
  /// Copies a whole array.
  case copy(from: Operand, to: Operand)
  /// Prints the range of a value under a name.
  case probe(String, Operand)
  /// Runs the steps once for each value of the variable, in order.
  case loop(Variable, [Step])
  /// Runs `condition`, and as long as the one bool in `predicate` is true then, `body` and
  /// `condition` again.
  case whileLoop(condition: [Step], predicate: Operand, body: [Step])
  /// Runs one of two lists of steps, as the one bool in `predicate` says.
  case branch(predicate: Operand, then: [Step], otherwise: [Step])
}

extension Operand {
  /// The array that the operand is or lies in.
  package var base: Operand { whole?.base ?? self }

  /// The operand that this one is a part, a reshape or another name of; nil for an array.
  package var whole: Operand? {
    switch self {
    case .element(let whole, _), .part(let whole, _), .shaped(let whole, _), .named(let whole, _),
      .becoming(let whole, _):
      whole
    case .state, .input, .output, .temporary, .constant, .index: nil
    }
  }

  /// The positions that lead from `base` to the operand, outermost first.
  package var path: [Index] {
    guard let whole else { return [] }
    if case .element(_, let index) = self { return whole.path + [index] }
    return whole.path
  }

  /// The operand without names of values.
  package var unnamed: Operand {
    switch self {
    case .named(let whole, _), .becoming(let whole, _): whole.unnamed
    case .element(let whole, let index): .element(whole.unnamed, index)
    case .part(let whole, let range): .part(whole.unnamed, range)
    case .shaped(let whole, let shape): .shaped(whole.unnamed, shape)
    case .state, .input, .output, .temporary, .constant, .index: self
    }
  }

  /// The slice at a position along the first axis; that of a part is one of the whole array.
  package func slice(at index: Index) -> Operand {
    if case .part(let whole, let range) = self { return whole.slice(at: index + range.lowerBound) }
    return .element(self, index)
  }

  /// True iff the position depends on `variable`.
  package func uses(_ variable: Variable) -> Bool { path.contains { $0.uses(variable) } }

  /// True iff two parts of one array certainly do not overlap.
  package func isApart(from other: Operand) -> Bool {
    for (part, otherPart) in zip(unnamed.trail, other.unnamed.trail) {
      switch (part, otherPart) {
      case (.element(_, let index), .element(_, let otherIndex)):
        if index.differs(from: otherIndex) { return true }
      case (.shaped(_, let shape), .shaped(_, let otherShape)) where shape == otherShape: continue
      case (.part(_, let range), .part(_, let otherRange)):
        if !range.overlaps(otherRange) { return true }
        if range != otherRange { return false }
      case (.part(_, let range), .element(_, let index)),
        (.element(_, let index), .part(_, let range)):
        return !range.overlaps(Range(index.range))
      // Positions under different shapes say nothing about each other.
      default: return false
      }
    }
    return false
  }

  // The parts and shapes that lead from `base` to the operand, outermost first.
  private var trail: [Operand] { whole.map { $0.trail + [self] } ?? [] }
}

extension Step {
  /// The operands of the step itself, not those of steps inside it.
  package var operands: [Operand] {
    switch self {
    case .call(_, let operands): operands
    case .fill(_, let to): [to]
    case .copy(let from, let to): [from, to]
    case .probe(_, let operand): [operand]
    case .loop: []
    case .whileLoop(_, let predicate, _), .branch(let predicate, _, _): [predicate]
    }
  }
}

extension Step {
  /// Returns the step with each array changed by `change`, at every depth; parts and other shapes
  /// of an array become those of the new one.
  package func mapped(_ change: (Operand) -> Operand) -> Step {
    func all(_ steps: [Step]) -> [Step] { steps.map { $0.mapped(change) } }
    switch self {
    case .call(let kernel, let operands): return .call(kernel, operands.map { $0.mapped(change) })
    case .fill(let value, let to): return .fill(value, to.mapped(change))
    case .copy(let from, let to): return .copy(from: from.mapped(change), to: to.mapped(change))
    case .probe(let name, let operand): return .probe(name, operand.mapped(change))
    case .loop(let variable, let body): return .loop(variable, all(body))
    case .whileLoop(let condition, let predicate, let body):
      return .whileLoop(
        condition: all(condition), predicate: predicate.mapped(change), body: all(body))
    case .branch(let predicate, let then, let otherwise):
      return .branch(
        predicate: predicate.mapped(change), then: all(then), otherwise: all(otherwise))
    }
  }
}

extension Operand {
  /// The same part of what `change` makes of the array. Only in an arena do arrays change names.
  package func mapped(_ change: (Operand) -> Operand) -> Operand {
    switch self {
    case .element(let whole, let index): .element(whole.mapped(change), index)
    case .part(let whole, let range): .part(whole.mapped(change), range)
    case .shaped(let whole, let shape): .shaped(whole.mapped(change), shape)
    case .named(let whole, let name):
      whole.mapped(change).isNameable ? .named(whole.mapped(change), name) : whole.mapped(change)
    case .becoming(let whole, let name):
      whole.mapped(change).isNameable ? .becoming(whole.mapped(change), name) : whole.mapped(change)
    case .state, .input, .output, .temporary, .constant, .index: change(self)
    }
  }
}

extension Operand {
  /// True iff the array may hold several intermediate values, one after the other.
  package var isNameable: Bool {
    switch base {
    case .temporary, .output: true
    case .state, .input, .constant, .index, .element, .part, .shaped, .named, .becoming: false
    }
  }
}

extension [Step] {
  /// The steps at every depth, in the order of their numbers.
  package var flattened: [Step] {
    flatMap { (step) -> [Step] in
      switch step {
      case .call, .fill, .copy, .probe: [step]
      case .loop(_, let body): [step] + body.flattened
      case .whileLoop(let condition, _, let body): condition.flattened + [step] + body.flattened
      case .branch(_, let then, let otherwise): [step] + then.flattened + otherwise.flattened
      }
    }
  }
}

extension Index {
  /// True iff the two are certainly never equal.
  package func differs(from other: Index) -> Bool {
    let difference = self - other
    if !difference.range.contains(0) { return true }
    // 2 * (t % 2) - 1 is odd.
    let divisor = difference.terms.reduce(0) { greatestCommonDivisor($0, $1.coefficient) }
    if divisor > 1, difference.constant % divisor != 0 { return true }
    // t % 2 and (t + 1) % 2.
    guard let d = (asRemainder ?? other.asRemainder)?.1, let x = dividend(d),
      let distance = other.dividend(d).flatMap({ (x - $0).asConstant })
    else { return false }
    return distance % d != 0
  }

  // The dividend of which the index is a remainder; the index itself where it is small enough.
  private func dividend(_ divisor: Int) -> Index? {
    if let (index, own) = asRemainder, own == divisor { return index }
    return range.lowerBound >= 0 && range.upperBound < divisor ? self : nil
  }

  private var asRemainder: (Index, Int)? {
    guard constant == 0, terms.count == 1, terms[0].coefficient == 1,
      case .remainder(let index, let divisor) = terms[0].atom
    else { return nil }
    return (index, divisor)
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? abs(a) : greatestCommonDivisor(b, a % b)
}
