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

  /// Returns the programs that a file describes, at least one.
  func load(_ path: String) throws -> [GraphProgram] {
    let file = URL(filePath: path)
    if Files.isFolder(file) {
      let inside = (path.hasSuffix("/") ? path : path + "/") + "model.swift"
      let hint = Files.isFile(URL(filePath: inside)) ? ["there is a model in '\(inside)'"] : []
      throw Failure("'\(path)' is a folder, not a model", hints: hint)
    }
    switch file.pathExtension {
    case "swift": return try programs(ofModel: file, path)
    case "gir": return [try program(try Files.read(file), path)]
    default:
      _ = try Files.read(file)
      throw Failure("'\(path)' is not a model; pass a '.swift' or a '.gir' file")
    }
  }

  // Compiles and runs a model, and parses the programs that it wrote.
  private func programs(ofModel file: URL, _ path: String) throws -> [GraphProgram] {
    let text = try Files.read(file)
    let build = try ModelBuild(
      file: file, text: text, path: path, cache: cache, library: installation.library())
    let model = try build.executable(console)
    let run = ModelRun(model: model, file: file, path: path, seconds: seconds)
    var texts: [String] = []
    func take(from folder: URL) throws {
      let diagnostics = try run.diagnostics(in: folder)
      if diagnostics.contains(where: { $0.level == .error }) { throw Failure(diagnostics) }
      if !diagnostics.isEmpty { console.show(diagnostics) }
      texts = try Files.names(in: folder).filter { $0.hasSuffix(".gir") }
        .map { try Files.read(folder.appending(path: $0)) }
    }
    if ModelRun.isRepeatable(text) {
      let folder = try cache.entry("programs", build.key) { try run.run(into: $0, output: .caught) }
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
