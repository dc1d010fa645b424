internal import Foundation

/// Files that are written atomically.
enum Files {
  /// Makes a folder and those above it.
  static func makeFolder(_ folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure("cannot make the folder '\(folder.relativePath)': \(reason(error))")
    }
  }

  /// Makes `text` the content of a file, unless it is that already. Returns true iff it was not.
  @discardableResult
  static func write(_ text: String, to file: URL) throws -> Bool {
    let data = Data(text.utf8)
    if let known = try? Data(contentsOf: file), known == data { return false }
    let folder = file.deletingLastPathComponent()
    try makeFolder(folder)
    let temporary = folder.appending(path: ".\(file.lastPathComponent).\(getpid())")
    do {
      try data.write(to: temporary)
      guard rename(temporary.path, file.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw Failure("cannot write '\(file.relativePath)': \(reason(error))")
    }
    return true
  }

  /// Returns the text of a file.
  static func read(_ file: URL) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw Failure("cannot read '\(file.relativePath)': \(reason(error))")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure("'\(file.relativePath)' is not text in UTF-8")
    }
    return text
  }

  /// Calls `body` while holding a lock on the folder.
  static func locked<Result>(_ folder: URL, _ body: () throws -> Result) throws -> Result {
    let descriptor = open(folder.path, O_RDONLY)
    defer { if descriptor >= 0 { close(descriptor) } }
    // Without a lock, as on some network drives, one process at a time still works.
    if descriptor >= 0 { flock(descriptor, LOCK_EX) }
    return try body()
  }

  /// True iff there is a file, not a folder.
  static func isFile(_ file: URL) -> Bool { mode(file) == S_IFREG }

  /// True iff there is a folder.
  static func isFolder(_ folder: URL) -> Bool { mode(folder) == S_IFDIR }

  /// Identifies the contents of a file: path, size, time and inode; nil if there is none.
  static func identity(_ file: URL) -> String? {
    var status = stat()
    guard stat(file.path, &status) == 0 else { return nil }
    let time = status.st_mtim
    return "\(file.path) \(status.st_size) \(time.tv_sec).\(time.tv_nsec) \(status.st_ino)"
  }

  /// The bytes of a file; 0 if it is not there.
  static func size(_ file: URL) -> Int {
    var status = stat()
    return stat(file.path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// When a file was changed last, in nanoseconds; nil if it is not there.
  static func changeTime(_ file: URL) -> Int? {
    var status = stat()
    guard stat(file.path, &status) == 0 else { return nil }
    return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
  }

  /// The names in a folder, sorted; none if it cannot be read.
  static func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  /// The path from `folder` to `target`, both absolute: `../../data`.
  static func relativePath(of target: URL, from folder: URL) -> String {
    let (a, b) = (
      folder.standardizedFileURL.pathComponents, target.standardizedFileURL.pathComponents
    )
    let common = zip(a, b).prefix { $0 == $1 }.count
    let parts = [String](repeating: "..", count: a.count - common) + b[common...]
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  private static func mode(_ file: URL) -> mode_t? {
    var status = stat()
    return stat(file.path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  // The system's message, without Foundation's additions.
  private static func reason(_ error: any Error) -> String {
    let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let inner, inner.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(inner.code)))
    }
    return errno == 0 ? error.localizedDescription : String(cString: strerror(errno))
  }
}
