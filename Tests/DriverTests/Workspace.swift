import Foundation
import TestSupport

/// A folder with models, in which gcomp is run as a user runs it.
struct Workspace {
  let folder: URL

  /// Calls `body` with a new folder that holds `files`; it is removed afterwards.
  static func with<Result>(
    _ files: [String: String] = [:], _ body: (Workspace) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { folder in
      try SharedCache.begin(at: folder.appending(path: "cache"))
      for (name, text) in files {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
      return try body(Workspace(folder: folder))
    }
  }

  /// Runs gcomp; the output is both streams together.
  func gcomp(
    _ arguments: String..., environment: [String] = []
  ) throws -> (status: Int32, output: String) {
    try gcomp(arguments, environment: environment)
  }

  /// Runs gcomp; the output is both streams together.
  func gcomp(
    _ arguments: [String], environment: [String] = []
  ) throws -> (status: Int32, output: String) {
    // The program is run by `env`, which takes variables in front.
    try runProgram(
      cache, environment + [gcompExecutable.path] + arguments, in: folder)
  }

  // Nothing is left in the user's own cache.
  private var cache: String { "GCOMP_CACHE=\(folder.path)/cache" }

  /// Writes bytes to a file.
  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: folder.appending(path: name))
  }

  /// Removes a file.
  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: folder.appending(path: name))
  }

  /// Returns the text of a file, or nil.
  func text(_ name: String) -> String? {
    try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// Returns when a file was changed last.
  func time(_ name: String) throws -> Date? {
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.appending(path: name).path)
    return attributes[.modificationDate] as? Date
  }

  /// The names in a folder; none if it is not there.
  func names(in name: String) -> [String] {
    let path = folder.appending(path: name).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// Small models.
enum Models {
  static let tiny = """
    import GraphKit

    let model = Model("tiny")
    model.infer(Input("x", [2, 3])) { x in ["y": x * x + x] }

    """

  /// The same as text, with one step that learns nothing.
  static let text = """
    program "steps" from "steps.gir"
    phase "" epochs 3 batch 2 {
      set "data" npy "data/points" {
        field "x"
        field "y"
      }
    }
    state @0 "total" parameter f32[]

    function init as initialise {
      %0 = input {0} : u64[] "seed"
      %1 = constant {0.0} : f32[]
      return update @0 %1
    }

    function train_step as trainStep {
      %0 = input {0} : f32[2] "x"
      %1 = read {@0} : f32[]
      %2 = reduce %0 {sum [ | i=2] (i)} : f32[]
      %3 = add %1, %2 : f32[]
      return "loss" %3, update @0 %3
    }

    """
}
