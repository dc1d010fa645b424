internal import Foundation

/// The results of a sweep as an SVG picture: the measure by the number of the trial, with the best
/// one so far as a line, and by each thing that varies.
struct SweepPicture {
  let plan: SweepPlan
  let measure: SweepMeasure
  let results: [TrialResult]

  // In pixels.
  private static let width = 300.0
  private static let height = 236.0
  private static let columns = 3
  private static let top = 40.0

  private static let style = """
    text{fill:#333} .title{font-size:13px;font-weight:bold} .name{font-weight:bold}
    .tick{fill:#666;font-size:9px} .frame{fill:none;stroke:#bbb} .grid{stroke:#eee}
    .so-far{fill:none;stroke:#999} .spread{stroke:#4477aa;stroke-opacity:.5}
    .trial{fill:#4477aa;fill-opacity:.65} .best{fill:#cc3311}
    """

  // The whole picture.
  var text: String {
    let known = results.filter { $0.measure != nil }.sorted { $0.number < $1.number }
    let count = 1 + plan.space.dimensions.count
    let columns = Double(min(count, Self.columns))
    let rows = Double((count + Self.columns - 1) / Self.columns)
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(px(columns * Self.width))" \
      height="\(px(Self.top + rows * Self.height))" font-family="sans-serif" font-size="10">
      <style>
      \(Self.style)
      </style>
      <rect width="100%" height="100%" fill="white"/>
      """,
      label(title(known), x: 12, y: 24, "title"),
    ]
    if !known.isEmpty { parts += panels(known) }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private func title(_ known: [TrialResult]) -> String {
    var parts = [measure.name, results.count == 1 ? "1 trial" : "\(results.count) trials"]
    if known.count < results.count { parts.append("\(results.count - known.count) failed") }
    if let best = known.ranked(by: measure).first, let value = best.measure {
      parts.append("best \(SweepTable.fixed(value)) in trial \(best.number)")
    }
    return parts.joined(separator: ", ")
  }

  // One by the number of the trial, then one for each dimension.
  private func panels(_ known: [TrialResult]) -> [String] {
    let best = known.ranked(by: measure).first?.number
    let y = PictureAxis(known.flatMap(ends), wide: 100)
    func panel(_ number: Int, _ name: String, _ x: PictureAxis, _ places: [Double]) -> String {
      let points = zip(known, places).map { result, place in
        SweepPanel.Point(
          x: place, value: result.measure ?? 0, ends: ends(result),
          isBest: result.number == best,
          note: "trial \(result.number): \(plan.words(of: result.values))")
      }
      let panel = SweepPanel(
        name: name, points: points, x: x, y: y,
        left: Double(number % Self.columns) * Self.width,
        top: Self.top + Double(number / Self.columns) * Self.height, width: Self.width,
        height: Self.height)
      return panel.text(soFar: number == 0 ? { measure.isBetter($0, than: $1) } : nil)
        + (number == 0 ? "\n" + label(measure.name, x: 58, y: Self.top + 17, "name") : "")
    }
    let numbers = known.map { Double($0.number) }
    let trials = PictureAxis(numbers, wide: .infinity)
    return [panel(0, "trial", trials, numbers.map(trials.place))]
      + plan.space.dimensions.enumerated().map { i, dimension in
        let axis = axis(of: dimension)
        return panel(i + 1, dimension.title, axis, known.map { axis.place(of: $0.values[i]) })
      }
  }

  private func axis(of dimension: Dimension) -> PictureAxis {
    switch dimension.values {
    case .range(let range): return PictureAxis([range.low, range.high], wide: 10)
    case .list(let words):
      let numbers = words.compactMap { Double($0) }
      return numbers.count == words.count ? PictureAxis(numbers, wide: 10) : .words(words)
    }
  }

  // The measure, and with folds a deviation to both sides. A lower end that is not positive has no
  // place on an axis of powers.
  private func ends(_ result: TrialResult) -> [Double] {
    guard let mean = result.measure, let spread = result.deviation else {
      return result.measure.map { [$0, $0] } ?? []
    }
    return [mean > 0 && mean <= spread ? mean : mean - spread, mean + spread]
  }
}

/// A panel: points in a frame, with an axis below and at the left.
private struct SweepPanel {
  struct Point {
    let x: Double
    let value: Double
    let ends: [Double]
    let isBest: Bool
    let note: String
  }

  let name: String
  let points: [Point]
  let x: PictureAxis
  let y: PictureAxis
  let left: Double
  let top: Double
  let width: Double
  let height: Double

  // The frame.
  private var a: Double { left + 58 }
  private var b: Double { left + width - 14 }
  private var c: Double { top + 24 }
  private var d: Double { top + height - 40 }

  // Points keep away from the frame.
  private func across(_ place: Double) -> Double { a + 8 + (b - a - 16) * place }
  private func up(_ value: Double) -> Double { d - 8 - (d - c - 16) * y.place(value) }

  /// The panel; with a line for the best value so far, if `isBetter` says what that is.
  func text(soFar isBetter: ((Double, Double) -> Bool)?) -> String {
    var parts = y.ticks.flatMap { tick in
      let height = d - 8 - (d - c - 16) * tick.place
      return [
        "<path class=\"grid\" d=\"M\(px(a)) \(px(height))H\(px(b))\"/>",
        label(tick.text, x: a - 5, y: height + 3, "tick", anchor: "end"),
      ]
    }
    parts += x.ticks.map {
      label($0.text, x: across($0.place), y: d + 13, "tick", anchor: "middle")
    }
    parts += [
      "<rect class=\"frame\" x=\"\(px(a))\" y=\"\(px(c))\" width=\"\(px(b - a))\" "
        + "height=\"\(px(d - c))\"/>",
      label(name, x: (a + b) / 2, y: d + 29, "name", anchor: "middle"),
    ]
    if let isBetter { parts.append(line(isBetter)) }
    // The best last, so that it is on top.
    parts += points.filter { !$0.isBest }.map(mark) + points.filter(\.isBest).map(mark)
    return parts.joined(separator: "\n")
  }

  private func line(_ isBetter: (Double, Double) -> Bool) -> String {
    var best: Double?
    var path = ""
    for point in points {
      let value = best.map { isBetter(point.value, $0) ? point.value : $0 } ?? point.value
      path +=
        path.isEmpty
        ? "M\(px(across(point.x))) \(px(up(value)))" : "H\(px(across(point.x)))V\(px(up(value)))"
      best = value
    }
    return "<path class=\"so-far\" d=\"\(path)\"/>"
  }

  private func mark(_ point: Point) -> String {
    let (x, y) = (px(across(point.x)), px(up(point.value)))
    var text = ""
    if let low = point.ends.first, let high = point.ends.last, low < high {
      text = "<path class=\"spread\" d=\"M\(x) \(px(up(low)))V\(px(up(high)))\"/>"
    }
    return text + "<circle class=\"\(point.isBest ? "best" : "trial")\" cx=\"\(x)\" cy=\"\(y)\" "
      + "r=\"\(point.isBest ? 4 : 3)\"><title>\(escaped(point.note)): "
      + "\(SweepTable.fixed(point.value))</title></circle>"
  }
}

private func label(
  _ text: String, x: Double, y: Double, _ role: String, anchor: String = "start"
) -> String {
  "<text class=\"\(role)\" x=\"\(px(x))\" y=\"\(px(y))\" text-anchor=\"\(anchor)\">"
    + "\(escaped(text))</text>"
}

// With one decimal.
private func px(_ length: Double) -> String { String(format: "%.1f", length) }

private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
