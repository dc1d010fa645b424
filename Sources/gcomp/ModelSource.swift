internal import Foundation

/// The files of a model in Swift: one, or those of a folder, of which `model.swift` runs.
struct ModelSource {
  /// A file with its text.
  struct File {
    /// The absolute path, as the compiler knows it.
    let source: String
    /// What the user calls it.
    let path: String
    let text: String
  }

  /// The file that runs.
  let main: File
  /// The other files of the folder, by name.
  let others: [File]

  /// All files, the one that runs first.
  var files: [File] { [main] + others }

  /// The file that stands for a model: itself, or `model.swift` of a folder.
  static func file(of path: String) -> String {
    guard Files.isFolder(URL(filePath: path)) else { return path }
    return (path.hasSuffix("/") ? path : path + "/") + mainName
  }

  /// Reads the file of a model, and those beside it if the user names a folder.
  init(_ path: String) throws {
    main = try Self.read(Self.file(of: path))
    let folder = URL(filePath: path)
    guard Files.isFolder(folder) else {
      others = []
      return
    }
    let names = Files.names(in: folder).filter {
      $0.hasSuffix(".swift") && !$0.hasPrefix(".") && $0 != Self.mainName
    }
    let base = String(main.path.dropLast(Self.mainName.count))
    if names.contains("main.swift") {
      throw Failure(
        "'\(base)main.swift' cannot stand beside '\(Self.mainName)', which is the file that runs",
        hints: ["give it another name, or name one file: gcomp \(main.path)"])
    }
    others = try names.map { try Self.read(base + $0) }
  }

  /// Fails for a folder without a model, and says what is there instead.
  static func check(_ path: String) throws {
    let folder = URL(filePath: path)
    guard Files.isFolder(folder), !Files.isFile(URL(filePath: file(of: path))) else { return }
    let models = Files.names(in: folder).filter { $0.hasSuffix(".swift") }
    let base = path.hasSuffix("/") ? path : path + "/"
    let hint =
      models.count == 1
      ? "for that file alone, write 'gcomp \(base)\(models[0])'; in a folder it is called "
        + "'\(mainName)'"
      : "code outside of types and functions stands in '\(base)\(mainName)'"
    throw Failure(
      "the folder '\(path)' has no '\(mainName)', the file of a model that runs", hints: [hint])
  }

  private static let mainName = "model.swift"

  private static func read(_ path: String) throws -> File {
    let file = URL(filePath: path)
    return File(source: file.standardizedFileURL.path, path: path, text: try Files.read(file))
  }
}
