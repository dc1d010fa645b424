package import LoopIR
package import Support

/// Elements of one value before, after and between the elements of each axis; a negative number
/// removes elements.
///
///     %1 = pad %0 {0.0; 0:0, 1:1} : f32[16, 10]
package struct Pad: TypedOperation {
  /// One axis: how many before, after, and between two neighbours.
  package struct Part: Hashable, Sendable {
    package let low: Int
    package let high: Int
    package let interior: Int

    package init(low: Int, high: Int, interior: Int = 0) {
      self.low = low
      self.high = high
      self.interior = interior
    }

    /// The extent that an axis of `extent` elements gets.
    package func extent(_ extent: Int) -> Int {
      low + high + extent + max(0, extent - 1) * interior
    }
  }

  package let parts: [Part]
  package let value: Literal

  package init(_ parts: [Part], value: Literal) {
    self.parts = parts
    self.value = value
  }

  package static let word = "pad"

  /// The value, then low, high and interior of each axis.
  package var attributes: String {
    let axes = parts.map { part in
      "\(part.low):\(part.high)" + (part.interior == 0 ? "" : ":\(part.interior)")
    }
    return "\(value); \(axes.joined(separator: ", "))"
  }

  package init(from text: inout OperationText) throws(ParseError) {
    value = try text.attributes.literal(text.type().element)
    var parts: [Part] = []
    while text.attributes.accept(parts.isEmpty ? ";" : ",") {
      let low = try text.attributes.integer("a number of elements", in: text.attribute)
      try text.attributes.expect(":")
      let high = try text.attributes.integer("a number of elements", in: text.attribute)
      let interior =
        text.attributes.accept(":")
        ? try text.attributes.integer("a number of elements", in: 0...text.attribute.upperBound) : 0
      parts.append(Part(low: low, high: high, interior: interior))
    }
    self.parts = parts
  }

  package var operandCount: ClosedRange<Int> { 1...1 }
  package var role: FusionRole { .choice }

  package func retyped(_ change: (ElementType) -> ElementType) -> Pad {
    Pad(parts, value: value.retyped(change))
  }

  /// An amount for each axis, which leaves at least one element; the element type stays.
  package func resultTypes(_ operands: [TensorType]) throws(TypeError) -> [TensorType] {
    let x = operands[0]
    guard parts.count == x.rank else {
      throw .needsRank(mnemonic, "\(parts.count)", "the operand", x)
    }
    let dims = zip(parts, x.dims).map { $0.extent($1) }
    guard dims.allSatisfy({ $0 > 0 }) else { throw .negativeExtent(mnemonic, x, dims) }
    return [TensorType(x.element, dims)]
  }

  /// The seed without the added elements, and with zeros for removed ones.
  package func gradient(_ context: GradientContext) -> [Tensor?] {
    guard let seed = context.seeds[0] else { return [nil] }
    // Cuts added elements, puts zeros back for removed ones, then skips those in between.
    let outer = parts.map { Pad.Part(low: -$0.low, high: -$0.high) }
    let trimmed = seed.padded(outer, value: 0)
    return [
      trimmed.sliced(
        zip(parts, context.operands[0].shape.dims).map {
          Slice.Part(start: 0, step: $0.interior + 1, count: $1)
        })
    ]
  }

  package func definition(_ operands: [TensorType], _ results: [TensorType])
    -> OperationDefinition
  {
    .element { access, index in
      var inside: [Expression] = []
      var source: [Index] = []
      for (axis, part) in parts.enumerated() {
        let extent = operands[0].dims[axis]
        let (position, between) = (index[axis] - part.low).divided(by: part.interior + 1)
        if between.range != 0...0 { inside.append(.within(between, 0..<1)) }
        let range = position.range
        if range.lowerBound < 0 || range.upperBound >= extent {
          inside.append(.within(position, 0..<extent))
        }
        source.append(position)
      }
      let element = access(0, source)
      guard let first = inside.first else { return element }
      let condition = inside.dropFirst().reduce(first) { .apply(.and, [$0, $1]) }
      return .apply(.select, [condition, element, .literal(value)])
    }
  }

  package func evaluate(_ operands: [Numbers]) -> [Numbers] {
    let x = operands[0]
    let number = x.type.element.stored(value.double)
    let filling = Bounded(number, bound: distance(number, value.double))
    return [
      Numbers(resultTypes(for: operands)[0]) { position in
        var source: [Int] = []
        for (part, (at, extent)) in zip(parts, zip(position, x.dims)) {
          let inside = at - part.low
          guard inside >= 0, inside % (part.interior + 1) == 0,
            inside / (part.interior + 1) < extent
          else { return filling }
          source.append(inside / (part.interior + 1))
        }
        return x[bounded: source]
      }
    ]
  }
}
