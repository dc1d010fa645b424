import Foundation
import TestSupport
import Testing

/// A cache is kept from call to call; weights do not bring it along.
@Suite struct CacheTests {
  @Test(arguments: Toolchain.Family.allCases)
  func weightsBringNoCaches(_ family: Toolchain.Family) throws {
    let root = try Workshop.folder.get()
    let name = "caches_\(family)"
    let source = root.appending(path: "\(name).swift")
    try Self.model.replacing("NAME", with: name)
      .write(to: source, atomically: true, encoding: .utf8)
    let compiler = try RememberingCompiler.command(family.compiler)
    let output = try Workshop.output(["\(name).swift", "--cc", compiler])
    let folder = root.appending(path: "build/\(name)")
    let example = Example(name: name, folder: folder, output: output)
    let code = try String(contentsOf: folder.appending(path: "\(name).c"), encoding: .utf8)
    #expect(code.contains(".role = RT_CACHE}"))
    try withTemporaryFolder { folder in
      // What training does to the cache is saved for a run that is resumed, and read for no other.
      try example.run("train", [], in: folder)
      let weights = folder.appending(path: "runs/\(name)-1/weights/last.safetensors")
      let bytes = try Data(contentsOf: weights)
      #expect(bytes.range(of: Data("\"scale\"".utf8)) != nil)
      #expect(bytes.range(of: Data("\"seen\"".utf8)) != nil)
      try example.run("train", ["--init", weights.path], in: folder)
      // Each call of the function finds what the one before has left, 7 to begin with.
      let printed = try example.run("infer", ["next", "--weights", weights.path], in: folder)
      #expect(printed.contains("count 7"), "\(printed)")
      #expect(!printed.contains("warning"), "\(printed)")
    }
  }

  @Test func aSummaryCountsCaches() throws {
    let root = try Workshop.folder.get()
    try Self.model.replacing("NAME", with: "counted")
      .write(to: root.appending(path: "counted.swift"), atomically: true, encoding: .utf8)
    let lines = try Workshop.output(["summary", "counted.swift"]).split(separator: "\n")
      .map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains(["cache", "1", "1", "8"]), "\(lines)")
    let graph = try Workshop.output(["counted.swift", "--emit", "graph"])
    #expect(graph.contains("\"seen\" cache i64[] at"))
  }

  private static let model = """
    import GraphKit

    struct Counting: Module {
      let scale = Parameter([2], initialiser: .ones)
      let seen = Parameter.cache([], .i64, initialiser: .constant(7))

      func callAsFunction() -> Tensor {
        seen.assign(seen.value + 1)
        return (scale.value * seen.value.cast(to: .f32)).sum()
      }
    }

    let net = Counting()
    let model = Model("NAME", net)

    model.train(epochs: 1, steps: 3) {
      let loss = net()
      SGD(rate: 0.01).minimize(loss, net.parameters)
      return ["loss": loss]
    }

    model.function("next") {
      let before = net.seen.value
      let y = net()
      return ["count": before, "y": y]
    }
    """
}
