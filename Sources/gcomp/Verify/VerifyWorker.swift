internal import Foundation
internal import Support

/// The process in which `gcomp verify` runs compiled code, which may crash.
enum VerifyWorker {
  // Names the file in which the process notes what it is about to do.
  private static let variable = "GCOMP_VERIFY_PROGRESS"
  private static let size = 4096

  /// True iff this process is the one.
  static var isWorker: Bool { getenv(variable) != nil }

  /// Runs the command again in a process of its own and says how that ended.
  static func run(_ arguments: Arguments, _ console: Console) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gcomp-\(UUID())")
    try Files.makeFolder(folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "progress")
    try Files.write(String(repeating: "\0", count: size), to: file)
    var environment = [variable: file.path]
    if let threads = arguments.verification.threads {
      environment["OMP_NUM_THREADS"] = "\(threads)"
    }
    guard let path = Bundle.main.executablePath else { throw Failure.bug("gcomp has no path") }
    let result = try Subprocess.run(
      path, Array(CommandLine.arguments.dropFirst()), output: .inherited,
      environment: environment, passes: { _ in true })
    switch result.end {
    case .status(0): return
    // It has printed the reason.
    case .status: throw Failure([])
    case .signal(let number):
      let place = (try? Files.read(file))?.prefix { $0 != "\0" } ?? ""
      let signal = String(cString: strsignal(number))
      guard !place.isEmpty else {
        throw Failure.bug("the process that verifies ended with '\(signal)'")
      }
      throw Failure("compiled code crashed in \(place): \(signal)")
    }
  }

  /// A text that survives a crash.
  final class Progress {
    private let memory: UnsafeMutableRawPointer?

    init() {
      let path = getenv(variable).map { String(cString: $0) } ?? ""
      let descriptor = open(path, O_RDWR)
      defer { if descriptor >= 0 { close(descriptor) } }
      let mapped =
        descriptor < 0
        ? MAP_FAILED
        : mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
      memory = mapped == MAP_FAILED ? nil : mapped
    }

    /// Notes what is about to be done; an empty text when nothing can crash.
    func set(_ text: String) {
      guard let memory else { return }
      let bytes = Array(text.utf8.prefix(size - 1)) + [0]
      memory.copyMemory(from: bytes, byteCount: bytes.count)
    }
  }
}
