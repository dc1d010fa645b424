internal import Foundation
internal import Support

/// Compiles a model in Swift, as SwiftPM does with a manifest.
struct ModelBuild {
  /// Stands for all that decides what the executable is.
  let key: Fingerprint

  private let source: String
  private let path: String
  private let compiler: String
  private let cache: Cache
  private let library: Installation.Library

  // Sites come from debug information, which optimisation would blur.
  private static let flags = [
    "-Onone", "-g", "-wmo", "-no-emit-module-separately-wmo", "-module-name", "main",
  ]

  /// Compiles `file`, which holds `text` and which the user calls `path`.
  init(file: URL, text: String, path: String, cache: Cache, library: Installation.Library) throws {
    guard let compiler = Subprocess.find("swiftc") else {
      throw Failure(
        "'swiftc' is not on the PATH; a model in Swift needs the Swift toolchain",
        hints: ["see swift.org/install"])
    }
    source = file.standardizedFileURL.path
    self.path = path
    self.compiler = compiler
    self.cache = cache
    self.library = library
    let texts = [source, text, Self.compilerIdentity(compiler)] + Self.flags
    key = Self.fingerprint(texts, library)
  }

  /// Returns the executable, from the cache if nothing changed.
  func executable(_ console: Console) throws -> URL {
    let entry = try cache.entry("models", key) { folder in
      let result = try compile(to: folder)
      // The user knows the file by another name.
      let log = result.output.replacingOccurrences(of: source + ":", with: path + ":")
      guard result.succeeded else { throw Failure(words: log) }
      try Files.write(log, to: folder.appending(path: "log"))
    }
    // Warnings are said each time, as if it had been compiled again.
    let log = try Files.read(entry.appending(path: "log"))
    if !log.isEmpty { console.message(log) }
    return entry.appending(path: "model")
  }

  private func compile(to folder: URL) throws -> ProcessResult {
    var arguments = Self.flags + ["-I", library.modules.path, source]
    arguments += library.objects.map(\.path)
    if let runPath = library.runPath {
      arguments += ["-Xlinker", "-rpath", "-Xlinker", runPath.path]
    }
    arguments += ["-o", folder.appending(path: "model").path]
    return try Subprocess.run(compiler, arguments)
  }

  private static func fingerprint(
    _ texts: [String], _ library: Installation.Library
  ) -> Fingerprint {
    var key = Fingerprint()
    for text in texts { key.add(text) }
    let modules = Files.names(in: library.modules).filter { $0.hasSuffix(".swiftmodule") }
      .map { library.modules.appending(path: $0) }
    for file in library.objects + modules { key.add(Files.identity(file) ?? "") }
    return key
  }

  // The compiler is not asked for its version: that takes longer than all the rest.
  private static func compilerIdentity(_ path: String) -> String {
    Files.identity(URL(filePath: path).resolvingSymlinksInPath()) ?? path
  }
}
