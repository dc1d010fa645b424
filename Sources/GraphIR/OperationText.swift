package import LoopIR
package import Support

/// The text of one node, taken apart for its operation to read.
package struct OperationText {
  package let mnemonic: String
  /// The text in the braces; an operation must read all of it.
  package var attributes: Scanner
  /// The types of the results.
  package let types: [TensorType]
  /// The regions in braces after the node.
  package let regions: [Graph]
  // The place of the types, for messages.
  let place: Scanner

  /// The range of integers in attributes: sums and products of a few cannot overflow.
  package let attribute = -(1 << 30)...(1 << 30)

  /// Returns the type of the only result.
  package func type() throws(ParseError) -> TensorType {
    guard types.count == 1, let type = types.first else {
      throw place.error("'\(mnemonic)' has one result; found \(types.count) types")
    }
    return type
  }

  /// Returns the only graph.
  package func region() throws(ParseError) -> Graph {
    guard regions.count == 1, let region = regions.first else {
      throw place.error("'\(mnemonic)' has one graph in braces; found \(regions.count)")
    }
    return region
  }

  /// Returns the two graphs.
  package func twoRegions() throws(ParseError) -> (Graph, Graph) {
    guard regions.count == 2 else {
      throw place.error("'\(mnemonic)' has two graphs in braces; found \(regions.count)")
    }
    return (regions[0], regions[1])
  }

  /// Takes a list of integers, possibly empty.
  package mutating func integers(_ what: String) throws(ParseError) -> [Int] {
    if attributes.isAtEnd { return [] }
    var list: [Int] = []
    repeat {
      list.append(try attributes.integer(what, in: attribute))
    } while attributes.accept(",")
    return list
  }
}

extension Scanner {
  /// The largest number of elements that a tensor in text may have.
  private static var largestCount: Int { Shape.mostElements }

  /// Takes a type, as in `f32[32, 784]`.
  package mutating func tensorType() throws(ParseError) -> TensorType {
    var ahead = self
    let element: ElementType = try ahead.choice("an element type")
    try ahead.expect("[")
    var dims: [Int] = []
    var count = 1
    while !ahead.accept("]") {
      if !dims.isEmpty { try ahead.expect(",") }
      dims.append(try ahead.integer("an extent", in: 1...Scanner.largestCount))
      let product = count.multipliedReportingOverflow(by: dims[dims.count - 1])
      guard !product.overflow, product.partialValue <= Scanner.largestCount else {
        throw error("a tensor has at most 2^31 - 1 elements")
      }
      count = product.partialValue
    }
    self = ahead
    return TensorType(element, dims)
  }

  /// Takes a constant of a given type, as `Literal` describes it.
  package mutating func literal(_ type: ElementType) throws(ParseError) -> Literal {
    let what = "a number of type \(type)"
    var ahead = self
    let literal: Literal?
    switch type {
    case .bool:
      let word = try ahead.word("'true' or 'false'")
      guard word == "true" || word == "false" else { throw expected("'true' or 'false'") }
      literal = Literal(word == "true" ? 1 : 0 as Int64, .bool)
    case .f32, .f64, .f16, .bf16:
      literal = Double(try ahead.number(what)).map { Literal($0, type) }
    case .u64: literal = UInt64(try ahead.number(what)).map { Literal(Int64(bitPattern: $0), type) }
    case .i8, .u8, .i16, .i32, .i64, .u32:
      literal = Int64(try ahead.number(what)).map { Literal($0, type) }
    }
    guard let literal else { throw expected(what) }
    self = ahead
    return literal
  }

  /// Takes the number of a state, as in `@3`.
  package mutating func stateID() throws(ParseError) -> StateID {
    var ahead = self
    guard ahead.accept("@") else { throw expected("a state, as in '@0'") }
    let number = try ahead.integer("the number of a state", in: 0...(1 << 30))
    self = ahead
    return StateID(index: number)
  }
}
