internal import GraphIR
internal import LoopIR

/// The memory of a carry of a loop.
struct Carry {
  enum Form: Hashable {
    /// In one place, which each step updates.
    case place
    /// In two places, alternating: a step writes one while it reads the other.
    case turns
    /// In an array with a row for each step and one more, so that the stacked results with these
    /// numbers need no copies: the values at the beginning, or at the end, of all steps.
    case rows(before: [Int], after: [Int])
  }

  let form: Form
  /// The place, the two places or the rows.
  let array: Operand
  private let length: Int
  private let isReversed: Bool

  init(_ form: Form, of scan: Scan, in array: Operand) {
    self.form = form
    self.array = array
    (length, isReversed) = (scan.length, scan.isReversed)
  }

  /// How many places there are; nil if the place is that of the loop's result.
  var count: Int? {
    switch form {
    case .place: nil
    case .turns: 2
    case .rows: length + 1
    }
  }

  /// Where the value lies after a number of steps.
  func value(after steps: Index) -> Operand {
    switch form {
    case .place: array
    case .turns: array.slice(at: steps.divided(by: 2).remainder)
    case .rows: array.slice(at: isReversed ? Index(length) - steps : steps)
    }
  }

  /// Where the value lies in the beginning.
  var first: Operand { value(after: Index(0)) }
  /// Where the value lies in the end.
  var last: Operand { value(after: Index(length)) }

  /// The rows with the values at the beginning, or at the end, of all steps.
  func rows(isAfter: Bool) -> Operand {
    let start = isAfter == isReversed ? 0 : 1
    return .part(array, start..<(start + length))
  }
}

extension Scan {
  /// Returns the best memory for each carry.
  ///
  /// - Parameter isFree: true iff a result may be placed anywhere.
  func carryForms(_ kernels: KernelPlans, isFree: (_ result: Int) -> Bool) -> [Carry.Form] {
    let slots = slots
    let moving = movingCarries(kernels)
    let source = { (value: Value) in body.source(of: value) }
    var taken: Set<Int> = []
    func stacked(_ value: Value, _ type: TensorType) -> [Int] {
      let found = slots.stacks.filter { result in
        let output = body.outputs[result]
        return source(output) == value && body.type(output) == type && isFree(result)
          && !taken.contains(result)
      }
      taken.formUnion(found)
      return found
    }
    return slots.carries.map { carry in
      let output = body.outputs[carry.result]
      let type = body.type(output)
      let (old, new) = (Value(body.inputs[carry.input]), source(output))
      if old == new { return .place }
      let (before, after) = (stacked(old, type), stacked(new, type))
      if !before.isEmpty || !after.isEmpty { return .rows(before: before, after: after) }
      return moving.contains(carry) ? .turns : .place
    }
  }

  // The carries whose new values cannot be written over the old ones. Only the results of the body
  // are placed for that; the rest gets places when it is known where the loop keeps its carries.
  private func movingCarries(_ kernels: KernelPlans) -> Set<CarrySlot> {
    let slots = slots
    var inputs = body.inputs.indices.map { Operand.input($0) }
    var homes = body.outputs.indices.map { Home.new(.output($0)) }
    for (i, carry) in slots.carries.enumerated() {
      inputs[carry.input] = .temporary(i)
      homes[carry.result] = .update(.temporary(i))
    }
    let copied = Placement.copiedHomes(of: body, kernels, inputs: inputs, homes: homes)
    return Set(slots.carries.filter { copied.contains(inputs[$0.input]) })
  }
}

extension Graph {
  /// The value that `value` is another shape of.
  func source(of value: Value) -> Value {
    var value = value
    while self[value.node].op is Reshape { value = self[value.node].operands[0] }
    return value
  }
}
