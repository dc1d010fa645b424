internal import Foundation
internal import Support

/// Compiles a model in Swift, as SwiftPM does with a manifest.
struct ModelBuild {
  /// Identifies everything that decides the executable.
  let key: Fingerprint

  private let source: ModelSource
  private let compiler: SwiftCompiler
  private let cache: Cache
  private let modules: URL
  private let shared: URL

  // Sites come from debug information, which optimisation would blur.
  private static let flags = [
    "-Onone", "-g", "-wmo", "-no-emit-module-separately-wmo", "-module-name", "main",
  ]

  /// Will compile the files of a model.
  init(_ source: ModelSource, cache: Cache, library: Installation.Library) throws {
    let compiler = try SwiftCompiler()
    self.source = source
    self.compiler = compiler
    self.cache = cache
    modules = library.modules
    shared = try Self.shared(library.binary, compiler, cache)
    let texts = source.files.flatMap { [$0.source, $0.text] } + [compiler.identity] + Self.flags
    key = Self.fingerprint(texts, [shared] + Self.moduleFiles(modules))
  }

  /// Returns the executable, from the cache if nothing changed.
  func executable(_ console: Console) throws -> URL {
    let entry = try cache.entry("models", key) { folder in
      let result = try compile(to: folder)
      let log = named(result.output)
      guard result.succeeded else {
        throw Failure(words: CompilerHints.withoutPlaces(log) + CompilerHints.notes(for: log))
      }
      try Files.write(log, to: folder.appending(path: "log"))
    }
    // Warnings are printed each time, as if it had been compiled again.
    let log = try Files.read(entry.appending(path: "log"))
    if !log.isEmpty { console.message(log) }
    return entry.appending(path: "model")
  }

  // What the compiler says, with the files under the user's names.
  private func named(_ output: String) -> String {
    let output = source.others.isEmpty ? output : withLinesOfMain(output)
    return source.files.reduce(output) {
      $0.replacingOccurrences(of: $1.source + ":", with: $1.path + ":")
    }
  }

  private func compile(to folder: URL) throws -> ProcessResult {
    let home = shared.deletingLastPathComponent().standardizedFileURL.path
    var files = source.files.map(\.source)
    if files.count > 1 {
      // Of several files, only one that is called so may have code outside functions.
      let copy = folder.appending(path: "main.swift")
      let name = Self.literal(files[0])
      try Files.write("#sourceLocation(file: \(name), line: 1)\n\(source.main.text)", to: copy)
      files[0] = copy.path
    }
    // Without Foundation nothing else brings the mathematical functions, such as the root.
    let libraries =
      ["-L", home, "-lGraphKit", "-Xlinker", "-rpath", "-Xlinker", home] + Self.mathematics
    // Of several files the compiler writes a module, by default where it is called.
    let module = folder.appending(path: "main.swiftmodule").path
    return try compiler.run(
      Self.flags + ["-I", modules.path] + files + libraries
        + (files.count > 1 ? ["-emit-executable", "-emit-module-path", module] : [])
        + ["-o", folder.appending(path: "model").path])
  }

  // The excerpts from the file that runs count the line that names it.
  private func withLinesOfMain(_ output: String) -> String {
    output.components(separatedBy: "\n\n").map { paragraph in
      guard paragraph.hasPrefix(source.main.source + ":") else { return paragraph }
      return paragraph.components(separatedBy: "\n").map { line in
        guard let match = line.prefixMatch(of: /( *)(\d+) \|/), let number = Int(match.2) else {
          return line
        }
        let text = "\(number - 1)"
        let space = String(repeating: " ", count: match.1.count + match.2.count - text.count)
        return space + text + line[match.2.endIndex...]
      }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  // A path as a text of Swift.
  private static func literal(_ path: String) -> String {
    "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  // What the objects are linked with besides the standard library.
  #if os(Linux)
    private static let libraries = mathematics + ["-lswiftRuntime"]
    private static let mathematics = ["-lm"]
  #else
    private static let libraries: [String] = []
    private static let mathematics: [String] = []
  #endif

  private static func fingerprint(_ texts: [String], _ files: [URL]) -> Fingerprint {
    var key = Fingerprint()
    for text in texts { key.add(text) }
    for file in files { key.add(Files.identity(file) ?? "") }
    return key
  }

  private static func moduleFiles(_ folder: URL) -> [URL] {
    Files.names(in: folder).filter { $0.hasSuffix(".swiftmodule") }
      .map { folder.appending(path: $0) }
  }
}

// The library.
extension ModelBuild {
  // Returns the library that models are linked with, built from objects if necessary.
  //
  // It is a shared library because looking up an address reads all line numbers of its image: with
  // the library linked into the model, that took ten times as long as the model itself.
  private static func shared(
    _ binary: Installation.Binary, _ compiler: SwiftCompiler, _ cache: Cache
  ) throws -> URL {
    switch binary {
    case .shared(let file): return file
    case .objects(let objects):
      let name = "libGraphKit.so"
      let key = fingerprint([compiler.identity], objects)
      let entry = try cache.entry("libraries", key) { folder in
        // Without debug information, which nobody reads. Libraries are named explicitly, as the
        // autolink entries of the objects are sometimes not found under load.
        let result = try compiler.run(
          ["-emit-library", "-Xlinker", "-s"] + objects.map(\.path)
            + Self.libraries + ["-o", folder.appending(path: name).path])
        guard result.succeeded else { throw Failure(words: result.output) }
      }
      return entry.appending(path: name)
    }
  }
}

/// The compiler of models.
private struct SwiftCompiler {
  /// Changes when another compiler is installed. Asking it for its version would take longer than
  /// all the rest.
  let identity: String

  private let path: String

  init() throws {
    guard let path = Subprocess.find("swiftc") else {
      throw Failure(
        "'swiftc' is not on the PATH; a model in Swift needs the Swift toolchain",
        hints: ["see swift.org/install"])
    }
    self.path = path
    identity = Files.identity(URL(filePath: path).resolvingSymlinksInPath()) ?? path
  }

  func run(_ arguments: [String]) throws -> ProcessResult {
    try Subprocess.run(path, arguments)
  }
}
