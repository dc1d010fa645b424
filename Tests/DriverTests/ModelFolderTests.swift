import Foundation
import Testing

/// A model that is a folder of Swift files.
@Suite struct ModelFolderTests {
  private static let main = """
    import GraphKit

    let net = Net(hidden: 4)
    let model = Model("parts", net)
    model.infer(Input("x", [2, 3])) { x in ["y": net(x)] }

    """

  private static let net = """
    import GraphKit

    struct Net: Layer {
      let first: Dense
      let second: Dense

      init(hidden: Int) {
        first = Dense(3, hidden)
        second = Dense(hidden, 2)
      }

      func callAsFunction(_ x: Tensor) -> Tensor { second(relu(first(x))) }
    }

    """

  private func with(
    _ files: [String: String], _ body: (Workspace) throws -> Void
  ) throws {
    try Workspace.with { workspace in
      let folder = workspace.folder.appending(path: "f")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in files {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
      }
      try body(workspace)
    }
  }

  @Test func itsFilesAreCompiledTogether() throws {
    try with(["model.swift": Self.main, "net.swift": Self.net]) { workspace in
      let first = try workspace.gcomp("f", "--emit=graph")
      #expect(first.status == 0, "\(first.output)")
      // Places are in the file where they are.
      #expect(first.output.hasPrefix("program \"parts\" from \"model.swift\"\n"))
      #expect(
        first.output.contains("state @0 \"first.weight\" parameter f32[4, 3] at net.swift:8:13"))
      #expect(first.output.contains("\"x\" at model.swift:5:13"))
      #expect(workspace.names(in: "cache/models").count == 1)
      // A change in any file counts.
      let other = Self.net.replacing("relu", with: "tanh")
      try workspace.write(Array(other.utf8), to: "f/net.swift")
      #expect(try workspace.gcomp("f/", "--emit=graph").output.contains("tanh"))
      #expect(workspace.names(in: "cache/models").count == 2)
      // The file alone is a model of one file.
      let alone = try workspace.gcomp("f/model.swift", "--emit=graph")
      #expect(alone.output.contains("f/model.swift:3:11: error: cannot find 'Net' in scope"))
      let built = try workspace.gcomp("f", "--emit=c")
      #expect(built.status == 0, "\(built.output)")
      #expect(try #require(workspace.text("build/parts/parts.c")).contains("net.swift:12"))
    }
  }

  @Test func mistakesAreShownInTheirFile() throws {
    let wrong = Self.net.replacing("Dense(hidden, 2)", with: "Dense(hidden + 1, 2)")
    try with(["model.swift": Self.main, "net.swift": wrong]) { workspace in
      let (status, output) = try workspace.gcomp("check", "f")
      #expect(status == 1)
      #expect(
        output.hasPrefix(
          """
          f/net.swift:12:54: error: the input of 'Dense' must have 5 elements in its last \
          axis; it is 'f32[2, 4]'
            func callAsFunction(_ x: Tensor) -> Tensor { second(relu(first(x))) }
          """), "\(output)")
      #expect(output.contains("f/net.swift:12:55: note: it is made here\n"))
      #expect(output.contains("f/model.swift:5:49: note: called from here\n"), "\(output)")
    }
  }

  @Test func whatSwiftcSaysNamesFileAndLine() throws {
    let main = Self.main.replacing("hidden: 4", with: "hidden: \"4\"")
    try with(["model.swift": main, "net.swift": Self.net]) { workspace in
      let (status, output) = try workspace.gcomp("check", "f")
      #expect(status == 1)
      #expect(
        output.hasPrefix("f/model.swift:3:23: error: cannot convert value of type 'String'"),
        "\(output)")
      #expect(output.contains("3 | let net = Net(hidden: \"4\")\n"), "\(output)")
      #expect(!output.contains("main.swift"))
    }
  }

  @Test func codeThatRunsIsInOneFile() throws {
    let files = ["model.swift": Self.main, "net.swift": Self.net + "print(1)\n"]
    try with(files) { workspace in
      let (status, output) = try workspace.gcomp("check", "f")
      #expect(status == 1)
      #expect(
        output.hasPrefix("f/net.swift:14:1: error: expressions are not allowed at the top level"))
      #expect(
        output.hasSuffix(
          "note: in a folder, only 'model.swift' may have code outside of types and functions\n"))
    }
  }

  @Test func aFolderNeedsAModel() throws {
    try with(["net.swift": Self.net]) { workspace in
      let none = try workspace.gcomp("check", "f")
      #expect(
        none.output.hasPrefix(
          "error: the folder 'f' has no 'model.swift', the file of a model that runs\n"
            + "note: for that file alone, write 'gcomp f/net.swift'; in a folder it is called "
            + "'model.swift'\n"), "\(none.output)")
      try workspace.write(Array(Self.main.utf8), to: "f/model.swift")
      try workspace.write(Array("print(1)\n".utf8), to: "f/main.swift")
      let two = try workspace.gcomp("check", "f")
      #expect(
        two.output.hasPrefix(
          "error: 'f/main.swift' cannot stand beside 'model.swift', which is the file that runs\n"),
        "\(two.output)")
    }
  }
}
