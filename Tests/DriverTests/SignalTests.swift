import Foundation
import TestSupport
import Testing

/// gcomp takes what it has started with it when it ends.
@Suite struct SignalTests {
  private static let endless = """
    import GraphKit
    import Glibc

    let model = Model("endless")
    if let file = fopen("pid", "w") {
      fputs("\\(getpid())\\n", file)
      fclose(file)
    }
    while true {}

    """

  // Waits until whatever runs has written its number to `pid`, sends a signal to gcomp, and says
  // how gcomp ended and whether the other is still there.
  private static let script = """
    exec 2>/dev/null
    set -m
    "$GCOMP" "$@" >output 2>&1 &
    gcomp=$!
    for i in $(seq 600); do [ -s pid ] && break; sleep 0.1; done
    kill -$SIGNAL $gcomp
    wait $gcomp
    echo "status $?"
    grep -qs '^State:.[^ZX]' /proc/$(cat pid)/status && echo "still there"
    ls -A own/* | grep '^[.]'
    exit 0
    """

  private func end(
    _ workspace: Workspace, with signal: String, _ arguments: String...
  ) throws -> String {
    let settings = [
      "GCOMP=\(gcompExecutable.path)", "GCOMP_CACHE=\(workspace.folder.path)/own",
      "SIGNAL=\(signal)", "bash", "-c", Self.script, "bash",
    ]
    return try runProgram(
      settings[0], Array(settings.dropFirst()) + arguments, in: workspace.folder
    )
    .output
  }

  @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
  func aModelEndsWithGcomp(signal: String, status: Int) throws {
    try Workspace.with(["m.swift": Self.endless]) { workspace in
      let result = try end(workspace, with: signal, "check", "m.swift")
      #expect(result == "status \(status)\n")
    }
  }

  /// What make has started, in whatever depth.
  @Test func aCompilerEndsWithGcomp() throws {
    let compiler = """
      #!/bin/sh
      case " $* " in *" -c "*) sleep 1000 & echo $! >"$(dirname "$0")/pid"; wait;; esac
      exec gcc "$@"
      """
    try Workspace.with(["steps.gir": Models.text, "mycc": compiler]) { workspace in
      _ = try runProgram("chmod", ["+x", "mycc"], in: workspace.folder)
      let output = try end(workspace, with: "TERM", "steps.gir", "--cc", "./mycc")
      #expect(output == "status 143\n")
    }
  }

  @Test func aModelHasATimeLimit() throws {
    try Workspace.with(["m.swift": Self.endless]) { workspace in
      let (status, output) = try workspace.gcomp("check", "m.swift", "--time-limit", "2")
      #expect(status == 1)
      #expect(output.contains("error: 'm.swift' ran longer than 2 seconds and was stopped\n"))
      #expect(output.contains("'--time-limit SECONDS'"))
      let process = workspace.text("pid")?.split(separator: "\n").first.map(String.init) ?? "-"
      let file = "/proc/\(process)/status"
      #expect(try runProgram("grep", ["-qs", "^State:.[^ZX]", file]).status != 0)
    }
  }

  /// Random numbers of Swift's differ from run to run, so such a model is run each time.
  @Test func randomNumbersAreNotFrozen() throws {
    let model = Models.tiny.replacing("x * x + x", with: "x * Double.random(in: 0..<1)")
    try Workspace.with(["m.swift": model]) { workspace in
      let first = try workspace.gcomp("m.swift", "--emit=graph").output
      #expect(try workspace.gcomp("m.swift", "--emit=graph").output != first)
    }
  }
}
