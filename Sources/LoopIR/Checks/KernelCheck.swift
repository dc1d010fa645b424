/// The error of one number of a program.
package struct Deviation: Sendable {
  /// The reference that the number was compared with.
  package enum Reference: String, Sendable {
    case equation, loops, unoptimised = "-O0"
  }

  package let array: String
  package let position: [Int]
  package let found: Double
  package let expected: Double
  /// The allowed error.
  package let allowed: Double
  package let reference: Reference

  package init(
    array: String, position: [Int], found: Double, expected: Double, allowed: Double,
    reference: Reference
  ) {
    self.array = array
    self.position = position
    self.found = found
    self.expected = expected
    self.allowed = allowed
    self.reference = reference
  }

  /// The error as a share of the allowed one; above 1 is wrong.
  package var share: Double {
    let error = distance(found, expected)
    return error == 0 || allowed.isInfinite ? 0 : error / allowed
  }
}

/// The findings about the calls of one kernel.
package struct KernelFindings: Sendable {
  /// How many numbers the calls wrote.
  package var written = 0
  /// How many were compared with the kernel's equations or interpreted loops.
  package var checked = 0
  /// How many were compared with a build without optimisation.
  package var compared = 0
  /// How many of those have an infinite bound, as after an uncertain choice.
  package var open = 0
  /// How many were out of bounds.
  package var wrong = 0
  package var worst: Deviation?

  package init() {}

  /// Counts a number that was compared, and keeps it if it is the worst.
  package mutating func note(_ deviation: Deviation) {
    if deviation.share > 1 { wrong += 1 }
    if deviation.share > (worst?.share ?? -1) { worst = deviation }
  }

  /// Adds the findings of another call.
  package mutating func add(_ other: KernelFindings) {
    written += other.written
    checked += other.checked
    compared += other.compared
    open += other.open
    wrong += other.wrong
    if let deviation = other.worst, deviation.share > (worst?.share ?? -1) { worst = deviation }
  }
}

/// Limits of a check.
package struct CheckEffort: Sendable {
  /// How many elements of a large array to check.
  package var samples: Int
  /// About how many elements may be read to check one array.
  package var terms: Double

  package init(samples: Int, terms: Double) {
    self.samples = samples
    self.terms = terms
  }
}

/// Compares what compiled calls of a kernel wrote with the kernel's equations.
///
/// All numbers are compared with those of a build without optimisation, if there is one. Those that
/// differ most, and samples, are compared with the kernel's equations; a kernel without equations
/// is interpreted, if it is small. The results of such a kernel may depend on rounding more than
/// its operands do, as eigenvectors of eigenvalues that nearly agree: what differs is then allowed
/// as much as results change when the operands do by some roundings.
package struct KernelCheck {
  private let kernel: Kernel
  private let equations: KernelEquations?
  private let effort: CheckEffort
  private let isSmall: Bool

  package init(_ kernel: Kernel, _ effort: CheckEffort) {
    self.kernel = kernel
    self.effort = effort
    equations = KernelEquations(kernel)
    let cost = KernelCost(kernel)
    isSmall = Double(cost.operations + cost.bytes) <= effort.terms
  }

  /// True iff numbers can be checked without another build.
  package var hasMeaning: Bool { equations != nil || isSmall }

  /// Checks one call, given its arrays before it, after it, and after the same call of another
  /// build; arrays that are only read are the same in all three. `nudged` makes that other call
  /// with operands that differ by some roundings, and returns its arrays.
  package func findings(
    old: [ArrayView], new: [ArrayView], unoptimised: [ArrayView]?,
    nudged: () -> [ArrayView]? = { nil }, random: inout SampleSource
  ) -> KernelFindings {
    var result = strictFindings(old: old, new: new, unoptimised: unoptimised, random: &random, [:])
    guard equations == nil, result.wrong > 0, let unoptimised, let nudged = nudged() else {
      return result
    }
    let slack = kernel.parameters.indices.reduce(into: [Int: Double]()) { slack, n in
      guard new[n].type.isFloat else { return }
      slack[n] = Self.trust * unoptimised[n].largestDifference(from: nudged[n])
    }
    result = strictFindings(
      old: old, new: new, unoptimised: unoptimised, random: &random, slack)
    return result
  }

  // How many times the change that nudged operands cause is allowed.
  private static let trust = 4.0

  // Checks the call; `slack` is allowed for each array in addition to the usual tolerance.
  private func strictFindings(
    old: [ArrayView], new: [ArrayView], unoptimised: [ArrayView]?, random: inout SampleSource,
    _ slack: [Int: Double]
  ) -> KernelFindings {
    var result = KernelFindings()
    equations?.bind(kernel, old: old, new: new)
    let written = kernel.parameters.indices.filter {
      [.write, .readWrite].contains(kernel.parameters[$0].access)
    }
    for n in written {
      result.written += new[n].count
      guard let unoptimised else { continue }
      compare(n, old: old, new: new, unoptimised, slack[n] ?? 0, &result)
    }
    if let equations {
      for number in equations.results.indices {
        guard
          let n = written.first(where: {
            kernel.parameters[$0].buffer.id == equations.results[number].buffer.id
          })
        else { continue }
        checkSamples(equations, number, new[n], &random, &result)
      }
    } else if isSmall {
      interpret(old, new, written, slack, &result)
    }
    return result
  }
}

extension KernelCheck {
  // Checks all numbers that an equation gives, or the ends and some between them.
  private func checkSamples(
    _ equations: KernelEquations, _ number: Int, _ found: ArrayView,
    _ random: inout SampleSource, _ result: inout KernelFindings
  ) {
    let equation = equations.results[number]
    let extents = equation.domain.map(\.extent)
    let count = equation.count
    if count == 0 { return }
    let affordable = Int(min(effort.terms / equation.cost, 1e9))
    var positions: [[Int]] = []
    if count <= max(affordable, 8) {
      positions = (0..<count).map { place($0, extents) }
    } else {
      positions = ends(extents)
      let wanted = max(min(effort.samples, affordable), 8)
      for _ in 0..<max(wanted - positions.count, 4) {
        positions.append(place(random.next(below: count), extents))
      }
    }
    for position in positions {
      check(equations, number, position, found, &result)
    }
  }

  @discardableResult
  private func check(
    _ equations: KernelEquations, _ number: Int, _ position: [Int], _ found: ArrayView,
    _ result: inout KernelFindings
  ) -> Bounded? {
    guard let (offset, value) = equations.evaluate(number, at: position), offset < found.count
    else { return nil }
    result.checked += 1
    if value.bound.isInfinite { result.open += 1 }
    let buffer = equations.results[number].buffer
    result.note(
      Deviation(
        array: buffer.name, position: place(offset, buffer.shape), found: found.element(offset),
        expected: value.value, allowed: 2 * value.bound, reference: .equation))
    return value
  }

  // The corners, and the last position of each axis.
  private func ends(_ extents: [Int]) -> [[Int]] {
    let zero = extents.map { _ in 0 }
    var result = [zero, extents.map { $0 - 1 }]
    for axis in extents.indices where extents[axis] > 1 {
      var (near, far) = (result[0], result[1])
      near[axis] = extents[axis] - 1
      far[axis] = 0
      result += [near, far]
    }
    return result
  }

  // Compares all numbers of an array with those of another build, and those that differ most with
  // the equations. An equation may read other results of the kernel, which differ themselves.
  private func compare(
    _ n: Int, old: [ArrayView], new: [ArrayView], _ unoptimised: [ArrayView], _ slack: Double,
    _ result: inout KernelFindings
  ) {
    let (found, other, buffer) = (new[n], unoptimised[n], kernel.parameters[n].buffer)
    result.compared += found.count
    let differences = found.differences(from: other, most: 8)
    if differences.isEmpty { return }
    let number = equations?.results.firstIndex { $0.buffer.id == buffer.id }
    lazy var loose = found.tolerance(around: other) + slack
    for offset in differences {
      var allowed = loose
      if let equations, let number, let position = equations.position(number, offset: offset) {
        check(equations, number, position, found, &result)
        let near = equations.evaluate(number, at: position, inOneOrder: true)?.value
        equations.bind(kernel, old: old, new: unoptimised)
        let theirs = equations.evaluate(number, at: position, inOneOrder: true)?.value
        equations.bind(kernel, old: old, new: new)
        if let near, let theirs {
          allowed = 2 * near.bound + distance(near.value, theirs.value)
        }
      }
      result.note(
        Deviation(
          array: buffer.name, position: place(offset, buffer.shape),
          found: found.element(offset), expected: other.element(offset), allowed: allowed,
          reference: .unoptimised))
    }
  }

  // Compares with the interpreter of loops, for kernels without equations.
  private func interpret(
    _ old: [ArrayView], _ new: [ArrayView], _ written: [Int], _ slack: [Int: Double],
    _ result: inout KernelFindings
  ) {
    let arguments = old.map { view in (0..<view.count).map { view.element($0) } }
    let expected = LoopInterpreter.run(kernel, arguments)
    for n in written {
      let view = ArrayView(new[n].type, expected[n])
      let allowed = new[n].tolerance(around: view) + (slack[n] ?? 0)
      let buffer = kernel.parameters[n].buffer
      result.checked += view.count
      for offset in 0..<view.count {
        result.note(
          Deviation(
            array: buffer.name, position: place(offset, buffer.shape),
            found: new[n].element(offset), expected: expected[n][offset], allowed: allowed,
            reference: .loops))
      }
    }
  }
}

// The position of an element in row-major order.
private func place(_ offset: Int, _ extents: [Int]) -> [Int] {
  var rest = offset
  var result: [Int] = []
  for extent in extents.reversed() {
    result.append(rest % max(extent, 1))
    rest /= max(extent, 1)
  }
  return result.reversed()
}
