import Foundation
import GraphIR
import TestSupport

/// One file of `Tests/Reference`, as its README describes it.
struct ReferenceFile: Decodable {
  let group: String
  let cases: [ReferenceCase]

  /// Reads the file of a group.
  init(_ group: String) throws {
    let file = repository.appending(path: "Tests/Reference/\(group).json")
    self = try JSONDecoder().decode(Self.self, from: try Data(contentsOf: file))
  }
}

/// One thing that PyTorch was asked, and its answer.
struct ReferenceCase: Decodable, Sendable {
  let name: String
  let attributes: [String: Attribute]
  let inputs: [String: ReferenceNumbers]
  let parameters: [String: ReferenceNumbers]
  let outputs: [String: ReferenceNumbers]
  let seed: [String: ReferenceNumbers]
  let gradients: [String: ReferenceNumbers]

  /// A number of the attributes; `absent` if there is none.
  func number(_ name: String, _ absent: Double = 0) -> Double {
    if case .number(let value)? = attributes[name] { value } else { absent }
  }

  /// A whole number of the attributes.
  func count(_ name: String) -> Int { Int(number(name)) }

  /// A list of whole numbers of the attributes.
  func counts(_ name: String) -> [Int] { list(name).map { Int($0) } }

  /// A list of numbers of the attributes.
  func list(_ name: String) -> [Double] {
    if case .list(let values)? = attributes[name] { values } else { [] }
  }

  /// A word of the attributes.
  func text(_ name: String) -> String {
    if case .text(let value)? = attributes[name] { value } else { "" }
  }

  /// True iff an attribute is there and true.
  func flag(_ name: String) -> Bool {
    if case .flag(true)? = attributes[name] { true } else { false }
  }
}

/// A tensor: nested lists in the file.
struct ReferenceNumbers: Decodable, Sendable {
  let shape: [Int]
  let values: [Double]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      (shape, values) = ([], [number])
    } else if let row = try? container.decode([Double].self) {
      (shape, values) = ([row.count], row)
    } else {
      let rows = try container.decode([ReferenceNumbers].self)
      shape = [rows.count] + (rows.first?.shape ?? [])
      values = rows.flatMap(\.values)
    }
  }

  /// The elements of the `i`-th of the parts along the first axis.
  func part(_ i: Int) -> [Double] {
    let size = values.count / shape[0]
    return Array(values[(i * size)..<((i + 1) * size)])
  }
}

/// What makes a case different from others of its kind.
enum Attribute: Decodable, Sendable {
  case number(Double)
  case flag(Bool)
  case text(String)
  case list([Double])
  case none

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .list(try container.decode([Double].self))
    }
  }
}

/// Returns what is wrong with `found` against `expected`, or nil.
///
/// Differences are measured by the largest element: a small one may be the rest of large ones.
func difference(
  _ found: [Double], _ expected: [Double], relative tolerance: Double
) -> String? {
  guard found.count == expected.count else {
    return "\(found.count) numbers instead of \(expected.count)"
  }
  let scale = expected.map(abs).max() ?? 0
  for (i, (a, b)) in zip(found, expected).enumerated() where !(abs(a - b) <= tolerance * scale) {
    return "element \(i) is \(a) instead of \(b)"
  }
  return nil
}
