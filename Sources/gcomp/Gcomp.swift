internal import Foundation
internal import Support

/// The command `gcomp`: a model in Swift becomes C and two programs.
@main
enum Gcomp {
  static let version = "1.0"

  static func main() {
    acceptSignals()
    if !VerifyWorker.isWorker { reportTraps() }
    exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  // Returns the status to exit with: 1 after errors, 2 for a command line that is wrong.
  private static func run(_ words: [String]) -> Int32 {
    let console = Console()
    do {
      let arguments = try Arguments(words)
      if arguments.wantsHelp {
        console.result(Arguments.help)
      } else if arguments.wantsVersion {
        console.result("gcomp \(version)\n")
      } else {
        try Driver(arguments, console).run()
      }
      return 0
    } catch let error as UsageError {
      console.message("gcomp: \(error)\n\(Arguments.usage)")
      return 2
    } catch let interruption as Interruption {
      // We end as if we had never held it back.
      kill(getpid(), interruption.signal)
      return 128 + interruption.signal
    } catch let failure as Failure {
      if !failure.words.isEmpty { console.message(failure.words) }
      console.show(failure.diagnostics)
      return 1
    } catch {
      console.show([.error("\(error)")])
      return 1
    }
  }

  // Who starts us from a thread with blocked signals blocks them for swiftc as well, which then
  // waits for ever.
  private static func acceptSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
  }

  // A trap in the compiler is never the user's fault; the runtime has said where it was.
  private static func reportTraps() {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE] {
      signal(number) { _ in
        let text: StaticString = "internal error: gcomp trapped; this is a bug in gcomp\n"
        _ = write(2, text.utf8Start, text.utf8CodeUnitCount)
        _exit(1)
      }
    }
  }
}
