/// The equations of a kernel, compiled to be evaluated for single elements in 64-bit arithmetic,
/// with bounds for a program's rounding errors.
///
/// An element is evaluated on demand: one sum over a row rather than all loops of the kernel. An
/// array that the kernel writes is read as the kernel left it if an earlier equation defines it,
/// else as it was before; so each element is checked by itself and an error does not spread.
package final class KernelEquations {
  /// An equation for an array of the caller.
  package struct Result {
    package let buffer: Buffer
    /// The position in the array of each element of the equation.
    package let indices: [Index]
    /// The variables that count the elements, outermost first.
    package let domain: [Variable]
    /// The approximate number of elements read for one element.
    package let cost: Double

    /// How many elements there are.
    package var count: Int { domain.reduce(1) { $0 * $1.extent } }
  }

  typealias Code = () -> Bounded

  package private(set) var results: [Result] = []
  private let state: EquationState
  private var values: [Code] = []
  private var offsets: [() -> Int?] = []

  /// Returns nil if the kernel writes something without an equation, or if an equation depends on
  /// something the caller cannot see.
  package init?(_ kernel: Kernel) {
    state = EquationState(kernel)
    var compiler = EquationCompiler(kernel, state)
    for (number, definition) in kernel.definitions.enumerated() {
      guard case .buffer(let buffer, let indices) = definition.target,
        kernel.parameters.contains(where: { $0.buffer.id == buffer.id && $0.access != .scratch })
      else { continue }
      let domain = Set(indices.flatMap(\.variables)).sorted { $0.id < $1.id }
      let free = compiler.freeVariables(definition.value)
      guard free.isSubset(of: domain), indices.allSatisfy({ !$0.hasValue }) else { return nil }
      values.append(compiler.code(definition.value, number))
      offsets.append(compiler.offset(buffer, indices, number))
      results.append(
        Result(
          buffer: buffer, indices: indices, domain: domain,
          cost: compiler.cost(definition.value)))
    }
    let known = Set(results.map(\.buffer.id))
    let written = kernel.parameters.filter { $0.access == .write || $0.access == .readWrite }
    guard compiler.isComplete, written.allSatisfy({ known.contains($0.buffer.id) }) else {
      return nil
    }
  }

  /// Sets the arrays of a call, one for each parameter, before and after it.
  package func bind(_ kernel: Kernel, old: [ArrayView], new: [ArrayView]) {
    for (n, parameter) in kernel.parameters.enumerated() {
      state.old[parameter.buffer.id]?.view = old[n]
      state.new[parameter.buffer.id]?.view = new[n]
    }
    state.generation += 1
  }

  /// Returns the number of an element in its array, and its expected value; nil if it is out of
  /// bounds.
  ///
  /// - Parameter inOneOrder: true iff the bound is for programs that make sums in the same order.
  package func evaluate(
    _ result: Int, at position: [Int], inOneOrder: Bool = false
  ) -> (offset: Int, value: Bounded)? {
    for (variable, value) in zip(results[result].domain, position) {
      state.variables[variable.id] = value
    }
    if state.isInOneOrder != inOneOrder { state.generation += 1 }
    state.isInOneOrder = inOneOrder
    state.isOpen = false
    guard let offset = offsets[result]() else { return nil }
    let value = values[result]()
    let type = results[result].buffer.type
    let stored = type.stored(value.value)
    let bound = stored == value.value ? value.bound : value.bound + type.rounding(stored)
    return (offset, Bounded(stored, bound: bound))
  }

  /// Returns the position at which an equation defines an element, if the index can be inverted.
  package func position(_ result: Int, offset: Int) -> [Int]? {
    let result = results[result]
    var rest = offset
    var found: [Variable: Int] = [:]
    for (index, extent) in zip(result.indices, result.buffer.shape).reversed() {
      let place = rest % max(extent, 1)
      rest /= max(extent, 1)
      if let constant = index.asConstant {
        if constant != place { return nil }
      } else if let variable = (index - index.constant).asVariable {
        let value = place - index.constant
        guard (0..<variable.extent).contains(value), found[variable] ?? value == value else {
          return nil
        }
        found[variable] = value
      } else {
        return nil
      }
    }
    let position = result.domain.compactMap { found[$0] }
    return position.count == result.domain.count ? position : nil
  }
}

/// The state of an evaluation.
final class EquationState {
  /// The values of variables, by their number.
  let variables: UnsafeMutablePointer<Int>
  /// The arrays of the caller, by their number: as they were before the call, and as it left them.
  private(set) var old: [Int: ArrayBox] = [:]
  private(set) var new: [Int: ArrayBox] = [:]
  /// True iff an index that was just computed is not known for sure.
  var isOpen = false
  var isInOneOrder = false
  /// Changes when cached values become invalid.
  var generation = 0

  init(_ kernel: Kernel) {
    let count = (kernel.definitions.flatMap(\.allVariables).map(\.id).max() ?? 0) + 1
    variables = .allocate(capacity: count)
    variables.initialize(repeating: 0, count: count)
    for parameter in kernel.parameters {
      old[parameter.buffer.id] = ArrayBox()
      new[parameter.buffer.id] = ArrayBox()
    }
  }

  deinit { variables.deallocate() }
}

/// A place for an array that changes from call to call.
final class ArrayBox {
  var view = ArrayView(.f32, [])
}
