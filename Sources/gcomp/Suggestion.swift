/// Returns `; did you mean '...'?` with the candidate closest to `word`, or nothing if none is
/// close.
func suggestion(for word: String, among candidates: [String]) -> String {
  let distances = candidates.map { (distance: editDistance(word, $0), candidate: $0) }
  guard let best = distances.min(by: { $0.distance < $1.distance }),
    best.distance <= max(1, best.candidate.count / 3)
  else { return "" }
  return "; did you mean '\(best.candidate)'?"
}

/// How many letters must be added, removed, changed, or exchanged with a neighbour.
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var rows = [Array(0...b.count)]
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, rows[i - 1][j - 1] + 1)
      }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[a.count][b.count]
}
