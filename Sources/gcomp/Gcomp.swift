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
      // The signal ends gcomp as if it had not been blocked.
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

  // If our parent started us with blocked signals, swiftc would inherit that and wait for ever.
  private static func acceptSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
  }

  // A trap in gcomp is a bug of ours; the Swift runtime has printed where it was.
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
