internal import LoopIR
internal import Support

/// The memory plan as an SVG picture.
///
/// Steps run to the right, bytes upwards. Functions are side by side, as all use the same arena;
/// below them is the state, which is always alive. Names are written where they fit; a tooltip has
/// everything about an array.
struct MemoryPicture {
  // In pixels.
  private static let left = 112.0
  private static let top = 72.0
  private static let gap = 20.0
  private static let narrowest = 64.0
  private static let letter = 5.6
  private static let line = 11.0

  private let program: LoopProgram
  private let layout: StateLayout
  /// The functions that use the arena.
  private let functions: [LoopFunction]
  private let width: Double
  private let arenaHeight: Double
  private let stateHeight: Double

  init(_ program: LoopProgram) {
    self.program = program
    layout = StateLayout(program.states)
    functions = program.functions.filter { !$0.temporaries.isEmpty }
    let count = Double(max(1, functions.count))
    width = max(1200, count * (Self.narrowest + Self.gap))
    arenaHeight = program.arenaBytes == 0 ? 0 : 560
    // At the scale of the arena, if it is visible at that scale and leaves room for the arena.
    let share = Double(layout.bytes) / Double(max(1, program.arenaBytes))
    stateHeight = layout.bytes == 0 ? 0 : min(240, max(60, share * arenaHeight))
  }

  // The whole picture.
  var text: String {
    let height = stateTop + stateHeight + 56
    let total = layout.bytes + program.arenaBytes
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(px(Self.left + width + 24))" \
      height="\(px(height))" font-family="sans-serif" font-size="10">
      <style>
      \(Self.style)
      </style>
      <rect width="100%" height="100%" fill="white"/>
      """,
      label(
        "\(program.name): \(total.grouped) bytes, \(layout.bytes.grouped) of state and "
          + "\(program.arenaBytes.grouped) of working memory, \(program.arenaLowerBound.grouped) "
          + "of it alive at once", x: 12, y: 22, "title"),
      legend,
    ]
    if arenaHeight > 0 { parts += [arena] }
    if stateHeight > 0 { parts += [state] }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  // The states, in the order of the block.
  private var stateTop: Double {
    Self.top + arenaHeight + (arenaHeight > 0 && stateHeight > 0 ? 52 : 0)
  }
}

// The arena.
extension MemoryPicture {
  // The live ranges of all temporaries, function by function.
  private var arena: String {
    var parts = axis("working memory", program.arenaBytes, top: Self.top, height: arenaHeight)
    for (function, place) in zip(functions, places) {
      parts.append(picture(of: function, from: place.x, width: place.width))
    }
    let bound = y(program.arenaLowerBound)
    let right = Self.left + width
    parts += [
      "<path class=\"bound\" d=\"M\(px(Self.left)) \(px(bound))H\(px(right))\"><title>no plan can "
        + "do with less than \(program.arenaLowerBound.grouped) bytes</title></path>"
    ]
    return parts.joined(separator: "\n")
  }

  // From the bottom of the arena.
  private func y(_ offset: Int) -> Double {
    let bytes = Double(max(program.arenaBytes, program.arenaLowerBound))
    return Self.top + arenaHeight * (1 - Double(offset) / bytes)
  }

  /// The place of each function: a minimum width each, and the rest in proportion to the number of
  /// steps.
  private var places: [(x: Double, width: Double)] {
    let counts = functions.map { Double(max(1, $0.steps.flattened.count)) }
    let all = counts.reduce(0, +)
    let free = width - Double(functions.count) * (Self.narrowest + Self.gap) + Self.gap
    var x = Self.left
    return counts.map { count in
      let own = Self.narrowest + free * count / all
      defer { x += own + Self.gap }
      return (x, own)
    }
  }

  // One function: a rectangle for each temporary, from its first to its last step.
  private func picture(of function: LoopFunction, from x: Double, width: Double) -> String {
    let count = max(1, function.steps.flattened.count)
    let step = width / Double(count)
    let scratch = scratch(of: function)
    let bottom = Self.top + arenaHeight
    var parts = [
      "<rect class=\"back\" x=\"\(px(x))\" y=\"\(px(Self.top))\" width=\"\(px(width))\" "
        + "height=\"\(px(arenaHeight))\"/>",
      label(
        fitting("\(function.name), \(count) steps", width) ?? fitting(function.name, width) ?? "",
        x: x, y: Self.top - 6, "head"),
    ]
    for (i, temporary) in function.temporaries.enumerated() {
      let array = temporary.array
      let life = temporary.life
      let role = scratch.contains(i) ? "scratch" : isGradient(array) ? "gradient" : "value"
      let (top, foot) = (y(temporary.offset + array.bytes), y(temporary.offset))
      let box = Box(
        x: x + Double(life.lowerBound) * step, y: top, width: Double(life.count) * step,
        height: foot - top)
      let place = "at \(temporary.offset.grouped), steps \(life.lowerBound)-\(life.upperBound)"
      parts.append(rectangle(box, array, role, place))
    }
    let ticks = stride(from: 0, to: count, by: niceStep(count, room: width, each: 32))
    for tick in ticks {
      let middle = x + (Double(tick) + 0.5) * step
      parts.append(label("\(tick)", x: middle, y: bottom + 13, "tick"))
    }
    return parts.joined(separator: "\n")
  }

  // Scratch temporaries of kernels, and panels, which are recognised by their names.
  private func scratch(of function: LoopFunction) -> Set<Int> {
    var result = Set(
      function.temporaries.indices.filter {
        function.temporaries[$0].array.name.hasSuffix("_panels")
      })
    for case .call(let kernel, let operands) in function.steps.flattened {
      for (operand, parameter) in zip(operands, program.kernels[kernel].parameters)
      where parameter.access == .scratch {
        if case .temporary(let i) = operand.base { result.insert(i) }
      }
    }
    return result
  }

  // The names of gradients begin like this.
  private func isGradient(_ array: ArrayDeclaration) -> Bool { array.name.hasPrefix("d_") }
}

// The state.
extension MemoryPicture {
  private var state: String {
    var parts = axis("state", layout.bytes, top: stateTop, height: stateHeight)
    for (slot, offset) in zip(program.states, layout.offsets) {
      let scale = stateHeight / Double(layout.bytes)
      let height = Double(slot.array.bytes) * scale
      let box = Box(
        x: Self.left, y: stateTop + stateHeight - Double(offset) * scale - height, width: width,
        height: height)
      let role = slot.role.rawValue
      parts.append(rectangle(box, slot.array, role, "\(role), at \(offset.grouped)"))
    }
    return parts.joined(separator: "\n")
  }
}

// Parts of both.
extension MemoryPicture {
  private struct Box {
    let x: Double
    let y: Double
    let width: Double
    let height: Double
  }

  private static let style = """
    text { fill: #222 } .title { font-size: 14px; font-weight: bold } .head { font-weight: bold }
    .tick { text-anchor: middle; fill: #666 } .bytes { text-anchor: end; fill: #666 }
    .grid { stroke: #ddd; fill: none } .back { fill: black; fill-opacity: 0.03 }
    .bound { stroke: #c00; stroke-dasharray: 6 4; stroke-width: 1.5; fill: none }
    .box { stroke: white; stroke-width: 0.5 }
    .value { fill: #8ecae6 } .gradient { fill: #ffb47b } .scratch { fill: #c9c9c9 }
    .parameter { fill: #90be6d } .optimizer { fill: #b8a1d9 } .statistic { fill: #f9d65c }
    .setting { fill: #e29aa8 } .counter { fill: #a8a29e } .cache { fill: #76c7b7 }
    .derived { fill: #cfe1b9 } .measure { fill: #d9c7a0 } .epoch, .total, .first { fill: #a8a29e }
    """

  // The colours of values, gradients, scratch memory and the roles of states.
  private var legend: String {
    let roles = ["value", "gradient", "scratch"] + StateRole.allCases.map(\.rawValue)
    let used = Set(program.states.map(\.role.rawValue))
    var x = 12.0
    var parts: [String] = []
    for role in roles where used.contains(role) || StateRole(rawValue: role) == nil {
      parts.append(
        "<rect class=\"\(role)\" x=\"\(px(x))\" y=\"32\" width=\"10\" height=\"10\"/>")
      parts.append(label(role, x: x + 14, y: 41, "name"))
      x += 30 + Double(role.count) * 6
    }
    parts.append("<path class=\"bound\" d=\"M\(px(x)) 37h24\"/>")
    parts.append(label("alive at once, the lower bound of any plan", x: x + 30, y: 41, "name"))
    return parts.joined(separator: "\n")
  }

  private func rectangle(
    _ box: Box, _ array: ArrayDeclaration, _ role: String, _ place: String
  ) -> String {
    let title = "\(array.name): \(array.type)\(array.shape), \(array.bytes.grouped) bytes, \(place)"
    let shape =
      "<rect class=\"box \(role)\" x=\"\(px(box.x))\" y=\"\(px(box.y))\" "
      + "width=\"\(px(box.width))\" height=\"\(px(box.height))\"><title>\(escaped(title))</title>"
      + "</rect>"
    guard box.height >= Self.line, let name = fitting(array.name, box.width - 4) else {
      return shape
    }
    return shape + "\n" + label(name, x: box.x + 3, y: box.y + box.height / 2 + 3.5, "name")
  }

  // The scale at the left, with what it is of.
  private func axis(_ name: String, _ bytes: Int, top: Double, height: Double) -> [String] {
    var parts = [label(name, x: 12, y: top - 6, "head")]
    for tick in stride(from: 0, through: bytes, by: niceStep(bytes, room: height, each: 30)) {
      let y = top + height * (1 - Double(tick) / Double(bytes))
      parts.append(
        "<path class=\"grid\" d=\"M\(px(Self.left - 4)) \(px(y))H\(px(Self.left + width))\"/>")
      parts.append(label(tick.grouped, x: Self.left - 8, y: y + 3.5, "bytes"))
    }
    return parts
  }

  // Nil if a text is too long for a width.
  private func fitting(_ text: String, _ width: Double) -> String? {
    Double(text.count) * Self.letter <= width ? text : nil
  }

  private func label(_ text: String, x: Double, y: Double, _ role: String) -> String {
    "<text class=\"\(role)\" x=\"\(px(x))\" y=\"\(px(y))\">\(escaped(text))</text>"
  }

  // The distance between ticks: 1, 2 or 5 times a power of ten, large enough to keep them apart.
  private func niceStep(_ extent: Int, room: Double, each: Double) -> Int {
    var unit = 1
    while true {
      for step in [unit, 2 * unit, 5 * unit]
      where Double(step) * room >= Double(extent) * each || step >= extent { return step }
      unit *= 10
    }
  }

  // With one decimal.
  private func px(_ length: Double) -> String {
    let tenths = Int((length * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return sign + "\(abs(tenths) / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths) % 10)")
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
