import Foundation
import TestSupport
import Testing

/// The examples learn what they are meant to learn.
@Suite struct TrainingTests {
  @Test func xorIsLearned() throws {
    let example = try Workshop.xor.get()
    try withTemporaryFolder { folder in
      try example.run("train", ["--log", "log.csv"], in: folder)
      let log = try columns(of: folder.appending(path: "log.csv"))
      #expect(log["loss"]?.count == 1000)
      #expect((log["loss"]?.last ?? 1) < 0.01)
      #expect(log["accuracy"]?.last == 1)
      let probability = try infer(example, in: folder)["probability"] ?? []
      #expect(probability.map { $0 > 0.5 } == [false, true, true, false])
    }
  }

  /// One line separates AND and OR, and none XOR.
  @Test func aPerceptronLearnsWhatALineSeparates() throws {
    let example = try Workshop.perceptron.get()
    try withTemporaryFolder { folder in
      try example.run("train", ["--log", "log.csv"], in: folder)
      let log = try columns(of: folder.appending(path: "log.csv"))
      #expect(log["and"]?.last == 1)
      #expect(log["or"]?.last == 1)
      #expect((log["xor"]?.last ?? 1) < 1)
      let found = try infer(example, in: folder)
      #expect(found["and"] == [0, 0, 0, 1])
      #expect(found["or"] == [0, 1, 1, 1])
      #expect(found["xor"] != [0, 1, 1, 0])
    }
  }

  /// A recurrent net; its loss is the same for any number of threads.
  @Test func aRhymeIsSpelled() throws {
    let example = try Workshop.speller.get()
    try withTemporaryFolder { folder in
      try example.run("train", ["--log", "log.csv", "--epochs", "3", "--threads", "2"], in: folder)
      let losses = try columns(of: folder.appending(path: "log.csv"))["loss"] ?? []
      #expect(losses.count == 300)
      #expect((losses.last ?? 9) < 0.4)
      try example.run(
        "train", ["--log", "alone.csv", "--epochs", "1", "--threads", "1", "--out", "alone"],
        in: folder)
      let alone = try columns(of: folder.appending(path: "alone.csv"))["loss"] ?? []
      #expect(alone == Array(losses[..<100]))
      try example.run(
        "infer",
        [
          "sample", "--weights", "runs/speller-1/weights/last.safetensors", "--output",
          "text=text.npy",
        ], in: folder)
      let text = try Data(contentsOf: folder.appending(path: "text.npy")).suffix(400)
      let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      #expect(words.count > 40)
      #expect(words.filter { $0 == "the" }.count > 5)
    }
  }

  /// A whole run, with the data that the example names itself.
  @Test func digitsAreLearned() throws {
    let example = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      let output = try example.run("train", ["--seed", "1"], in: folder)
      let line = output.split(separator: "\n").last { $0.hasPrefix("accuracy ") }
      let accuracy = line.flatMap { Double($0.dropFirst(9).prefix { $0 != " " }) }
      #expect((accuracy ?? 0) >= 98.5, "\(output.suffix(300))")
      let images = folder.appending(path: "image.npy")
      try writeArray(image, shape: [1, 1, 8, 8], to: images)
      try example.run(
        "infer",
        [
          "--weights", "runs/digits-1/weights/last.safetensors", "--input", "image=image.npy",
          "--output", "probability=probability.npy",
        ], in: folder)
      let found = try readArray(folder.appending(path: "probability.npy"))
      #expect(found.count == 10)
      #expect(abs(found.reduce(0, +) - 1) < 1e-5)
      #expect(found.max() == found[0], "a ring is a nought: \(found)")
    }
  }

  /// A label that is no class is found before the first step, a class that is none by infer.
  @Test func labelsMustBeClasses() throws {
    let example = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try FileManager.default.copyItem(atPath: Example.images, toPath: data.path)
      let file = data.appending(path: "label.npy")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count - 1] = 77
      try bytes.write(to: file)
      let path = example.folder.appending(path: "digits-train").path
      let (status, output) = try runProgram(path, ["--data", data.path], in: folder)
      #expect(status == 1)
      let message = "label.npy: element 0 of example 1796: expected 0 to 9, found 77\n"
      #expect(output.contains(message), "\(output)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "runs").path))
    }
  }

  private let image: [Float] = [
    0, 0, 5, 13, 9, 1, 0, 0,
    0, 0, 13, 15, 10, 15, 5, 0,
    0, 3, 15, 2, 0, 11, 8, 0,
    0, 4, 12, 0, 0, 8, 8, 0,
    0, 5, 8, 0, 0, 9, 8, 0,
    0, 4, 11, 0, 1, 12, 7, 0,
    0, 2, 14, 5, 10, 12, 0, 0,
    0, 0, 6, 13, 10, 0, 0, 0,
  ].map { $0 / 16 }

  // What the infer program says to the four pairs of bits.
  private func infer(_ example: Example, in folder: URL) throws -> [String: [Float]] {
    try writeArray(
      [0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2], to: folder.appending(path: "x.npy"))
    try example.run(
      "infer",
      [
        "--weights", "runs/\(example.name)-1/weights/last.safetensors", "--input", "x=x.npy",
        "--output", "results",
      ], in: folder)
    var found: [String: [Float]] = [:]
    let results = folder.appending(path: "results")
    for name in try FileManager.default.contentsOfDirectory(atPath: results.path) {
      found[String(name.dropLast(4))] = try readArray(results.appending(path: name))
    }
    return found
  }
}

/// Writes numbers as an npy file.
private func writeArray(_ numbers: [Float], shape: [Int], to file: URL) throws {
  let extents = shape.map { "\($0), " }.joined()
  var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
  header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
  var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
  bytes += [UInt8(header.utf8.count % 256), UInt8(header.utf8.count / 256)]
  bytes += Array(header.utf8)
  for number in numbers {
    withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += Array($0) }
  }
  try bytes.write(to: file)
}

/// Reads the numbers of an npy file of `f32`.
private func readArray(_ file: URL) throws -> [Float] {
  let bytes = Array(try Data(contentsOf: file))
  let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
  guard String(decoding: bytes[10..<start], as: UTF8.self).contains("'<f4'") else {
    throw GoldenMismatch(description: "'\(file.lastPathComponent)' is not of f32")
  }
  return stride(from: start, to: bytes.count, by: 4).map { i in
    Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[i + $1]) << (8 * UInt32($1)) })
  }
}
