import Foundation
import TestSupport

/// The examples, built as a user builds them, each once for all tests.
enum Workshop {
  /// `digits`, `perceptron` and `xor`, with `f32` and gcc.
  static let digits = Result { try build("digits") }
  static let perceptron = Result { try build("perceptron", of: "neurons/perceptron") }
  static let xor = Result { try build("xor") }
  /// `char-rnn`, whose model is called `speller`.
  static let speller = Result { try build("speller", of: "char-rnn") }
  /// `digits` in `f64`.
  static let digitsInDouble = Result {
    try build("digits", ["--precision", "f64", "-o", "double"], to: "double")
  }

  /// The names of all examples.
  static let examples = ["perceptron", "xor", "digits"]

  /// The model of one of them, as a path in the folder below.
  static func model(_ name: String) -> String {
    let place = name == "perceptron" ? "neurons/perceptron" : name
    return "examples/\(place)/model.swift"
  }

  /// A copy of the examples and what is built from them; the same relative paths everywhere.
  static let folder = Result {
    let folder = try temporaryFolder("examples")
    try FileManager.default.copyItem(
      at: repository.appending(path: "examples").resolvingSymlinksInPath(),
      to: folder.appending(path: "examples"))
    try SharedCache.begin(at: folder.appending(path: "cache"))
    return folder
  }

  /// Runs gcomp in `folder` with a cache of its own; the output is both streams together.
  static func gcomp(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let folder = try folder.get()
    return try runProgram(
      "GCOMP_CACHE=\(folder.path)/cache", [gcompExecutable.path] + arguments, in: folder)
  }

  /// Runs gcomp, which must succeed, and returns what it prints.
  static func output(_ arguments: [String]) throws -> String {
    let (status, output) = try gcomp(arguments)
    if status != 0 { throw GoldenMismatch(description: "gcomp \(arguments): \(output)") }
    return output
  }

  /// Runs make in a copy of the C of an example; a warning is an error.
  static func make(_ toolchain: Toolchain, in folder: URL) throws {
    let (status, output) = try runProgram("make", ["-j2"] + toolchain.makeArguments, in: folder)
    if status != 0 { throw GoldenMismatch(description: String(output.suffix(3000))) }
  }

  private static func build(
    _ name: String, of folderName: String? = nil, _ options: [String] = [],
    to base: String = "build"
  ) throws -> Example {
    let model = "examples/\(folderName ?? name)/model.swift"
    let output = try output([model, "--cc", Toolchain.gcc.compiler] + options)
    return Example(
      name: name, folder: try folder.get().appending(path: "\(base)/\(name)"), output: output)
  }
}

/// One example that is built.
struct Example: Sendable {
  let name: String
  /// Where its C and its programs are.
  let folder: URL
  /// What gcomp printed.
  let output: String

  /// The safetensors file with the initial weights of the reference run.
  static let initialWeights =
    repository.appending(path: "Tests/Reference/digits-init.safetensors").path
  /// The folder of the images.
  static let images = repository.appending(path: "examples/data/digits").path

  /// Runs one of the two programs in `folder`, which may be another; it must succeed.
  @discardableResult
  func run(
    _ program: String, _ arguments: [String], in directory: URL, at place: URL? = nil
  ) throws -> String {
    let path = (place ?? folder).appending(path: "\(name)-\(program)").path
    let (status, output) = try runProgram(path, arguments, in: directory)
    if status != 0 {
      throw GoldenMismatch(description: "\(name)-\(program) \(arguments): \(output)")
    }
    return output
  }

  /// Copies all that a C compiler needs to another folder.
  func copySources(to target: URL) throws {
    let manager = FileManager.default
    for path in try manager.subpathsOfDirectory(atPath: folder.path) {
      let url = folder.appending(path: path)
      guard ["c", "h", "in"].contains(url.pathExtension) || path == "Makefile" else { continue }
      let copy = target.appending(path: path)
      try manager.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try manager.copyItem(at: url, to: copy)
    }
  }
}

/// Builds the train program of a copy of the C of `digits` with other flags than the Makefile's.
func buildTrainProgram(_ toolchain: Toolchain, as program: String, in folder: URL) throws {
  let command = try toolchain.command.joined(separator: " ")
  let script = """
    printf '%s\\n' digits.c digits_train.c runtime/model/*.c runtime/files/*.c runtime/data/*.c \
      runtime/program/*.c |
      xargs -P 2 -I FILE sh -c \
      '\(command) -c FILE -o $(basename FILE .c).o' &&
    \(command) *.o -o \(program) -lm
    """
  let (status, output) = try runProgram("sh", ["-c", script], in: folder)
  if status != 0 { throw GoldenMismatch(description: output) }
}

/// The rows of a log of metrics, by column.
func columns(of log: URL) throws -> [String: [Double]] {
  let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
  let rows = lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
  let names = (lines.first ?? "").split(separator: ",").map(String.init)
  return Dictionary(
    uniqueKeysWithValues: names.enumerated().map { i, name in (name, rows.map { $0[i] }) })
}
