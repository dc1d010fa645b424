package import Foundation

/// What gcomp keeps from call to call and is the same for all tests: the library that models are
/// linked with, the objects of the runtime, and how the C compilers of this machine did in the
/// trials.
package enum SharedCache {
  private static let kinds = ["libraries", "compilers", "trials", "runtimes"]
  private static let folder = Result { try temporaryFolder("cache") }

  /// Makes a folder for `GCOMP_CACHE` that is empty but for that.
  package static func begin(at cache: URL) throws {
    let manager = FileManager.default
    try manager.createDirectory(at: cache, withIntermediateDirectories: true)
    for kind in kinds {
      let shared = try folder.get().appending(path: kind)
      try manager.createDirectory(at: shared, withIntermediateDirectories: true)
      try manager.createSymbolicLink(
        at: cache.appending(path: kind), withDestinationURL: shared)
    }
  }
}
