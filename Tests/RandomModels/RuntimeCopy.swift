internal import Foundation
internal import Support
internal import TestSupport

/// The runtime in a folder called `runtime`, as beside every model, and the little of it that
/// functions need as a library for each configuration; made once and shared by all processes.
enum RuntimeCopy {
  /// The folder.
  static let shared = Result { try made() }

  /// Returns the library for a configuration.
  static func library(_ configuration: Configuration) throws -> String {
    let folder = try shared.get().deletingLastPathComponent()
    let title = configuration.fileName
    let file = folder.appending(path: "\(title).a").path
    if FileManager.default.fileExists(atPath: file) { return file }
    let own = folder.appending(path: "\(title)-\(getpid())")
    try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
    let sources = ["arena.c", "describe.c", "probe.c"].map { "../runtime/model/\($0)" }
    let command = try configuration.toolchain.command + ["-fPIC", "-c"] + sources
    let script = "\(command.joined(separator: " ")) && ar rcs all.a *.o && mv all.a '\(file)'"
    let (status, output) = try runProgram("sh", ["-c", script], in: own)
    try FileManager.default.removeItem(at: own)
    if status != 0 { throw GoldenMismatch(description: String(output.suffix(2000))) }
    return file
  }

  // Named by what is in it, so that another version is another folder.
  private static func made() throws -> URL {
    let original = repository.appending(path: "Runtime")
    var files: [(name: String, data: Data)] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: original.path).sorted()
    where name.hasSuffix(".h") || name.hasPrefix("model/") || name.hasPrefix("math/") {
      if name.hasPrefix("trial/") || !name.contains(".") { continue }
      files.append((name, try Data(contentsOf: original.appending(path: name))))
    }
    var hash = Fingerprint()
    for file in files { hash.add(String(decoding: file.data, as: UTF8.self)) }
    let whole = FileManager.default.temporaryDirectory
      .appending(path: "gcomp-runtime-\(getuid())-\(hash)")
    let folder = whole.appending(path: "runtime")
    if FileManager.default.fileExists(atPath: folder.path) { return folder }
    let draft = whole.appending(path: "draft-\(getpid())")
    try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: true)
    for file in files {
      let target = draft.appending(path: file.name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.data.write(to: target)
    }
    // Whoever comes first wins.
    try? FileManager.default.moveItem(at: draft, to: folder)
    try? FileManager.default.removeItem(at: draft)
    return folder
  }
}
