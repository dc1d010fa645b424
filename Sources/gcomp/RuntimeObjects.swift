internal import Foundation
internal import Support

/// The objects of the runtime in the cache: they are the same for all models that a compiler
/// builds with the same flags, and there are some 170.
struct RuntimeObjects {
  let cache: Cache
  /// Identifies the compiler, its flags, the machine and the sources.
  let key: Fingerprint

  /// Puts the objects beside their sources in an output folder that has none, if they are known.
  func restore(to folder: URL) {
    let runtime = folder.appending(path: "runtime")
    guard isKnown, Self.objects(in: runtime).isEmpty,
      let entry = try? cache.entry(Self.kind, key, make: { _ in throw CocoaError(.fileNoSuchFile) })
    else { return }
    for name in Files.names(in: entry) where name.hasSuffix(".o") {
      // As in program-train.o; make takes an object for current if it is newer than its source.
      guard let dash = name.firstIndex(of: "-") else { continue }
      let target = runtime.appending(path: name.replacingCharacters(in: dash...dash, with: "/"))
      try? FileManager.default.copyItem(at: entry.appending(path: name), to: target)
      utimes(target.path, nil)
    }
  }

  /// Keeps the objects that make left in an output folder.
  func keep(from folder: URL) {
    let runtime = folder.appending(path: "runtime")
    let objects = Self.objects(in: runtime)
    guard !isKnown, objects.count == Self.sources(in: runtime) else { return }
    _ = try? cache.entry(Self.kind, key) { entry in
      for name in objects {
        let kept = name.replacing("/", with: "-", maxReplacements: 1)
        try FileManager.default.copyItem(
          at: runtime.appending(path: name), to: entry.appending(path: kept))
      }
    }
  }

  private static let kind = "runtimes"

  private var isKnown: Bool { cache.has(Self.kind, key) }

  // Objects as paths, such as program/train.o.
  private static func objects(in runtime: URL) -> [String] {
    OutputFolder.rooms.flatMap { room in
      Files.names(in: runtime.appending(path: room)).filter { $0.hasSuffix(".o") }
        .map { "\(room)/\($0)" }
    }
  }

  private static func sources(in runtime: URL) -> Int {
    OutputFolder.rooms.reduce(0) { count, room in
      count + Files.names(in: runtime.appending(path: room)).count { $0.hasSuffix(".c") }
    }
  }
}
