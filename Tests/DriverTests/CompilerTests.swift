import Foundation
import TestSupport
import Testing

/// What gcomp does when it meets a C compiler. The compilers are scripts around gcc.
@Suite struct CompilerTests {
  private static let beginning = """
    #!/bin/sh
    here=$(dirname "$0")

    """
  // Optimises nothing, as the trial kernels need their time.
  private static func ending() throws -> String {
    "exec \(try RememberingCompiler.command("gcc")) \"$@\" -O0\n"
  }

  // Computes another hyperbolic tangent if it gets a flag.
  private static func wrong(with flag: String) -> String {
    """
    case " $* " in *" \(flag) "*trial.c*)
      sed 's/rt_tanh(/0.999f * rt_tanh(/' runtime/trial/trial.c >runtime/trial/wrong.c
      exec gcc -std=c11 -fopenmp -c -o runtime/trial/trial.o runtime/trial/wrong.c;;
    esac

    """
  }

  private func with(_ script: String, _ body: (Workspace) throws -> Void) throws {
    let files = [
      "steps.gir": Models.text, "mycc": try Self.beginning + script + Self.ending(),
    ]
    try Workspace.with(files) { workspace in
      _ = try runProgram("chmod", ["+x", "mycc"], in: workspace.folder)
      try body(workspace)
    }
  }

  /// The trial kernels run once; then their result is known.
  @Test func trialsAreRemembered() throws {
    try with("") { workspace in
      let first = try workspace.gcomp("steps.gir", "--cc", "./mycc")
      #expect(first.status == 0, "\(first.output)")
      #expect(first.output.contains("/mycc -O3: right\n"))
      let second = try workspace.gcomp("steps.gir", "--cc", "./mycc", "-o", "other")
      #expect(second.status == 0, "\(second.output)")
      #expect(!second.output.contains("trial kernels"))
      // Other flags are another compiler.
      let third = try workspace.gcomp(
        "steps.gir", "--cc", "./mycc", environment: ["CFLAGS=-fno-inline"])
      #expect(third.output.contains("/mycc -O3: right\n"))
    }
  }

  /// A compiler that is wrong with -O3 is named, and used with less.
  @Test func aWrongCompilerOptimisesLess() throws {
    let script = Self.wrong(with: "-O3")
    try with(script) { workspace in
      for _ in 1...2 {
        let (status, output) = try workspace.gcomp("steps.gir", "--cc", "./mycc")
        #expect(status == 0, "\(output)")
        #expect(output.contains("/mycc' with -O3 gives wrong results\n"))
        #expect(output.contains("note: 'map.squashed', element 0 is -"))
        #expect(output.contains("/mycc, with OpenMP, with -O2\n"))
      }
    }
  }

  /// One that is always wrong builds nothing.
  @Test func anAlwaysWrongCompilerIsRefused() throws {
    let script = Self.wrong(with: "-std=c11")
    try with(script) { workspace in
      let (status, output) = try workspace.gcomp("steps.gir", "--cc", "./mycc")
      #expect(status == 1)
      #expect(
        output.contains("/mycc' gave wrong results in all trials, even with -O1\n"),
        "\(output)")
      #expect(workspace.text("build/steps/steps-train") == nil)
    }
  }

  /// What is installed after a failure is seen.
  @Test func failuresAreNotRemembered() throws {
    let script = """
      if [ -e "$here/libc-missing" ]; then echo "stdio.h: No such file" >&2; exit 1; fi
      case " $* " in *" -fopenmp "*) if [ -e "$here/omp-missing" ]; then exit 1; fi;; esac

      """
    try with(script) { workspace in
      func build() throws -> String {
        try workspace.gcomp("steps.gir", "--cc", "./mycc").output
      }
      try workspace.write([], to: "libc-missing")
      try workspace.write([], to: "omp-missing")
      #expect(try build().contains("'./mycc' from --cc cannot build a program that runs"))
      try workspace.remove("libc-missing")
      #expect(try build().contains("/mycc, without OpenMP"))
      try workspace.remove("omp-missing")
      #expect(try build().contains("/mycc, with OpenMP"))
    }
  }

  /// A compiler that accepts -fopenmp and does nothing about it has no OpenMP.
  @Test func ignoredFlagsAreNoOpenMP() throws {
    let script = """
      for word; do shift; if [ "$word" != -fopenmp ]; then set -- "$@" "$word"; fi; done

      """
    try with(script) { workspace in
      let (status, output) = try workspace.gcomp("steps.gir", "--cc", "./mycc")
      #expect(status == 0, "\(output)")
      #expect(output.contains("/mycc, without OpenMP"))
      let make = try runProgram(
        "make", ["-C", "build/steps", "CC=../../mycc"], in: workspace.folder)
      #expect(make.status == 2)
      #expect(make.output.contains("does not compile OpenMP"))
    }
  }

  /// Quick builds take clang, whose quick programs are faster and are compiled sooner.
  @Test func quickBuildsTakeClang() throws {
    try Workspace.with(["steps.gir": Models.text]) { workspace in
      let (status, output) = try workspace.gcomp("steps.gir", "--quick")
      #expect(status == 0, "\(output)")
      #expect(output.contains(/C compiler: \S*clang, with OpenMP, quick/), "\(output)")
    }
  }

  /// Entries of the cache that lost a file, or a part of one, are made anew.
  @Test func aDamagedCacheHeals() throws {
    try Workspace.with(["m.swift": Models.tiny]) { workspace in
      let first = try workspace.gcomp("m.swift", "--emit=c")
      #expect(first.status == 0, "\(first.output)")
      for (kind, name) in [("programs", "tiny.gir"), ("models", "model"), ("programs", "printed")] {
        for isEmpty in [true, false] {
          let entry = try #require(workspace.names(in: "cache/\(kind)").first)
          let file = "cache/\(kind)/\(entry)/\(name)"
          if isEmpty { try workspace.write([1], to: file) } else { try workspace.remove(file) }
          let (status, output) = try workspace.gcomp("m.swift", "--emit=c")
          #expect(status == 0, "\(file): \(output)")
        }
      }
    }
  }
}
