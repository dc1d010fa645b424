import Foundation
import GraphIR
import LoopIR
import TestSupport

/// A tensor of a sample: its type as PyTorch has it, and its elements.
struct OpInfoTensor: Sendable {
  let element: ElementType
  let dims: [Int]
  let values: [Double]
}

/// One argument of a call.
indirect enum OpInfoValue: Sendable {
  /// A tensor, by its number among all tensors of the call.
  case tensor(Int)
  case number(Double, isWhole: Bool)
  case flag(Bool)
  case text(String)
  case type(ElementType)
  case list([OpInfoValue])
  case slice([OpInfoValue])
  case ellipsis
  case none
}

/// One call of an operation of PyTorch, and what came of it.
struct OpInfoSample: Sendable {
  /// The operation with its variant, as in `div:floor_rounding`.
  let name: String
  /// The line of the call in its file.
  let line: Int
  var arguments: [OpInfoValue] = []
  var keywords: [String: OpInfoValue] = [:]
  /// All tensors among the arguments.
  var inputs: [OpInfoTensor] = []
  /// The results, and whether each counts in the number whose gradient is taken.
  var outputs: [(tensor: OpInfoTensor, counts: Bool)] = []
  /// Gradients by inputs.
  var gradients: [(input: Int, tensor: OpInfoTensor)] = []

  /// The numbers by which the elements of a result count; the generator knows the formula.
  static func weights(_ place: Int, _ count: Int) -> [Double] {
    (0..<count).map { Double((37 * $0 + 11 * place) % 19 - 9) / 8 }
  }
}

/// The samples of one file of `Tests/Reference/opinfo`.
struct OpInfoFile: Sendable {
  let family: String
  let samples: [OpInfoSample]

  /// Reads the file of a family.
  init(_ family: String) throws {
    self.family = family
    let file = OpInfoFile.folder.appending(path: "\(family).txt")
    var reader = OpInfoReader()
    let text = try Data(contentsOf: file)
    for (i, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
      try reader.read(line, i + 1)
    }
    samples = reader.samples
  }

  /// Where the files are.
  static let folder = repository.appending(path: "Tests/Reference/opinfo")

  /// The names of all families.
  static func families() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".txt") && $0 != "names.txt" }.map { String($0.dropLast(4)) }.sorted()
  }
}

/// Reads lines: `op`, then for each call `s` with the arguments, results `o` or, if their gradient
/// is taken, `d`, and gradients `g`.
private struct OpInfoReader {
  var samples: [OpInfoSample] = []
  private var name = ""
  private var words: [String] = []
  private var place = 0

  mutating func read(_ line: Data, _ number: Int) throws {
    words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
    place = 1
    let last = samples.count - 1
    switch words[0] {
    case "op": name = words[1]
    case "s":
      var sample = OpInfoSample(name: name, line: number)
      while place < words.count {
        if words[place].hasSuffix("="), words[place].first?.isLetter == true {
          let keyword = String(words[place].dropLast())
          place += 1
          sample.keywords[keyword] = try value(&sample)
        } else {
          sample.arguments.append(try value(&sample))
        }
      }
      samples.append(sample)
    case "o", "d": samples[last].outputs.append((try tensor(), words[0] == "d"))
    case "g":
      guard let input = Int(words[1]) else { throw wrong() }
      place = 2
      samples[last].gradients.append((input, try tensor()))
    default: throw wrong()
    }
  }

  private func wrong() -> GoldenMismatch {
    GoldenMismatch(description: "'\(name)': '\(place < words.count ? words[place] : "")'")
  }

  private mutating func value(_ sample: inout OpInfoSample) throws -> OpInfoValue {
    let word = words[place]
    if word.hasSuffix("]"), !word.hasPrefix("\"") {
      sample.inputs.append(try tensor())
      return .tensor(sample.inputs.count - 1)
    }
    place += 1
    switch word {
    case "none": return .none
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "...": return .ellipsis
    case "(", "slice(":
      var items: [OpInfoValue] = []
      while place < words.count, words[place] != ")" { items.append(try value(&sample)) }
      place += 1
      return word == "(" ? .list(items) : .slice(items)
    default:
      if word.hasPrefix("\"") {
        return .text(String(word.dropFirst().dropLast()).replacing("~", with: " "))
      }
      if word.hasPrefix("type."), let type = ElementType(rawValue: String(word.dropFirst(5))) {
        return .type(type)
      }
      guard let number = Double(word) else { throw wrong() }
      return .number(number, isWhole: Int(word) != nil)
    }
  }

  private mutating func tensor() throws -> OpInfoTensor {
    let head = words[place].dropLast().split(separator: "[", omittingEmptySubsequences: false)
    guard head.count == 2, let element = ElementType(rawValue: String(head[0])) else {
      throw wrong()
    }
    let dims = head[1].split(separator: ",").compactMap { Int($0) }
    let count = dims.reduce(1, *)
    let values = words[(place + 1)..<(place + 1 + count)].map { Double($0) ?? .nan }
    place += 1 + count
    return OpInfoTensor(element: element, dims: dims, values: values)
  }
}
