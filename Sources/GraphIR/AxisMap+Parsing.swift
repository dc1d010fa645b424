package import Support

extension Scanner {
  /// Takes a map with a given number of operands, as `AxisMap` describes it.
  package mutating func axisMap(operands count: Int) throws(ParseError) -> AxisMap {
    var axes: [Axis] = []
    try expect("[")
    try list(until: "|", of: &axes)
    let resultRank = axes.count
    try list(until: "]", of: &axes)
    var operands: [[AxisSum]] = []
    for _ in 0..<count {
      try expect("(")
      var sums: [AxisSum] = []
      while !accept(")") {
        if !sums.isEmpty { try expect(",") }
        sums.append(try axisSum(axes))
      }
      operands.append(sums)
    }
    return AxisMap(axes, resultRank: resultRank, operands: operands)
  }

  // Axes with their extents, up to `symbol`.
  private mutating func list(until symbol: String, of axes: inout [Axis]) throws(ParseError) {
    let known = axes.count
    while !accept(symbol) {
      if axes.count > known { try expect(",") }
      let place = self
      let name = try name("the name of an axis")
      if axes.contains(where: { $0.name == name }) {
        throw place.error("there are two axes '\(name)'")
      }
      try expect("=")
      axes.append(Axis(name, try integer("an extent", in: 1...(1 << 48))))
    }
  }

  // As in `2*y+u-1`.
  private mutating func axisSum(_ axes: [Axis]) throws(ParseError) -> AxisSum {
    let place = self
    var terms: [AxisSum.Term] = []
    var offset = 0
    var reach = 0.0
    var sign = accept("-") ? -1 : 1
    repeat {
      if startsDigit {
        let size = try integer(in: 0...(1 << 30))
        if accept("*") {
          terms.append(AxisSum.Term(try axis(axes), sign * size))
        } else {
          offset += sign * size
        }
      } else {
        terms.append(AxisSum.Term(try axis(axes), sign))
      }
      if let last = terms.last {
        reach += Double(axes[last.axis].extent) * Double(last.coefficient.magnitude)
      }
      if accept("+") {
        sign = 1
      } else if accept("-") {
        sign = -1
      } else {
        sign = 0
      }
    } while sign != 0
    guard reach < 0x1p60 else { throw place.error("the position is too large") }
    return AxisSum(terms, offset: offset)
  }

  // The number of a named axis.
  private mutating func axis(_ axes: [Axis]) throws(ParseError) -> Int {
    let place = self
    let name = try name("the name of an axis")
    guard let axis = axes.firstIndex(where: { $0.name == name }) else {
      throw place.error("there is no axis '\(name)'")
    }
    return axis
  }
}
