internal import Foundation

/// The user or the system wants gcomp to end.
struct Interruption: Error {
  let signal: Int32
}

/// A running program in a process group of its own, so that what it starts ends with it.
struct ChildProcess {
  /// Its number, and that of its group.
  let id: pid_t

  /// Starts a program that reads nothing and writes to two descriptors.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], output: Int32,
    error: Int32
  ) throws {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&files, output, 1)
    posix_spawn_file_actions_adddup2(&files, error, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // We block signals while it runs; it must not.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &files, &attributes, &words, &variables)
    guard code == 0 else {
      throw Failure("cannot run '\(program)': \(String(cString: strerror(code)))")
    }
    self.id = id
  }

  /// Waits until it ends.
  func wait() -> ProcessResult.End {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return Self.end(of: status)
  }

  private static func end(of status: Int32) -> ProcessResult.End {
    status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
  }

  /// Returns how it ended; nil while it runs.
  func ended() -> ProcessResult.End? {
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return nil }
    return Self.end(of: status)
  }

  /// Terminates it and all its descendants: politely first, after two seconds by force.
  func end(_ signal: Int32) {
    let groups = groups
    for group in groups { kill(-group, signal) }
    var status: Int32 = 0
    for _ in 0..<40 where waitpid(id, &status, WNOHANG) == 0 { usleep(50_000) }
    for group in groups { kill(-group, SIGKILL) }
    waitpid(id, &status, 0)
  }

  // Its process group, and those of its children; swiftc gives each child a group.
  private var groups: Set<pid_t> {
    var parents: [pid_t: pid_t] = [:]
    var group: [pid_t: pid_t] = [:]
    for name in Files.names(in: URL(filePath: "/proc")) {
      guard let process = pid_t(name),
        let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8)
      else { continue }
      // After the name, which may contain anything: state, parent, group.
      let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
      guard fields.count > 3 else { continue }
      parents[process] = pid_t(fields[2])
      group[process] = pid_t(fields[3])
    }
    var found: Set<pid_t> = [id]
    for process in parents.keys {
      var ancestor = process
      while let parent = parents[ancestor], parent > 1, ancestor != id { ancestor = parent }
      if ancestor == id, let group = group[process] { found.insert(group) }
    }
    return found
  }
}

/// The signals that end programs, held back while a program of ours runs.
struct HeldSignals {
  private var held = sigset_t()
  private var before = sigset_t()

  /// Blocks them; signals that our parent wants ignored stay ignored.
  init() {
    sigemptyset(&held)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      sigaction(signal, nil, &action)
      let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      if handler != 1 { sigaddset(&held, signal) }
    }
    sigprocmask(SIG_BLOCK, &held, &before)
  }

  /// Returns one that has come.
  mutating func next() -> Int32? {
    var information = siginfo_t()
    var now = timespec(tv_sec: 0, tv_nsec: 0)
    let signal = sigtimedwait(&held, &information, &now)
    return signal > 0 ? signal : nil
  }

  /// Unblocks them.
  mutating func release() { sigprocmask(SIG_SETMASK, &before, nil) }
}
