internal import Foundation
internal import Support

/// A C compiler that works.
struct CCompiler {
  /// As it is passed to make; may have flags of its own.
  let command: String
  let hasOpenMP: Bool

  /// Finds a compiler: the one that is asked for, else the first with OpenMP, else the first.
  static func find(_ chosen: String?, cache: Cache, _ console: Console) throws -> CCompiler {
    let variable = ProcessInfo.processInfo.environment["CC"].flatMap { $0.isEmpty ? nil : $0 }
    if let command = chosen ?? variable {
      let origin = chosen == nil ? "CC" : "--cc"
      return try take(probed(command, cache), named: command, origin: origin, console)
    }
    // GCC takes half the time for the long functions of tiles.
    let candidates = ["gcc", "clang", "/usr/bin/clang", "cc"]
    var serial: CCompiler?
    for command in candidates {
      guard let path = Subprocess.find(command) else { continue }
      guard let compiler = try probed(path, cache) else { continue }
      if compiler.hasOpenMP { return compiler.announced(console) }
      serial = serial ?? compiler
    }
    guard let serial else {
      throw Failure(
        "there is no C compiler that works; tried \(candidates.joined(separator: ", "))",
        hints: [installHint])
    }
    return serial.announced(console)
  }

  private static let installHint = "on Debian: apt-get install gcc make"

  private static func take(
    _ compiler: CCompiler?, named command: String, origin: String, _ console: Console
  ) throws -> CCompiler {
    if let compiler { return compiler.announced(console) }
    let exists = words(command).first.flatMap { Subprocess.find($0) } != nil
    let problem = exists ? "cannot build a program that runs" : "is not found"
    throw Failure("the C compiler '\(command)' from \(origin) \(problem)", hints: [installHint])
  }

  private func announced(_ console: Console) -> CCompiler {
    console.note("C compiler: \(command), \(hasOpenMP ? "with" : "without") OpenMP")
    if !hasOpenMP {
      console.show([
        Diagnostic(
          .warning, "'\(command)' has no OpenMP: the programs will run in one thread",
          notes: [
            Diagnostic(.note, "on Debian: apt-get install gcc, or clang libomp-dev; then --cc gcc")
          ])
      ])
    }
    return self
  }

  private static func words(_ command: String) -> [String] {
    command.split(separator: " ").map(String.init)
  }
}

// Probing.
extension CCompiler {
  private static let program = """
    #ifdef _OPENMP
    #include <omp.h>
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

  // Returns what a compiler can do, or nil if nothing; asks it only once.
  private static func probed(_ command: String, _ cache: Cache) throws -> CCompiler? {
    guard let first = words(command).first, let path = Subprocess.find(first),
      let identity = Files.identity(URL(filePath: path).resolvingSymlinksInPath())
    else { return nil }
    var key = Fingerprint(program)
    key.add(command)
    key.add(path)
    key.add(identity)
    let entry = try cache.entry("compilers", key) { folder in
      let source = folder.appending(path: "probe.c")
      try Files.write(program, to: source)
      let result =
        builds(command, source, ["-fopenmp"])
        ? "openmp" : builds(command, source, []) ? "serial" : "none"
      try Files.write(result + "\n", to: folder.appending(path: "result"))
    }
    let result = try Files.read(entry.appending(path: "result"))
    if result == "none\n" { return nil }
    return CCompiler(command: command, hasOpenMP: result == "openmp\n")
  }

  private static func builds(_ command: String, _ source: URL, _ flags: [String]) -> Bool {
    let words = words(command)
    guard let path = Subprocess.find(words[0]) else { return false }
    let program = source.deletingPathExtension().path
    let arguments = ["-std=c11", "-O1"] + flags + [source.path, "-o", program, "-lm"]
    guard let build = try? Subprocess.run(path, words.dropFirst() + arguments), build.succeeded,
      let run = try? Subprocess.run(program, [])
    else { return false }
    return run.succeeded
  }
}
