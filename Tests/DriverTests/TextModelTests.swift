import Testing

/// Models that are given as text go the same way, without Swift.
@Suite struct TextModelTests {
  @Test func mistakesAreShownWithTheirLine() throws {
    let text = Models.text.replacing("add %1, %2", with: "add %1, %9")
    try Workspace.with(["steps.gir": text]) { workspace in
      let (status, output) = try workspace.gcomp("check", "steps.gir")
      #expect(status == 1)
      #expect(
        output == """
          steps.gir:20:16: error: '%9' is not defined above
            %3 = add %1, %9 : f32[]
                         ^
          1 error

          """)
    }
  }

  @Test func illFormedProgramsAreErrors() throws {
    let text = Models.text.replacing("update @0 %1", with: "update @1 %1")
    try Workspace.with(["steps.gir": text]) { workspace in
      let (status, output) = try workspace.gcomp("check", "steps.gir")
      #expect(status == 1)
      #expect(
        output == """
          steps.gir: error: function init: update @1 %1: there is no state @1
          1 error

          """)
    }
  }

  /// What was fused is fused anew.
  @Test func fusedTextIsAModel() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      let fused = try workspace.gcomp("steps.gir", "--emit=fused").output
      try workspace.write(Array(fused.utf8), to: "fused.gir")
      #expect(try workspace.gcomp("fused.gir", "--emit=fused").output == fused)
      #expect(try workspace.gcomp("check", "fused.gir").status == 0)
    }
  }

  @Test func stagesAreShown() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      #expect(try workspace.gcomp("steps.gir", "--emit", "graph").output == Models.text)
      let fused = try workspace.gcomp("steps.gir", "--emit=fused").output
      #expect(fused.contains(" = kernel "))
      #expect(try workspace.gcomp("steps.gir", "--stop-after=fuse").output == fused)
      let dumped = try workspace.gcomp("steps.gir", "--stop-after=fuse", "--dump-after=fuse").output
      #expect(dumped == "// after 'fuse'\n\(fused)\n")
      #expect(try workspace.gcomp("steps.gir", "--emit=loops").output.contains("\nkernel "))
      #expect(try workspace.gcomp("steps.gir", "--emit=dot").output.hasPrefix("digraph \"init\" {"))
      #expect(try workspace.gcomp("steps.gir", "--emit=memory").output.hasPrefix("steps: state, "))
      let picture = try workspace.gcomp("steps.gir", "--emit=memory-map").output
      #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"))
      #expect(picture.contains("<title>total: "))
      #expect(try workspace.gcomp("summary", "steps.gir").output.contains("train_step  x f32[2]"))
      let double = try workspace.gcomp("steps.gir", "--emit=fused", "--precision=f64").output
      #expect(double.contains("\"total\" parameter f64[]"))
      #expect(workspace.names(in: "build").isEmpty)
    }
  }

  /// A model that cannot do with the memory it may have is not written.
  @Test func memoryHasALimit() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      let (status, output) = try workspace.gcomp("steps.gir", "--max-bytes", "8")
      #expect(status == 1)
      #expect(
        output.contains(
          "error: 'steps' needs at least 64 bytes, even if values are recomputed; "
            + "'--max-bytes' allows 8"), "\(output)")
      #expect(workspace.names(in: "build").isEmpty)
      #expect(try workspace.gcomp("check", "steps.gir", "--max-bytes=1K").status == 0)
    }
  }

  @Test func stagesAreWrittenToFiles() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      let (status, output) = try workspace.gcomp("steps.gir", "--emit=graph", "-o", "out/x")
      #expect(status == 0)
      #expect(output == "wrote out/x/steps.gir\n")
      #expect(workspace.text("out/x/steps.gir") == Models.text)
      _ = try workspace.gcomp("steps.gir", "--emit=dot", "-o", "out")
      #expect(
        workspace.names(in: "out")
          == ["steps.init.dot", "steps.init_rest.dot", "steps.train_step.dot", "x"])
    }
  }

  /// The data are relative to the model; the program looks from where it lies.
  @Test func theFolderHoldsCAndRuntime() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      let (status, _) = try workspace.gcomp("steps.gir", "--emit=c", "--time-passes")
      #expect(status == 0)
      let names = workspace.names(in: "build/steps")
      let expected = ["Makefile", "runtime", "steps.c", "steps.h", "steps.pc.in", "steps_infer.c"]
      #expect(names == expected + ["steps_library.c", "steps_processors.c", "steps_train.c"])
      #expect(workspace.text("build/steps/steps.c")?.contains("\"../../data/points\"") == true)
      #expect(workspace.text("build/steps/runtime/runtime.h") != nil)
      let before = try workspace.time("build/steps/steps.c")
      _ = try workspace.gcomp("steps.gir", "--emit=c")
      #expect(try workspace.time("build/steps/steps.c") == before)
    }
  }

  /// Only a profiled model is timed, and turning it off again leaves what was there before.
  @Test func profilesAreAskedFor() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      func emitted(_ options: String...) throws -> String? {
        #expect(try workspace.gcomp(["steps.gir", "--emit=c"] + options).status == 0)
        return workspace.text("build/steps/steps.c")
      }
      let plain = try emitted()
      #expect(plain?.contains("rofile") == false)
      #expect(try emitted("--profile")?.contains("RT_PROFILED(m->profile, ") == true)
      #expect(try emitted() == plain)
    }
  }

  @Test func aCompilerThatIsNotThereIsNamed() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      let (status, output) = try workspace.gcomp("steps.gir", "--cc", "nocc")
      #expect(status == 1)
      #expect(output.contains("error: the C compiler 'nocc' from --cc is not found\n"))
      let home = try workspace.gcomp("steps.gir", environment: ["GCOMP_HOME=/nowhere"])
      #expect(
        home.output.contains(
          "error: GCOMP_HOME is '/nowhere', which lacks 'templates' and 'Runtime'\n"))
    }
  }
}
