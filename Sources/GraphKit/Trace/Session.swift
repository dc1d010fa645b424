package import GraphIR
internal import Glibc
internal import LoopIR

/// All models of one process, and the mistakes found in them.
///
/// Models are built by one thread; a test that wants models of its own runs in its own session.
package final class Session: @unchecked Sendable {
  @TaskLocal package static var replacement: Session?

  /// The session of the process; what it holds is written when the process ends.
  private static let process: Session = {
    let session = Session(
      modelFile: Environment.value("GCOMP_MODEL"), others: Environment.lines("GCOMP_FILES"),
      given: Environment.lines("GCOMP_OPTIONS"))
    atexit { Session.writeReport() }
    Trap.watch()
    return session
  }()

  /// The session that models belong to now.
  package static var current: Session { replacement ?? process }

  /// The mistakes found so far.
  package let log = DiagnosticLog()
  /// The warnings so far.
  private(set) var warnings: [GraphDiagnostic] = []
  let sites: SiteTable
  /// Makes poison for tensors outside functions.
  let limbo: GraphBuilder
  var models: [Model] = []
  /// The parameters of the copies that run now, by those that they stand for; the innermost last.
  var standIns: [[ObjectIdentifier: Parameter]] = []
  /// The values that are given for options, by their names.
  let given: [String: String]
  /// The options in the order of their declarations, and where those are.
  var options: [ModelOption] = []
  var optionSites: [SiteID?] = []

  /// A session for models in a source file, and others beside it. Each of the lines `given` gives
  /// a value to an option, as in `hidden=128`; `nested` leaves out the calls that lead here.
  package init(
    modelFile: String?, others: [String] = [], given: [String] = [], nested: Bool = false
  ) {
    self.given = given.reduce(into: [:]) { values, line in
      let name = line.prefix { $0 != "=" }
      values[String(name)] = String(line.dropFirst(name.count + 1))
    }
    sites = SiteTable(
      modelFile: modelFile, others: others, outer: nested ? ProgramFrames.capture() : [])
    limbo = GraphBuilder(log: log)
    limbo.site = { [sites] in sites.here() }
  }

  /// The place in the model that is running now.
  func here() -> SiteID? {
    if let trace = Trace.current { return trace.here() }
    return sites.here()
  }

  /// Reports `mistake`, at the place that is running unless another is given.
  func report(_ mistake: Mistake, at site: SiteID? = nil) {
    log.report(GraphDiagnostic(mistake.message, site: site ?? here(), notes: mistake.notes))
  }

  /// Adds a warning, which does not prevent the program.
  func warn(_ mistake: Mistake, at site: SiteID?) {
    warnings.append(GraphDiagnostic(mistake.message, site: site, notes: mistake.notes))
  }

  static func writeReport() {
    // A program that is not a model, such as a test of layers, has nothing to report.
    let isModel = process.sites.modelFile != nil || Environment.value("GCOMP_OUTPUT") != nil
    guard isModel || !process.models.isEmpty || !process.log.entries.isEmpty else { return }
    let report = process.report()
    if let folder = Environment.value("GCOMP_OUTPUT") {
      report.write(to: folder)
    } else {
      print(report.text, terminator: "")
    }
  }
}

/// The variables that the driver passes to a model.
enum Environment {
  /// Returns the value of a variable; nil if it is empty or not there.
  static func value(_ name: String) -> String? {
    guard let text = getenv(name) else { return nil }
    let value = String(cString: text)
    return value.isEmpty ? nil : value
  }

  /// Returns the lines of a variable.
  static func lines(_ name: String) -> [String] {
    (value(name) ?? "").split(separator: "\n").map(String.init)
  }
}
