internal import Foundation

/// The numbers that a run left, by name.
struct ZooValues: Sendable {
  /// Of results.csv the last line, or the outputs of a function.
  private(set) var last: [String: Double] = [:]
  /// The largest and the smallest number of each column.
  private(set) var most: [String: Double] = [:]
  private(set) var least: [String: Double] = [:]

  /// The numbers of a training, from its results.csv, or from those of its phases in order.
  init(results texts: [String]) {
    for text in texts { add(results: text) }
  }

  private mutating func add(results text: String) {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let head = lines.first else { return }
    for line in lines.dropFirst() {
      for (name, cell) in zip(head, line) {
        guard let number = Double(cell) else { continue }
        let name = String(name)
        last[name] = number
        most[name] = max(most[name] ?? number, number)
        least[name] = min(least[name] ?? number, number)
      }
    }
  }

  /// The outputs of a function, from the lines that are JSON: `p` of a scalar, `p[1,0]` of an
  /// array.
  init(outputs text: String) {
    for line in text.split(separator: "\n") {
      let json = try? JSONSerialization.jsonObject(with: Data(line.utf8))
      for (name, value) in json as? [String: Any] ?? [:] { add(value, name, []) }
    }
  }

  private mutating func add(_ value: Any, _ name: String, _ place: [Int]) {
    if let list = value as? [Any] {
      for (i, item) in list.enumerated() { add(item, name, place + [i]) }
    } else if let number = value as? NSNumber {
      let index = place.map { "\($0)" }.joined(separator: ",")
      last[place.isEmpty ? name : "\(name)[\(index)]"] = number.doubleValue
    }
  }
}
