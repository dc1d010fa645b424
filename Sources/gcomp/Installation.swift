internal import Foundation

/// Where to find the parts of gcomp that are not in its executable.
struct Installation {
  /// What a model is compiled against.
  struct Library {
    /// The folder of the modules.
    let modules: URL
    let binary: Binary
  }

  /// The code behind the modules.
  enum Binary {
    /// A library that was installed.
    case shared(URL)
    /// The objects that gcomp was linked from.
    case objects([URL])
  }

  private let executable: URL

  init() throws {
    guard let executable = Bundle.main.executableURL else {
      throw Failure.bug("the path of the executable is not known")
    }
    self.executable = executable.resolvingSymlinksInPath()
  }

  /// The folder with `templates/` and `Runtime/`: `GCOMP_HOME`, else the installed one, else the
  /// repository that gcomp was built in.
  func home() throws -> URL {
    func isHome(_ folder: URL) -> Bool {
      Files.isFolder(folder.appending(path: "templates"))
        && Files.isFolder(folder.appending(path: "Runtime"))
    }
    if let chosen = ProcessInfo.processInfo.environment["GCOMP_HOME"], !chosen.isEmpty {
      let folder = URL(filePath: chosen)
      guard isHome(folder) else {
        throw Failure("GCOMP_HOME is '\(chosen)', which lacks 'templates' and 'Runtime'")
      }
      return folder
    }
    let repository = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    for folder in [prefix.appending(path: "share/gcomp"), repository] where isHome(folder) {
      return folder
    }
    throw Failure(
      "the C runtime of gcomp is not found",
      hints: ["set GCOMP_HOME to the folder that contains 'templates' and 'Runtime'"])
  }

  /// The library that a model imports.
  func library() throws -> Library {
    let folder = executable.deletingLastPathComponent()
    let modules = folder.appending(path: "Modules")
    if Files.isFile(modules.appending(path: "GraphKit.swiftmodule")) {
      return Library(modules: modules, binary: .objects(try objects(in: folder)))
    }
    let installed = prefix.appending(path: "lib/gcomp")
    let shared = installed.appending(path: "libGraphKit.so")
    if Files.isFile(shared) {
      return Library(modules: installed.appending(path: "modules"), binary: .shared(shared))
    }
    throw Failure(
      "the library GraphKit that models import is not found",
      hints: ["it was searched for in '\(modules.path)' and '\(installed.path)'"])
  }

  // The folder that gcomp was installed below.
  private var prefix: URL { executable.deletingLastPathComponent().deletingLastPathComponent() }

  // The targets that a model is linked with; those above them are not.
  private static let targets = ["Support", "LoopIR", "GraphIR", "TensorLibrary", "GraphKit", "Zoo"]

  // The objects that the build linked into gcomp. The folders may hold older ones.
  private func objects(in folder: URL) throws -> [URL] {
    let list = folder.appending(path: "gcomp.product/Objects.LinkFileList")
    var objects: [URL] = []
    if let text = try? String(contentsOf: list, encoding: .utf8) {
      for line in text.split(whereSeparator: \.isNewline) {
        let path = line.trimmingCharacters(in: CharacterSet(charactersIn: "'\" "))
        let parent = URL(filePath: path).deletingLastPathComponent().lastPathComponent
        if Self.targets.contains(where: { parent == "\($0).build" }) {
          objects.append(URL(filePath: path))
        }
      }
    }
    if objects.isEmpty {
      for target in Self.targets {
        let inside = folder.appending(path: "\(target).build")
        objects += Files.names(in: inside).filter { $0.hasSuffix(".o") }
          .map { inside.appending(path: $0) }
      }
    }
    guard !objects.isEmpty else {
      throw Failure("the objects of GraphKit are not found in '\(folder.path)'")
    }
    return objects
  }
}
