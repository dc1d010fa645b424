internal import Foundation

/// The train programs of a sweep: one for each combination of the model's options, built when a
/// trial needs it.
struct SweepPrograms {
  private let arguments: Arguments
  private let console: Console
  private let folder: URL
  private var known: [[OptionValue]: Result<URL, Failure>] = [:]
  private var first: OutputFolder?

  /// Will build below `folder`, with the options of the command line.
  init(_ arguments: Arguments, _ console: Console, folder: URL) {
    self.arguments = arguments
    self.console = console
    self.folder = folder
  }

  /// A program of the same runtime and flags, whose objects another one may take.
  var model: OutputFolder? { first }

  /// Returns the train program of a model with these options.
  mutating func program(_ options: [OptionValue]) throws -> URL {
    if let result = known[options] { return try result.get() }
    var own = arguments
    own.options = options
    own.output = folder.appending(path: "\(known.count + 1)").relativePath
    let result: Result<URL, Failure>
    do {
      let output = try Driver(own, console.silent).built(like: first)
      first = first ?? output
      let name = "\(output.name)-train"
      guard output.programs.contains(name) else {
        throw Failure("'\(output.name)' does not learn; declare how with 'train'")
      }
      result = .success(output.folder.appending(path: name))
    } catch let failure as Failure {
      result = .failure(failure)
    }
    known[options] = result
    return try result.get()
  }
}
