internal import Foundation
package import TestSupport

/// A C compiler of this machine.
package struct Compiler: Hashable, Sendable {
  /// As it is called, `gcc-12`.
  package let name: String
  package let hasOpenMP: Bool

  /// True iff it is a gcc.
  package var isGCC: Bool { name.contains("gcc") }

  /// Returns those of `names` that are there, and whether they compile OpenMP, which is tried as in
  /// the Makefile that gcomp emits.
  package static func found(_ names: [String]) -> [Compiler] {
    names.compactMap { name in
      guard (try? runProgram(name, ["--version"]).status) == 0 else { return nil }
      let arguments = ["-fopenmp", "-x", "c", "-fsyntax-only", "-"]
      let trial = try? runProgram(name, arguments, input: "#include <omp.h>\n")
      return Compiler(name: name, hasOpenMP: trial?.status == 0)
    }
  }
}

/// A compiler with the flags of a build.
package struct Configuration: Hashable, Sendable {
  package let compiler: Compiler
  /// `-O3` is what users get.
  package let level: String
  /// What follows `-march=`; `native` is what users get, nil leaves it out.
  package let target: String?
  package let threads: Int

  package init(
    _ compiler: Compiler, level: String = "-O3", target: String? = "native", threads: Int = 1
  ) {
    self.compiler = compiler
    self.level = level
    self.target = target
    self.threads = threads
  }

  /// As in `gcc-12 -O3 native`.
  package var title: String { "\(compiler.name) \(level) \(target ?? "portable")" }

  /// The title as the name of a file.
  package var fileName: String { title.replacing(" ", with: "-").replacing("/", with: "_") }

  /// The compiler with the flags that the emitted Makefile gives it.
  package var toolchain: Toolchain {
    var toolchain = Toolchain(
      family: compiler.isGCC ? .gcc : .clang, program: compiler.name,
      settings: ["OPTIMIZE=\(level)"])
    if !compiler.hasOpenMP { toolchain = toolchain.with(settings: ["OPENMP=0"]) }
    if target == "native" { return toolchain }
    toolchain = toolchain.with(settings: ["TARGET=portable", "PROCESSORS=baseline"])
    return target.map { toolchain.with("-march=\($0)") } ?? toolchain
  }

  /// Returns one configuration for each family of compilers, drawn anew for each seed: the flags of
  /// users half of the time.
  package static func drawn(_ compilers: [Compiler], seed: Int) -> [Configuration] {
    var choose = Chooser(seed: seed ^ 0x5eed)
    let families = [compilers.filter(\.isGCC), compilers.filter { !$0.isGCC }]
    return families.filter { !$0.isEmpty }.map { family in
      let compiler = choose.pick(family)
      let threads = choose.int(1...2)
      if choose.chance(0.4) { return Configuration(compiler, threads: threads) }
      return Configuration(
        compiler, level: choose.pick(["-O1", "-O2", "-O3", "-O3"]), target: choose.pick(targets),
        threads: threads)
    }
  }

  // The instruction sets that run here.
  private static let targets: [String?] = {
    let known = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    guard known.contains(" sse4_2 ") else { return [nil, "native"] }
    var targets: [String?] = [nil, "native", "x86-64-v2"]
    if known.contains(" avx2 ") { targets.append("x86-64-v3") }
    if known.contains(" avx512vl ") { targets.append("x86-64-v4") }
    return targets
  }()
}
