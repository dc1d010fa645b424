internal import Foundation
internal import GraphIR
internal import Support

/// Makes programs from the file that the user names.
struct ModelLoader {
  let console: Console
  let cache: Cache
  let installation: Installation
  /// True iff standard output is for results, so that the model must not print there.
  let keepsOutput: Bool
  /// How long a model may run.
  let seconds: Int

  /// Returns the programs that a file or a folder describes, at least one; `values` are those of
  /// the model's options that differ from the defaults.
  func load(_ path: String, _ values: [OptionValue] = []) throws -> [GraphProgram] {
    try ModelSource.check(path)
    let file = URL(filePath: ModelSource.file(of: path))
    switch file.pathExtension {
    case "swift": return try programs(of: try ModelSource(path), values)
    case "gir":
      guard values.isEmpty else {
        throw Failure("'\(path)' is the text of a program; only a model in Swift has options")
      }
      return [try program(try Files.read(file), path)]
    default:
      _ = try Files.read(file)
      throw Failure("'\(path)' is not a model; pass a '.swift' or a '.gir' file")
    }
  }

  // Compiles and runs a model, and parses the programs that it wrote.
  private func programs(
    of source: ModelSource, _ values: [OptionValue]
  ) throws -> [GraphProgram] {
    let build = try ModelBuild(source, cache: cache, library: installation.library())
    let model = try build.executable(console)
    let run = ModelRun(model: model, source: source, values: values, seconds: seconds)
    var texts: [String] = []
    func take(from folder: URL) throws {
      let diagnostics = try run.diagnostics(in: folder)
      if diagnostics.contains(where: { $0.level == .error }) { throw Failure(diagnostics) }
      if !diagnostics.isEmpty { console.show(diagnostics) }
      texts = try Files.names(in: folder).filter { $0.hasSuffix(".gir") }
        .map { try Files.read(folder.appending(path: $0)) }
    }
    if source.files.allSatisfy({ ModelRun.isRepeatable($0.text) }) {
      let key = run.key(of: build)
      let folder = try cache.entry("programs", key) { try run.run(into: $0, output: .caught) }
      let printed = try Files.read(folder.appending(path: "printed"))
      if keepsOutput { console.message(printed) } else { console.result(printed) }
      try take(from: folder)
    } else {
      let folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-\(UUID())")
      try Files.makeFolder(folder)
      defer { try? FileManager.default.removeItem(at: folder) }
      try run.run(into: folder, output: keepsOutput ? .error : .inherited)
      try take(from: folder)
    }
    return try texts.map(checked)
  }

  // What GraphKit writes is well-formed.
  private func checked(_ text: String) throws -> GraphProgram {
    do {
      let program = try parseProgram(text)
      if let problem = verify(program).first { throw Failure(problem) }
      return program
    } catch {
      throw Failure.bug("GraphKit wrote an ill-formed program: \(error)")
    }
  }

  // Parses and verifies a program in text.
  private func program(_ text: String, _ path: String) throws -> GraphProgram {
    let program: GraphProgram
    do throws(ParseError) {
      program = try parseProgram(text)
    } catch {
      let place = Diagnostic.Place(file: path, line: error.line, column: error.column)
      throw Failure([.error(error.message, at: place)])
    }
    let problems = verify(program)
    guard problems.isEmpty else {
      throw Failure(problems.map { .error($0, at: Diagnostic.Place(file: path)) })
    }
    return program
  }
}
