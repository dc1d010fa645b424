internal import Foundation
internal import Support

/// A C compiler that works, and the flags with which it is used.
struct CCompiler {
  /// The command as make gets it, possibly with flags.
  let command: String
  let hasOpenMP: Bool
  /// How much it optimises.
  var optimization = CCompiler.optimizations[0]

  /// The compilers that are looked for, best first: of those that are right the first is taken.
  ///
  /// GCC makes the faster programs, but with `-O1` it takes longer and makes slower ones.
  static func candidates(isQuick: Bool) -> [String] {
    isQuick ? ["clang", "/usr/bin/clang", "gcc", "cc"] : ["gcc", "clang", "/usr/bin/clang", "cc"]
  }

  /// The flags that are tried, fastest first.
  static let optimizations = ["-O3", "-O2", "-O1"]

  /// What stands for the flags of a quick build, which the Makefile names.
  static let quick = "quick"

  static let installHint = "on Debian: apt-get install gcc make"

  /// Identifies the compiler, its executable and its command; nil if there is none.
  var identity: Fingerprint? { Self.identity(command) }

  /// Says which one was taken.
  func announce(_ console: Console) {
    let isUsual = optimization == Self.optimizations[0]
    let level = isUsual ? "" : optimization == Self.quick ? ", quick" : ", with \(optimization)"
    console.note("C compiler: \(command), \(hasOpenMP ? "with" : "without") OpenMP\(level)")
    if hasOpenMP { return }
    console.show([
      Diagnostic(
        .warning, "'\(command)' has no OpenMP: the programs will run in one thread",
        notes: [
          Diagnostic(.note, "on Debian: apt-get install gcc, or clang libomp-dev; then --cc gcc")
        ])
    ])
  }

  /// The compiler with another optimisation.
  func with(_ optimization: String) -> CCompiler {
    var result = self
    result.optimization = optimization
    return result
  }
}

// Probing.
extension CCompiler {
  private static let program = """
    #ifdef _OPENMP
    #include <omp.h>
    #elif defined NEEDS_OPENMP
    #error the flag is ignored
    #endif
    #include <math.h>
    #include <stdio.h>

    int main(void) {
      int sum = 0;
    #pragma omp parallel for reduction(+ : sum)
      for (int i = 0; i < 100; i++) sum += i;
    #ifdef _OPENMP
      if (omp_get_max_threads() < 1) return 1;
    #endif
      return printf("%d %.0f\\n", sum, floor(sum / 3.0)) > 0 && sum == 4950 ? 0 : 1;
    }

    """

  // A missing compiler may be installed at any time, so only success is cached.
  private struct HasNoOpenMP: Error {}

  /// Returns the compiler if it builds programs that run.
  static func probed(_ command: String, _ cache: Cache) throws -> CCompiler? {
    guard let key = identity(command) else { return nil }
    var isSerial = false
    do {
      _ = try cache.entry("compilers", key) { folder in
        let source = folder.appending(path: "probe.c")
        try Files.write(program, to: source)
        if try builds(command, source, ["-fopenmp", "-DNEEDS_OPENMP"]) { return }
        isSerial = try builds(command, source, [])
        throw HasNoOpenMP()
      }
      return CCompiler(command: command, hasOpenMP: true)
    } catch is HasNoOpenMP {
      return isSerial ? CCompiler(command: command, hasOpenMP: false) : nil
    }
  }

  /// The command as it works in every folder: `./cc -m32` has an absolute path.
  static func absolute(_ command: String) -> String {
    guard let first = words(command).first, first.contains("/"), !first.hasPrefix("/") else {
      return command
    }
    return ([URL(filePath: first).standardizedFileURL.path] + words(command).dropFirst())
      .joined(separator: " ")
  }

  /// True iff the program of a command is there.
  static func exists(_ command: String) -> Bool { path(command) != nil }

  // The path, size and time of the compiler's executable, and the words of its command.
  private static func identity(_ command: String) -> Fingerprint? {
    guard let path = path(command),
      let identity = Files.identity(URL(filePath: path).resolvingSymlinksInPath())
    else { return nil }
    var key = Fingerprint(program)
    key.add(command)
    key.add(path)
    key.add(identity)
    return key
  }

  // True iff the compiler builds a program with these flags that runs and, with OpenMP, has it.
  private static func builds(
    _ command: String, _ source: URL, _ flags: [String]
  ) throws -> Bool {
    guard let path = path(command) else { return false }
    let program = source.deletingPathExtension().path
    let arguments = ["-std=c11", "-O1"] + flags + [source.path, "-o", program, "-lm"]
    do {
      guard try Subprocess.run(path, words(command).dropFirst() + arguments).succeeded else {
        return false
      }
      return try Subprocess.run(program, []).succeeded
    } catch is Failure {
      return false
    }
  }

  private static func path(_ command: String) -> String? {
    words(command).first.flatMap { Subprocess.find($0) }
  }

  private static func words(_ command: String) -> [String] {
    command.split(separator: " ").map(String.init)
  }
}
