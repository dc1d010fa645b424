import Foundation
import TestSupport
import Testing

/// `gcomp verify` finds kernels that a compiler got wrong.
@Suite struct VerifyTests {
  // A model of two kernels, as a user writes it.
  private static let model = """
    import GraphKit

    let model = Model("tiny")
    model.infer(Input("x", [2, 3]), Input("k", [2], .i32)) { x, k in
      let table = Tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]])
      return ["y": x * x + x, "z": table.gather(k).sum(axes: [1])]
    }

    """

  // A C compiler that changes the optimised code of the model first, by default in the library that
  // users get and in that which shows its kernels.
  private static func compiler(_ change: String, inBoth: Bool = true) throws -> String {
    let unless = inBoth ? "" : "grep -q rt_trace tiny.c || "
    return """
      #!/bin/sh
      case " $* " in
        *" -O3 "*" tiny.c "*) \(unless)sed -i '\(change)' tiny.c ;;
      esac
      exec \(try RememberingCompiler.command("gcc")) "$@"

      """
  }

  private func verify(
    _ change: String, of model: String = model, inBoth: Bool = true
  ) throws -> (status: Int32, output: String) {
    let files = ["model.swift": model, "cc": try Self.compiler(change, inBoth: inBoth)]
    return try Workspace.with(files) { space in
      let cc = space.folder.appending(path: "cc").path
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: cc)
      return try space.gcomp("verify", "model.swift", "--cc", cc, "--threads", "1")
    }
  }

  @Test func whatIsRightPasses() throws {
    let (status, output) = try verify("")
    #expect(status == 0, "\(output)")
    #expect(output.contains("infer"))
    #expect(!output.contains("out of bounds"))
    #expect(!output.contains("not checked"))
  }

  @Test func aWrongKernelIsNamedWithItsLine() throws {
    let (status, output) = try verify("s/y\\[n\\]\\[i\\] = /y[n][i] = i == 2 ? 7 : /")
    #expect(status == 1)
    #expect(output.contains("out of bounds: 'add' (model.swift:6) in 'infer': y["), "\(output)")
    #expect(output.contains("is 7.0, but "), "\(output)")
    #expect(output.contains("error: results of 'tiny' are out of bounds"), "\(output)")
  }

  /// A double number that is made of single ones may differ as these do between two builds.
  @Test func doublesMadeOfSinglesMayDifferAsThese() throws {
    let model = """
      import GraphKit

      let model = Model("tiny")
      model.infer(Input("x", [2, 3])) { x in ["y": (x * x).sum().cast(to: .f64)] }

      """
    func changed(by factor: String) throws -> (status: Int32, output: String) {
      try verify("s/(double)sum/(double)(sum * \(factor))/", of: model, inBoth: false)
    }
    let (status, output) = try changed(by: "1.000001f")
    #expect(status == 0, "\(output)")
    let (wrong, report) = try changed(by: "1.1f")
    #expect(wrong == 1)
    #expect(report.contains("as compiled for users, although each of its kernels is right: y is"))
  }

  @Test func aCrashIsReportedWithItsPlace() throws {
    let (status, output) = try verify("s/y\\[n\\]\\[i\\] = /*(volatile int *)0 = 1, y[n][i] = /")
    #expect(status == 1)
    #expect(output.contains("error: compiled code crashed in 'infer'"), "\(output)")
    #expect(!output.contains("bug in gcomp"), "\(output)")
  }

  @Test func inputsThatDoNotExistAreRefused() throws {
    try Workspace.with(["model.swift": Models.tiny]) { space in
      let (status, output) = try space.gcomp("verify", "model.swift", "--input", "u=u.npy")
      #expect(status == 1)
      #expect(output.contains("'tiny' has no input 'u'; its inputs are seed, x"), "\(output)")
      let usage = try space.gcomp("verify", "model.swift", "--input", "x")
      #expect(usage.status == 2)
      #expect(usage.output.contains("'--input' must be NAME=FILE, such as x=x.npy, not 'x'"))
    }
  }
}
