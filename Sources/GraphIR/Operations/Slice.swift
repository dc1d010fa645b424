internal import LoopIR
package import Support

/// A part of each axis: element `i` of the result is element `start + i * step`; a negative step
/// runs backwards.
///
///     %1 = slice %0 {0:15, 7:0:-1} : f32[16, 8]
package struct Slice: Operation {
  /// One axis: where to begin, how far to go each time, how many.
  package struct Part: Hashable, Sendable {
    package let start: Int
    package let step: Int
    package let count: Int

    package init(start: Int, step: Int = 1, count: Int) {
      self.start = start
      self.step = step
      self.count = count
    }

    /// The last element taken.
    package var last: Int { start + (count - 1) * step }
  }

  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  package static let word = "slice"

  /// First and last element of each axis, and the step unless it is 1.
  package var attributes: String {
    parts.map { $0.step == 1 ? "\($0.start):\($0.last)" : "\($0.start):\($0.last):\($0.step)" }
      .joined(separator: ", ")
  }

  package init(from text: inout OperationText) throws(ParseError) {
    let dims = try text.type().dims
    var parts: [Part] = []
    while !text.attributes.isAtEnd {
      if !parts.isEmpty { try text.attributes.expect(",") }
      parts.append(try Slice.part(count: dims.dropFirst(parts.count).first ?? 1, &text))
    }
    self.parts = parts
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .view }

  /// A part of each axis, with at least one element, that lies inside the operand.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard parts.count == x.rank else {
      throw .needsRank(mnemonic, "\(parts.count)", "the operand", x)
    }
    for (axis, part) in parts.enumerated() {
      let (low, high) = (min(part.start, part.last), max(part.start, part.last))
      guard part.count > 0, part.step != 0 || part.count == 1, low >= 0, high < x.dims[axis] else {
        throw .slice(axis: axis, low, high + 1, x)
      }
    }
    return [TensorType(x.element, parts.map(\.count))]
  }

  /// The seed with zeros for the elements that are left out; reversed axes are reversed back first.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard var seed = context.seeds[0] else { return [nil] }
    let dims = context.operands[0].shape.dims
    // Reversed axes are reversed back; then padding with zeros, around and between, undoes a slice.
    if parts.contains(where: { $0.step < 0 }) {
      seed = seed.reversed(axes: parts.indices.filter { parts[$0].step < 0 })
    }
    let padding = zip(parts, dims).map { part, extent in
      let low = min(part.start, part.last)
      let high = max(part.start, part.last)
      return Pad.Part(low: low, high: extent - 1 - high, interior: abs(part.step) - 1)
    }
    return [seed.padded(padding, value: 0)]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      access(0, zip(index, parts).map { $0 * $1.step + $1.start })
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    [
      Numbers(resultTypes(for: operands)[0]) { position in
        operands[0][bounded: zip(parts, position).map { $0.start + $1 * $0.step }]
      }
    ]
  }
}

extension Slice {
  // Reads one axis as `attributes` writes it; the extent of the result is the number of elements.
  private static func part(
    count: Int, _ text: inout OperationText
  ) throws(ParseError) -> Part {
    let place = text.attributes
    let start = try text.attributes.integer("the first element", in: text.attribute)
    try text.attributes.expect(":")
    let last = try text.attributes.integer("the last element", in: text.attribute)
    let step =
      text.attributes.accept(":")
      ? try text.attributes.integer("a step", in: text.attribute) : 1
    let part = Part(start: start, step: step, count: count)
    guard part.last == last else {
      throw place.error(
        "\(count) elements from \(start) in steps of \(step) end at \(part.last), not at \(last)")
    }
    return part
  }
}
