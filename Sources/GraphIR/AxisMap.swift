package import LoopIR

/// A named axis of a reduction or contraction.
package struct Axis: Hashable, Sendable {
  package let name: String
  package let extent: Int

  package init(_ name: String, _ extent: Int) {
    self.name = name
    self.extent = extent
  }
}

/// A position along one axis of an operand: a sum of multiples of named axes.
package struct AxisSum: Hashable, Sendable {
  package struct Term: Hashable, Sendable {
    /// The number of the axis.
    package let axis: Int
    package let coefficient: Int

    package init(_ axis: Int, _ coefficient: Int = 1) {
      self.axis = axis
      self.coefficient = coefficient
    }
  }

  package let terms: [Term]
  package let offset: Int

  package init(_ terms: [Term], offset: Int = 0) {
    self.terms = terms
    self.offset = offset
  }

  /// The axis itself.
  package static func axis(_ axis: Int) -> AxisSum { AxisSum([Term(axis)]) }

  /// The axis, if the sum is nothing else.
  package var plain: Int? {
    terms.count == 1 && terms[0].coefficient == 1 && offset == 0 ? terms[0].axis : nil
  }

  /// The lowest and the highest value over axes of given extents.
  package func range(_ axes: [Axis]) -> ClosedRange<Int> {
    var (low, high) = (offset, offset)
    for term in terms {
      let reach = term.coefficient * (axes[term.axis].extent - 1)
      low += min(0, reach)
      high += max(0, reach)
    }
    return low...high
  }

  /// The position for given positions along the axes.
  package func index(_ axes: [Index]) -> Index {
    terms.reduce(Index(offset)) { $0 + axes[$1.axis] * $1.coefficient }
  }

  /// As in `2 * y + u - 1`.
  package func description(_ axes: [Axis]) -> String {
    var text = ""
    for term in terms {
      let name = axes[term.axis].name
      let size = abs(term.coefficient)
      let sign = term.coefficient < 0 ? "-" : text.isEmpty ? "" : "+"
      text += sign + (size == 1 ? name : "\(size)*\(name)")
    }
    if offset != 0 || text.isEmpty {
      text += offset < 0 || text.isEmpty ? "\(offset)" : "+\(offset)"
    }
    return text
  }
}

/// The axes of a reduction: those of the result first, then the reduced ones; and where each
/// operand is read.
package struct AxisMap: Hashable, Sendable {
  package let axes: [Axis]
  package let resultRank: Int
  package let operands: [[AxisSum]]

  package init(_ axes: [Axis], resultRank: Int, operands: [[AxisSum]]) {
    self.axes = axes
    self.resultRank = resultRank
    self.operands = operands
  }

  package var resultAxes: [Axis] { Array(axes[..<resultRank]) }
  package var joinedAxes: [Axis] { Array(axes[resultRank...]) }
  package var resultDims: [Int] { resultAxes.map(\.extent) }

  /// As in `[n=32, j=128 | i=784] (n, i) (j, i)`.
  package var description: String {
    func list(_ axes: [Axis]) -> String {
      axes.map { "\($0.name)=\($0.extent)" }.joined(separator: ", ")
    }
    let reads = operands.map { sums in
      " (\(sums.map { $0.description(axes) }.joined(separator: ", ")))"
    }
    return "[\(list(resultAxes)) | \(list(joinedAxes))]\(reads.joined())"
  }

  /// Checks that operand `number`, of type `x`, is only read where it has elements.
  package func check(_ op: String, _ number: Int, _ x: TensorType) throws(TypeError) {
    let sums = operands[number]
    guard sums.count == x.rank else {
      throw .needsRank(op, "\(sums.count)", "the operand", x)
    }
    for (axis, sum) in sums.enumerated() {
      let range = sum.range(axes)
      guard range.lowerBound >= 0, range.upperBound < x.dims[axis] else {
        throw .leavesOperand(op, range.lowerBound, range.upperBound, axis, x)
      }
    }
  }

  /// Where operand `number`, of given extents, is read: the number of the element for each position
  /// along the axes of the result, and its offset for each position along the reduced ones.
  package func offsets(_ number: Int, _ dims: [Int]) -> (results: [Int], joined: [Int]) {
    var first = 0
    var steps = axes.map { _ in 0 }
    for (sum, extent) in zip(operands[number], dims) {
      first = first * extent + sum.offset
      steps = steps.map { $0 * extent }
      for term in sum.terms { steps[term.axis] += term.coefficient }
    }
    func along(_ axes: Range<Int>, _ start: Int) -> [Int] {
      axes.reduce([start]) { places, axis in
        places.flatMap { place in (0..<self.axes[axis].extent).map { place + $0 * steps[axis] } }
      }
    }
    return (along(0..<resultRank, first), along(resultRank..<axes.count, 0))
  }

  /// Reads operand `number` at given positions along all axes.
  package func read(
    _ number: Int, _ access: OperationDefinition.Access, _ positions: [Index]
  ) -> Expression {
    access(number, operands[number].map { $0.index(positions) })
  }
}

extension AxisMap {
  /// One factor of a transposed map: a tensor, and where it is read.
  package typealias Factor = (tensor: Tensor, sums: [AxisSum])

  /// Returns the map that adds up, for each element of operand `number`, all products in which it
  /// occurs.
  ///
  /// For `r[i] = sum(u) x[i + u] * w[u]` and operand 0 this is `g[p] = sum(u) r'[p - u] * w[u]`,
  /// where the gradient `r'` of the result is padded with zeros. `factors` are the tensors whose
  /// product is summed, read by the axes of `self`; they come back padded.
  package func transposed(_ number: Int, dims: [Int], factors: [Factor]) -> (AxisMap, [Factor]) {
    var factors = factors
    var solved: Set<Int> = []  // Axes of the operand.
    var replacement: [Int: AxisSum] = [:]  // The new axis or position for each axis of `self`.
    let own = operands[number]

    // Plain positions first: a composite one must not solve for an axis that is known already.
    for (position, sum) in own.enumerated() {
      if let axis = sum.plain, axes[axis].extent == dims[position], replacement[axis] == nil {
        replacement[axis] = .axis(position)
        solved.insert(position)
      }
    }
    var pivots: [(position: Int, term: AxisSum.Term)] = []
    for (position, sum) in own.enumerated() where !solved.contains(position) {
      if sum.terms.isEmpty { continue }
      let taken = Set(pivots.map(\.term.axis)).union(replacement.keys)
      guard let term = pivot(sum, taken) else {
        preconditionFailure("axis \(position) of '\(description)' cannot be solved")
      }
      pivots.append((position, term))
    }
    unroll(&factors, along: Set(pivots.map(\.term.axis)))
    for (position, sum) in own.enumerated() where sum.terms.isEmpty {
      // Only one element is read: the gradient gets an axis that is zero everywhere else.
      let (tensor, sums) = factors[0]
      let parts = sums.map { _ in Pad.Part(low: 0, high: 0) }
      let place = Pad.Part(low: sum.offset, high: dims[position] - 1 - sum.offset)
      let own = axes.count + position
      factors[0] = (tensor.expanded(at: -1).padded(parts + [place], value: 0), sums + [.axis(own)])
      replacement[own] = .axis(position)
    }
    // The new axes: those of the operand, then all that are still summed.
    var newAxes = zip(own, dims).map { Axis(name($0), $1) }
    for axis in axes.indices
    where replacement[axis] == nil && !pivots.contains(where: { $0.term.axis == axis }) {
      replacement[axis] = .axis(newAxes.count)
      newAxes.append(axes[axis])
    }
    for (position, term) in pivots {
      solve(
        term, of: own[position], at: position, extent: dims[position], factors: &factors,
        replacement: &replacement)
    }
    let moved = factors.map { factor in
      (factor.tensor, factor.sums.map { substitute($0, replacement) })
    }
    let unique = AxisMap.distinct(newAxes)
    return (AxisMap(unique, resultRank: dims.count, operands: moved.map(\.1)), moved)
  }

  // The axis to solve for: the longest whose coefficient is positive, as it wastes least. An axis
  // of the result is preferred to one up to four times as long: even if the image of a convolution
  // has fewer elements than the window, the gradient is still a convolution of an image.
  func pivot(_ sum: AxisSum, _ taken: Set<Int>) -> AxisSum.Term? {
    func weight(_ term: AxisSum.Term) -> Int {
      axes[term.axis].extent * (term.axis < resultRank ? 4 : 1)
    }
    return sum.terms.filter { $0.coefficient > 0 && !taken.contains($0.axis) }
      .max { weight($0) < weight($1) }
  }

  // Factors that use one of `pivots` as part of a position, or in two positions, are read
  // beforehand, so that it becomes a separate position.
  private func unroll(_ factors: inout [Factor], along pivots: Set<Int>) {
    for i in factors.indices {
      let (tensor, sums) = factors[i]
      let isPlain = pivots.allSatisfy { pivot in
        let read = sums.filter { $0.terms.contains { $0.axis == pivot } }
        return read.isEmpty || read.count == 1 && read[0].plain != nil
      }
      if isPlain { continue }
      let used = Set(sums.flatMap { $0.terms.map(\.axis) }).sorted()
      let own = sums.map { sum in
        AxisSum(
          sum.terms.map { .init(used.firstIndex(of: $0.axis) ?? 0, $0.coefficient) },
          offset: sum.offset)
      }
      let map = AxisMap(used.map { axes[$0] }, resultRank: used.count, operands: [own])
      let read = tensor.builder.apply(Reduce(.sum, map), tensor)
      factors[i] = (read, used.map { .axis($0) })
    }
  }

  private func name(_ sum: AxisSum) -> String {
    let term = sum.terms.max { axes[$0.axis].extent < axes[$1.axis].extent }
    return term.map { axes[$0.axis].name } ?? "i"
  }

  // With d = c * a + rest + offset, reading a factor at `a` is reading it at
  // d - rest - offset + low, once it has c - 1 zeros between its elements and `low` before them.
  private func solve(
    _ term: AxisSum.Term, of sum: AxisSum, at position: Int, extent: Int,
    factors: inout [Factor], replacement: inout [Int: AxisSum]
  ) {
    let rest = AxisSum(sum.terms.filter { $0.axis != term.axis }, offset: sum.offset)
    let range = rest.range(axes)
    let spread = (axes[term.axis].extent - 1) * term.coefficient + 1
    let padding = Pad.Part(
      low: range.upperBound, high: extent - range.lowerBound - spread,
      interior: term.coefficient - 1)
    if !factors.contains(where: { $0.sums.contains { $0.terms.contains { $0.axis == term.axis } } })
    {
      // No factor has the axis, so the first one gets it: only valid positions count.
      let (tensor, sums) = factors[0]
      let shape = Shape(tensor.shape.dims + [axes[term.axis].extent])
      factors[0] = (
        tensor.broadcast(to: shape, axes: Array(0..<tensor.rank)), sums + [.axis(term.axis)]
      )
    }
    for i in factors.indices {
      let (tensor, sums) = factors[i]
      guard let axis = sums.firstIndex(where: { $0.plain == term.axis }) else { continue }
      let parts = sums.indices.map { $0 == axis ? padding : Pad.Part(low: 0, high: 0) }
      factors[i] = (tensor.padded(parts, value: 0), sums)
    }
    let others = rest.terms.flatMap { other -> [AxisSum.Term] in
      guard let new = replacement[other.axis] else {
        preconditionFailure("'\(description)' has two unknown axes in one position")
      }
      return new.terms.map { AxisSum.Term($0.axis, -other.coefficient * $0.coefficient) }
    }
    replacement[term.axis] = AxisSum(
      [AxisSum.Term(position)] + others, offset: range.upperBound - rest.offset)
  }

  private func substitute(_ sum: AxisSum, _ replacement: [Int: AxisSum]) -> AxisSum {
    var terms: [AxisSum.Term] = []
    var offset = sum.offset
    for term in sum.terms {
      guard let new = replacement[term.axis] else {
        preconditionFailure("'\(description)' loses axis \(axes[term.axis].name)")
      }
      terms += new.terms.map { AxisSum.Term($0.axis, $0.coefficient * term.coefficient) }
      offset += new.offset * term.coefficient
    }
    return AxisSum(terms, offset: offset)
  }

  /// Returns the axes with names that are all different.
  package static func distinct(_ axes: [Axis]) -> [Axis] {
    var seen: Set<String> = []
    return axes.map { axis in
      var name = axis.name
      var number = 2
      while seen.contains(name) {
        name = "\(axis.name)\(number)"
        number += 1
      }
      seen.insert(name)
      return Axis(name, axis.extent)
    }
  }
}
