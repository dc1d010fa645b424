import Testing

/// What is said about the command line itself.
@Suite struct CommandLineTests {
  @Test func helpNamesCommandsOptionsAndPasses() throws {
    try Workspace.with { workspace in
      let (status, output) = try workspace.gcomp("--help")
      #expect(status == 0)
      let words =
        ["build", "train", "infer", "check", "summary", "-o, --output DIR"]
        + ["--emit STAGE", "--cc CC", "--target TARGET", "--precision TYPE"]
        + [
          "--max-bytes N", "--dump-after PASS", "--stop-after PASS", "--dump-schedules",
          "--time-passes",
        ]
        + ["--version", "differentiate", "fuse"]
      for word in words { #expect(output.contains("\n  " + word), "\(word)") }
      #expect(output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
  }

  @Test func versionIsOneLine() throws {
    try Workspace.with { workspace in
      let (status, output) = try workspace.gcomp("--version")
      #expect(status == 0)
      #expect(output.wholeMatch(of: /gcomp \d+\.\d+\n/) != nil)
    }
  }

  @Test(arguments: [
    ("", "there is no model; name a file such as model.swift"),
    ("train", "there is no model; name a file such as model.swift"),
    ("--hepl", "unknown option '--hepl'; did you mean '--help'?"),
    ("m.swift --time-pases", "unknown option '--time-pases'; did you mean '--time-passes'?"),
    ("m.swift --frobnicate", "unknown option '--frobnicate'"),
    ("train m.swift --seed 3", "unknown option '--seed'; flags of the program follow '--'"),
    ("trian m.swift", "unknown command 'trian'; did you mean 'train'?"),
    (
      "train a.swift b.swift", "unexpected 'b.swift' after 'a.swift'; gcomp takes one model"
    ),
    ("m.swift -o", "'-o' needs a value: -o DIR"),
    ("m.swift --cc=", "'--cc' needs a value: --cc CC"),
    ("m.swift --version=3", "'--version' takes no value"),
    (
      "m.swift --emit=grpah",
      "'--emit' must be graph, fused, loops, c, dot, memory or memory-map, not 'grpah'; "
        + "did you mean 'graph'?"
    ),
    ("m.swift --seed 3", "unknown option '--seed'; only 'sweep' and 'verify' have it"),
    ("m.swift --trials 3", "unknown option '--trials'; only 'sweep' has it"),
    ("m.swift --set hidden", "'--set' must be NAME=VALUE, such as hidden=128, not 'hidden'"),
    ("m.swift --set a=1 --set a=2", "'--set a' is given twice: 1 and 2"),
    ("m.swift --target arm", "'--target' must be native or portable, not 'arm'"),
    (
      "m.swift --max-bytes 64MB",
      "'--max-bytes' must be a number of bytes such as 65536, 512K, 64M or 2G, not '64MB'"
    ),
    ("m.swift --max-bytes 99999999999G", "'--max-bytes' is larger than any memory: '99999999999G'"),
    ("m.swift --stop-after fuze", "unknown pass 'fuze' for '--stop-after'; did you mean 'fuse'?"),
    ("check m.swift -- --seed 3", "'check' runs no program; nothing can follow '--'"),
  ])
  func mistakesHaveOneLineAndStatus2(words: String, message: String) throws {
    try Workspace.with { workspace in
      let arguments = words.split(separator: " ").map(String.init)
      let (status, output) = try workspace.gcomp(arguments)
      #expect(status == 2)
      #expect(output.split(separator: "\n").first.map(String.init) == "gcomp: \(message)")
      #expect(output.contains("gcomp --help"))
    }
  }

  @Test func filesThatAreNoModelsAreNamed() throws {
    try Workspace.with(["notes.txt": "hello", "folder.swift": "x"]) { workspace in
      func first(_ name: String) throws -> String {
        let (status, output) = try workspace.gcomp(name)
        #expect(status == 1)
        #expect(output.hasSuffix("1 error\n"))
        return String(output.split(separator: "\n").first ?? "")
      }
      #expect(
        try first("nowhere.swift")
          == "error: cannot read 'nowhere.swift': No such file or directory")
      #expect(
        try first(".")
          == "error: the folder '.' has no 'model.swift', the file of a model that runs")
      #expect(
        try first("notes.txt")
          == "error: 'notes.txt' is not a model; pass a '.swift' or a '.gir' file")
      try workspace.write([0x66, 0xff, 0x00], to: "binary.swift")
      #expect(try first("binary.swift") == "error: 'binary.swift' is not text in UTF-8")
    }
  }
}
