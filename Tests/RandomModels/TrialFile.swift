internal import Foundation
internal import GraphIR

/// Calls of compiled functions as bytes, for a process of its own: compiled code may crash.
package enum TrialFile {
  /// Writes the calls to a file.
  package static func write(_ trials: [Trial], to path: String) throws {
    var bytes = Bytes()
    bytes.append(trials.count)
    for trial in trials {
      bytes.append(trial.model)
      bytes.append(trial.function)
      bytes.append(trial.before.count)
      for state in trial.before {
        bytes.append(state.name)
        bytes.append(state.numbers.values)
      }
      bytes.append(trial.inputs.count)
      for input in trial.inputs { bytes.append(input.values) }
      bytes.append(trial.reads.count)
      for name in trial.reads { bytes.append(name) }
    }
    try bytes.data.write(to: URL(filePath: path))
  }

  /// Makes the calls of a file from number `first` on, and appends what each gives to another file.
  package static func run(library: String, calls: String, results: String, from first: Int) throws {
    var bytes = Bytes(data: try Data(contentsOf: URL(filePath: calls)))
    guard let output = fopen(results, "a") else { throw CocoaError(.fileWriteUnknown) }
    defer { fclose(output) }
    var models: [String: LoadedModel] = [:]
    for number in 0..<bytes.integer() {
      let (name, function) = (bytes.string(), bytes.string())
      let before = (0..<bytes.integer()).map { _ in (bytes.string(), bytes.numbers()) }
      let inputs = (0..<bytes.integer()).map { _ in bytes.numbers() }
      let reads = (0..<bytes.integer()).map { _ in bytes.string() }
      if number < first { continue }
      let model = try models[name] ?? LoadedModel(name, in: URL(filePath: library))
      models[name] = model
      for (state, values) in before { try model.set(state, to: values) }
      var found = try model.ordered(function, inputs)
      for state in reads { found.append(try model[state]) }
      var line = Bytes()
      line.append(found.count)
      for values in found { line.append(values) }
      line.data.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, output) }
      fflush(output)
    }
  }

  /// Returns what the calls gave that came to their end.
  package static func results(_ path: String) -> [[[Double]]] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
    var bytes = Bytes(data: data)
    var all: [[[Double]]] = []
    while !bytes.isAtEnd { all.append((0..<bytes.integer()).map { _ in bytes.numbers() }) }
    return all
  }
}

// Whole numbers, names and lists of numbers, one after the other.
private struct Bytes {
  var data = Data()
  private var place = 0

  init(data: Data = Data()) { self.data = data }

  var isAtEnd: Bool { place >= data.count }

  mutating func append(_ number: Int) {
    withUnsafeBytes(of: Int64(number)) { data.append(contentsOf: $0) }
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    data.append(contentsOf: text.utf8)
  }

  mutating func append(_ numbers: [Double]) {
    append(numbers.count)
    numbers.withUnsafeBytes { data.append(contentsOf: $0) }
  }

  mutating func integer() -> Int {
    let number = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Int64.self) }
    place += 8
    return Int(number)
  }

  mutating func string() -> String {
    let count = integer()
    defer { place += count }
    return String(decoding: data[place..<(place + count)], as: UTF8.self)
  }

  mutating func numbers() -> [Double] {
    let count = integer()
    var numbers = [Double](repeating: 0, count: count)
    numbers.withUnsafeMutableBytes { target in
      data.withUnsafeBytes {
        target.copyMemory(from: .init(rebasing: $0[place..<(place + 8 * count)]))
      }
    }
    place += 8 * count
    return numbers
  }
}
