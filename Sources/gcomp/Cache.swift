internal import Foundation
internal import Support

/// The cache between runs: compiled models, objects of the runtime, and the results of trials of C
/// compilers.
///
/// An entry is made under another name and then renamed, so that it is there as a whole or not at
/// all, however many processes make it.
struct Cache {
  private let folder: URL

  init() {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let chosen = value("GCOMP_CACHE") {
      folder = URL(filePath: chosen)
    } else if let base = value("XDG_CACHE_HOME") {
      folder = URL(filePath: base).appending(path: "gcomp")
    } else {
      folder = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/gcomp")
    }
  }

  /// Returns the folder of an entry; `make` fills it if it is not there.
  func entry(_ kind: String, _ key: Fingerprint, make: (URL) throws -> Void) throws -> URL {
    let entries = folder.appending(path: kind)
    let entry = entries.appending(path: "\(key)")
    if isWhole(entry) {
      // The time of the last use decides what is thrown away.
      utimes(entry.path, nil)
      return entry
    }
    try? FileManager.default.removeItem(at: entry)
    let temporary = entries.appending(path: ".\(key).\(getpid())")
    try Files.makeFolder(temporary)
    defer { try? FileManager.default.removeItem(at: temporary) }
    try make(temporary)
    try Files.write(contents(of: temporary), to: temporary.appending(path: Self.list))
    // If another process was first, its entry will do.
    guard rename(temporary.path, entry.path) == 0 || Files.isFolder(entry) else {
      throw Failure("cannot write '\(entry.path)': \(String(cString: strerror(errno)))")
    }
    removeOld(in: entries)
    return entry
  }

  /// True iff an entry is there.
  func has(_ kind: String, _ key: Fingerprint) -> Bool {
    isWhole(folder.appending(path: kind).appending(path: "\(key)"))
  }

  // What an entry holds, so that one that was damaged since is made anew.
  private static let list = ".contents"

  private func isWhole(_ entry: URL) -> Bool {
    (try? Files.read(entry.appending(path: Self.list))) == contents(of: entry)
  }

  private func contents(of entry: URL) -> String {
    Files.names(in: entry).filter { $0 != Self.list }
      .map { "\($0) \(Files.size(entry.appending(path: $0)))\n" }.joined()
  }

  // Entries unused for a month, and leftovers of killed runs.
  private func removeOld(in entries: URL) {
    let limit = (Int(Date().timeIntervalSince1970) - 30 * 24 * 3600) * 1_000_000_000
    for name in Files.names(in: entries) {
      let entry = entries.appending(path: name)
      if let time = Files.changeTime(entry), time < limit {
        try? FileManager.default.removeItem(at: entry)
      }
    }
  }
}
