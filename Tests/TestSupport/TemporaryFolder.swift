package import Foundation

/// Returns a new folder that is removed when the process ends.
package func temporaryFolder(_ name: String) throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-\(name)-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  leftovers.add(folder)
  return folder
}

private let leftovers = Leftovers()

/// Folders to remove when the process ends.
private final class Leftovers: @unchecked Sendable {
  private let lock = NSLock()
  private var folders: [URL] = []

  init() { atexit { leftovers.remove() } }

  func add(_ folder: URL) { lock.withLock { folders.append(folder) } }

  func remove() {
    for folder in lock.withLock({ folders }) { try? FileManager.default.removeItem(at: folder) }
  }
}
