// Compares random kernels and nets, compiled by one C compiler after the other, with the
// interpreter.

internal import Foundation
internal import RandomModels

let arguments = Array(CommandLine.arguments.dropFirst())
let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""

do {
  switch arguments.first {
  case "-h", "--help": print(Options.usage)
  case "--run" where arguments.count == 5:
    try TrialFile.run(
      library: arguments[1], calls: arguments[2], results: arguments[3],
      from: Int(arguments[4]) ?? 0)
  case "--work":
    let options = try Options(Array(arguments.dropFirst()))
    let worker = Worker(
      options: options, compilers: Compiler.found(options.compilers), program: program)
    try worker.run(options.ownUnits)
  default:
    let options = try Options(arguments)
    exit(try Sweep(options: options, arguments: arguments, program: program).run() ? 0 : 1)
  }
} catch let mistake as Mistake {
  FileHandle.standardError.write(Data("error: \(mistake)\n\(Options.usage)\n".utf8))
  exit(2)
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(2)
}
