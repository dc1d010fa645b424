/// Returns the name with the fewest edits to `name`, if it is few enough to be meant.
func closest(to name: String, in names: [String]) -> String? {
  let ranked = names.map { ($0, edits(Array($0.utf8), Array(name.utf8))) }
  guard let best = ranked.min(by: { $0.1 < $1.1 }) else { return nil }
  return best.1 <= max(2, name.utf8.count / 3) ? best.0 : nil
}

// The number of letters to add, drop or change to make `b` of `a`.
private func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let change = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(change, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
