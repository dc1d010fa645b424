public import GraphIR
internal import LoopIR

/// A sum of products over named axes, as `einsum("bij,bjk->bik", a, b)`.
///
/// Each operand has one letter for each axis. Axes with the same letter are the same axis; letters
/// that do not occur after the arrow are summed over. A letter that occurs twice in one operand
/// takes the diagonal. An ellipsis `...` stands for any other axes, which are broadcast. Without an
/// arrow, the result has the letters that occur once, in alphabetical order. Operands are
/// multiplied from left to right.
public func einsum(_ equation: String, _ first: Tensor, _ others: Tensor...) -> Tensor {
  let operands = [first] + others
  guard operands.allSatisfy({ $0.value != nil }), Tensor.together(operands, "einsum") else {
    return first.builder.poison()
  }
  do throws(TypeError) {
    return try Einsum(equation, operands.map(\.type)).result(of: operands)
  } catch {
    first.builder.fail(error, operands: operands)
    return first.builder.poison()
  }
}

private struct Einsum {
  // An axis: a letter, or one of those that the points stand for, counted from the last.
  enum Label: Hashable {
    case letter(Character)
    case outer(Int)

    var name: String {
      switch self {
      case .letter(let letter): String(letter)
      case .outer(let place): "n\(place)"
      }
    }
  }

  let operands: [[Label]]
  let result: [Label]
  let extents: [Label: Int]

  init(_ equation: String, _ types: [TensorType]) throws(TypeError) {
    func problem(_ text: String) -> TypeError { .einsum(equation, text) }
    let text = equation.filter { $0 != " " }
    let sides = text.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count <= 2, sides.count == 1 || sides[0].hasSuffix("-") else {
      throw problem("must have at most one arrow, written '->'")
    }
    let left = sides.count == 2 ? sides[0].dropLast() : sides[0]
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == types.count else {
      throw problem("has \(terms.count) operands; found \(types.count)")
    }
    var operands: [[Label]] = []
    var extents: [Label: Int] = [:]
    var outer = 0
    for (term, type) in zip(terms, types) {
      let labels = try Self.labels(term, rank: type.rank, problem)
      guard labels.count == type.rank else {
        throw problem("has \(labels.count) letters for '\(type)'")
      }
      for (label, extent) in zip(labels, type.dims) {
        let known = extents[label] ?? 1
        guard known == extent || known == 1 || extent == 1 else {
          throw problem("gives '\(label.name)' the extents \(known) and \(extent)")
        }
        extents[label] = Swift.max(known, extent)
        if case .outer(let place) = label { outer = Swift.max(outer, place + 1) }
      }
      operands.append(labels)
    }
    self.operands = operands
    self.extents = extents
    if sides.count == 2 {
      result = try Self.labels(sides[1], rank: nil, outer: outer, problem)
      guard Set(result).count == result.count else {
        throw problem("repeats a letter in its result")
      }
      if let unknown = result.first(where: { extents[$0] == nil }) {
        throw problem("has '\(unknown.name)' only in its result")
      }
    } else {
      let all = operands.joined()
      let once = extents.keys.filter { label in all.count { $0 == label } == 1 }
      result =
        (0..<outer).reversed().map { .outer($0) }
        + once.filter { if case .letter = $0 { true } else { false } }.sorted { $0.name < $1.name }
    }
  }

  // The labels of one operand; the points stand for the axes up to `rank`, or for `outer` axes.
  private static func labels(
    _ term: Substring, rank: Int?, outer: Int = 0, _ problem: (String) -> TypeError
  ) throws(TypeError) -> [Label] {
    let points = term.split(separator: "...", omittingEmptySubsequences: false)
    let letters = points.joined()
    guard points.count <= 2, letters.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      throw problem("may contain letters, ',', one '->', and '...' once for each operand")
    }
    guard points.count == 2 else { return letters.map { .letter($0) } }
    let count = rank.map { $0 - letters.count } ?? outer
    guard count >= 0 else { throw problem("has more letters than an operand has axes") }
    return points[0].map { .letter($0) } + (0..<count).reversed().map { .outer($0) }
      + points[1].map { .letter($0) }
  }

  func result(of tensors: [Tensor]) -> Tensor {
    var (product, own) = prepared(tensors[0], operands[0], needed: needed(after: 0))
    for number in tensors.indices.dropFirst() {
      let others = needed(after: number)
      let next = prepared(
        tensors[number], operands[number], needed: others.union(own).union(result))
      own = contract(&product, own, next.0, next.1, isLast: number == tensors.count - 1, others)
    }
    return product.transposed(result.compactMap { own.firstIndex(of: $0) })
  }

  // The labels that the result and later operands need.
  private func needed(after number: Int) -> Set<Label> {
    operands[(number + 1)...].reduce(Set(result)) { $0.union($1) }
  }

  // An operand with diagonals taken, axes to be broadcast dropped, and axes that nothing else needs
  // summed.
  private func prepared(_ x: Tensor, _ labels: [Label], needed: Set<Label>) -> (Tensor, [Label]) {
    var (x, labels) = (x, labels)
    for axis in labels.indices.reversed() where x.shape[axis] == 1 {
      guard
        (extents[labels[axis]] ?? 1) > 1 || !needed.contains(labels[axis])
          || labels.firstIndex(of: labels[axis]) != axis
      else { continue }
      x = x.squeezed(axis)
      labels.remove(at: axis)
    }
    while let twice = labels.first(where: { label in labels.count { $0 == label } > 1 }) {
      let places = labels.indices.filter { labels[$0] == twice }
      x = x.diagonal(axes: (places[0], places[1]))
      labels = labels.indices.filter { $0 != places[0] && $0 != places[1] }.map { labels[$0] }
      labels.append(twice)
    }
    let summed = labels.indices.filter { !needed.contains(labels[$0]) }
    if !summed.isEmpty {
      x = x.sum(axes: summed)
      labels = labels.filter(needed.contains)
    }
    return (x, labels)
  }

  // Replaces `a` by its product with `b` and returns its labels.
  private func contract(
    _ a: inout Tensor, _ left: [Label], _ b: Tensor, _ right: [Label], isLast: Bool,
    _ needed: Set<Label>
  ) -> [Label] {
    let all = left + right.filter { !left.contains($0) }
    let kept = isLast ? result.filter(all.contains) : all.filter(needed.contains)
    let order = kept + all.filter { !kept.contains($0) }
    let axes = AxisMap.distinct(order.map { Axis($0.name, extents[$0] ?? 1) })
    func places(_ labels: [Label]) -> [AxisSum] {
      labels.map { .axis(order.firstIndex(of: $0) ?? 0) }
    }
    let map = AxisMap(axes, resultRank: kept.count, operands: [places(left), places(right)])
    guard b.value != nil else {
      a = b
      return kept
    }
    a = a.builder.apply(Contract(map), a, b)
    return kept
  }
}
