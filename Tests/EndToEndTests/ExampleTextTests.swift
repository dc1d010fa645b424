import Foundation
import TestSupport
import Testing

/// The text that gcomp writes for the examples: the same in each process, and as it is stored.
@Suite struct ExampleTextTests {
  /// Swift's hashing differs from process to process, so what depends on it would differ.
  @Test(arguments: Workshop.examples)
  func fiveProcessesWriteTheSame(_ name: String) throws {
    let folder = try Workshop.folder.get()
    let model = Workshop.model(name)
    _ = try Workshop.output(["check", model])
    // The executable of the model may come from the cache, what it wrote may not.
    func written(_ time: Int) throws -> [String: String] {
      let output = "again-\(name)/\(time)"
      let script = """
        cp -r cache "$0" && rm -rf "$0/programs" &&
        GCOMP_CACHE="$0" "$1" \(model) --emit c -o \(output)
        """
      let cache = "cache-\(name)-\(time)"
      let (status, message) = try runProgram(
        "sh", ["-c", script, cache, gcompExecutable.path], in: folder)
      #expect(status == 0, "\(message)")
      return try texts(folder.appending(path: "\(output)/\(name)"))
    }
    let first = try written(1)
    #expect(first.count == 8)
    for time in 2...5 {
      let same = try written(time) == first
      #expect(same)
    }
  }

  /// Each stage of each example that is small enough to be read; the C of all.
  @Test(arguments: Workshop.examples)
  func stagesAreAsStored(_ name: String) throws {
    let stages =
      name == "digits"
      ? [] : [("graph", "graph.gir"), ("fused", "fused.gir"), ("loops", "loops.txt")]
    for (stage, file) in stages {
      let text = try Workshop.output([Workshop.model(name), "--emit", stage])
      try checkGolden(file, in: "examples/\(name)", text)
    }
    _ = try Workshop.output([Workshop.model(name), "--emit", "c", "-o", "text"])
    let folder = try Workshop.folder.get().appending(path: "text/\(name)")
    for file in ["c", "h"] {
      let text = try String(contentsOf: folder.appending(path: "\(name).\(file)"), encoding: .utf8)
      try checkGolden("model.\(file)", in: "examples/\(name)", text)
    }
  }

  // The files of a folder but for the runtime, by name.
  private func texts(_ folder: URL) throws -> [String: String] {
    var texts: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name != "runtime" {
      texts[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    return texts
  }
}
