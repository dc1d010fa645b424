import Foundation
import TestSupport
import Testing

/// What `scripts/install` puts below a prefix is all that gcomp needs.
@Suite struct InstallTests {
  @Test func anInstalledCompilerTrains() throws {
    try Workspace.with { workspace in
      let script = repository.appending(path: "scripts/install").path
      let products = gcompExecutable.deletingLastPathComponent().path
      let prefix = workspace.folder.appending(path: "prefix").path
      let installed = try runProgram(script, ["--products", products, prefix])
      #expect(installed.status == 0, "\(installed.output)")
      let model = repository.appending(path: "examples/xor/model.swift").path
      // No folder of the repository is used.
      let (status, output) = try runProgram(
        "GCOMP_CACHE=\(workspace.folder.path)/cache",
        ["\(prefix)/bin/gcomp", "train", model, "--", "--steps", "20"], in: workspace.folder)
      #expect(status == 0, "\(output)")
      #expect(output.contains("weights runs/xor-1/weights/last.safetensors"))
    }
  }
}
