internal import Foundation
internal import Synchronization

/// A C compiler, with the flags that the emitted Makefile gives it.
///
/// This is the one place that says which compilers tests use, and with which flags: what users get,
/// as `make` itself reads it from `templates/Makefile`. Tests run the same with gcc and clang.
package struct Toolchain: Sendable, Hashable, CustomStringConvertible {
  /// The two compilers; there may be several versions of each.
  package enum Family: String, Sendable, CaseIterable { case gcc, clang }

  package var family: Family
  /// Its program, as in `gcc-11`; nil takes the family's.
  package var program: String?
  /// Variables of the Makefile, as in `OPENMP=0`.
  package var settings: [String] = []
  /// Flags behind those of the Makefile, which win over them.
  package var more: [String] = []

  package init(family: Family, program: String? = nil, settings: [String] = []) {
    self.family = family
    self.program = program
    self.settings = settings
  }

  /// As users build, for this machine with OpenMP.
  package static let gcc = Toolchain(family: .gcc)
  package static let clang = Toolchain(family: .clang)
  /// For any machine, in one thread, without kernels for better processors.
  package static let gccPortable = gcc.with(settings: serial)
  package static let clangPortable = clang.with(settings: serial)
  private static let serial = ["OPENMP=0", "TARGET=portable", "PROCESSORS=baseline"]

  /// What users have most: both compilers with the flags that they get without asking.
  package static let users = [gcc, clang]
  /// Both compilers, one for this machine with OpenMP and one for any machine in one thread; in the
  /// long form of tests both with both.
  package static let varied =
    TestEnvironment.isLong
    ? [gcc, clang, gccPortable, clangPortable] : [gcc, clangPortable]

  /// Quick builds, whose kernels share the sums of blocks in `Runtime/math/tile.c`.
  package static let quick = users.map { $0.with(settings: ["QUICK=1"]) }

  /// clang with its watch for races, in programs with OpenMP.
  ///
  /// Without optimisation, as races are in the C itself, and compilers take a fifth of the time.
  package static let raceWatching = clang.with("-O0", "-g1", "-fsanitize=thread")

  /// What compiles libraries of many programs: gcc, and in the long form of tests both compilers.
  package static let libraries = TestEnvironment.isLong ? users : [gcc]

  /// clang in one thread; it ends a program at an error of memory or at undefined behaviour. Also
  /// without optimisation; gcc takes twice as long.
  package static let sanitized = clangPortable.with(
    "-O0", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")

  /// The same with other variables of the Makefile.
  package func with(settings: [String]) -> Toolchain {
    var changed = self
    changed.settings += settings
    return changed
  }

  /// The same with more flags.
  package func with(_ flags: String...) -> Toolchain {
    var changed = self
    changed.more += flags
    return changed
  }

  package var description: String {
    ([program ?? family.rawValue] + settings + more).joined(separator: " ")
  }

  /// The program of the compiler: the one named, else `$GCOMP_GCC` or `$GCOMP_CLANG`, else the
  /// first that `scripts/setup` finds.
  package var compiler: String { get throws { try program ?? family.compiler } }

  /// The compiler and its flags.
  package var command: [String] { get throws { try [compiler] + flags + more } }

  /// What `make` takes to build as this compiler does.
  package var makeArguments: [String] {
    get throws {
      try [
        "CC=\(RememberingCompiler.command(compiler))",
        "CFLAGS=\((["-Werror"] + more).joined(separator: " "))",
      ] + settings
    }
  }

  // The flags of the Makefile.
  private var flags: [String] {
    get throws {
      let variables = try ["CC=\(compiler)", "CFLAGS="] + settings
      return try known.value(of: variables.joined(separator: " ")) {
        let makefile = repository.appending(path: "templates/Makefile").path
        let (status, output) = try runProgram(
          "make", ["-s", "-f", "-", "flags"] + variables,
          input: "include \(makefile)\nflags:\n\t@echo '$(FLAGS)'\n")
        if status != 0 { throw GoldenMismatch(description: output) }
        return output
      }.split(whereSeparator: \.isWhitespace).map(String.init)
    }
  }
}

extension Toolchain.Family {
  /// The program of the C compiler.
  package var compiler: String {
    get throws {
      let variable = "GCOMP_\(rawValue.uppercased())"
      if let chosen = ProcessInfo.processInfo.environment[variable] { return chosen }
      return try known.value(of: rawValue) {
        let setup = repository.appending(path: "scripts/setup").path
        let (status, output) = try runProgram(setup, ["--find", rawValue])
        if status != 0 { throw GoldenMismatch(description: output) }
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
  }

  /// The program of its C++ compiler.
  package var plusPlus: String {
    get throws {
      try self == .gcc
        ? compiler.replacing("gcc", with: "g++") : compiler.replacing("clang", with: "clang++")
    }
  }
}

/// What programs said, each asked once.
private final class KnownAnswers: Sendable {
  private let answers = Mutex<[String: String]>([:])

  func value(of question: String, _ ask: () throws -> String) throws -> String {
    if let answer = answers.withLock({ $0[question] }) { return answer }
    let answer = try ask()
    answers.withLock { $0[question] = answer }
    return answer
  }
}

private let known = KnownAnswers()
