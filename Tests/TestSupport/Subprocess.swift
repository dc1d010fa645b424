package import Foundation

/// Runs a program and returns its exit status and all that it printed.
package func runProgram(
  _ path: String, _ arguments: [String], in directory: URL? = nil, input: String = ""
) throws -> (status: Int32, output: String) {
  waitQuietly()
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [path] + arguments
  process.currentDirectoryURL = directory
  let (output, source) = (Pipe(), Pipe())
  process.standardOutput = output
  process.standardError = output
  process.standardInput = source
  try withoutBlockedSignals { try process.run() }
  withoutBrokenPipe { try? source.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
  try source.fileHandleForWriting.close()
  let data = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

/// The compiler, which lies beside the program of the tests.
package var gcompExecutable: URL { programBeside("gcomp") }

/// A program of the package, which lies beside that of the tests.
package func programBeside(_ name: String) -> URL {
  let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
  // The bundle is an executable here and a folder elsewhere.
  let beside = [bundle.executableURL, bundle.bundleURL, Bundle.main.executableURL]
    .compactMap { $0?.deletingLastPathComponent().appending(path: name) }
  return beside.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    ?? URL(filePath: name)
}

/// Keeps threads of OpenMP that wait for each other from taking processors away from other tests,
/// in this process and those that it starts.
package func waitQuietly() { isQuiet }

private let isQuiet: Void = { _ = setenv("OMP_WAIT_POLICY", "passive", 1) }()

// Threads of a pool block signals, and a child begins with the mask of the thread that makes it: a
// shell would then wait for its own children for ever.
private func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
  var none = sigset_t()
  var own = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &own)
  defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
  try body()
}

// A program may end without reading its input. The signal for that would end all tests; it goes to
// the thread that writes, and is taken from it here.
private func withoutBrokenPipe(_ body: () -> Void) {
  var pipe = sigset_t()
  var own = sigset_t()
  var pending = sigset_t()
  var number: Int32 = 0
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &pipe, &own)
  body()
  sigpending(&pending)
  if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &number) }
  pthread_sigmask(SIG_SETMASK, &own, nil)
}

/// Calls `body` with a new folder, which is removed afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
