package import GraphIR
internal import Glibc

/// The programs of a process and the mistakes in them, as the driver reads them.
package struct Report {
  /// One line about a mistake.
  package struct Line: Hashable, Sendable {
    /// `error`, `warning`, or `note` for what belongs to the error before it.
    package let level: String
    /// Nil where no line of the model is known.
    package let site: Site?
    /// The message.
    package let message: String
  }

  /// Empty if there are mistakes.
  package let programs: [GraphProgram]
  /// Errors by position, each followed by its notes.
  package let diagnostics: [Line]
  /// The warnings, in the same form.
  package let warnings: [Line]
  /// The folder of the model's files, with a slash; empty if it is not known.
  private let folder: String

  init(programs: [GraphProgram], diagnostics: [Line], warnings: [Line], folder: String) {
    self.programs = programs
    self.diagnostics = diagnostics
    self.warnings = warnings
    self.folder = folder
  }

  /// Returns the lines for `entries`, whose places are looked up in `places`; those of the first
  /// of the `files` come first.
  static func lines(
    _ entries: [GraphDiagnostic], _ places: [[Site]], level: String = "error", files: [String] = []
  ) -> [Line] {
    var groups: [[Line]] = []
    for entry in entries {
      let here = entry.site.map { places[$0.index] } ?? []
      var group = [Line(level: level, site: here.first, message: entry.message)]
      for note in entry.notes {
        let site = note.site.flatMap { places[$0.index].first }
        // Drops notes at unknown places, or at that of the mistake itself.
        if note.site != nil, site == nil || site == here.first { continue }
        let line = Line(level: "note", site: site, message: note.message)
        if !group.contains(line) { group.append(line) }
      }
      group += here.dropFirst().map { Line(level: "note", site: $0, message: "called from here") }
      if !groups.contains(where: { same($0, group) }) { groups.append(group) }
    }
    // Entries without a place come first, in order.
    func position(_ group: Int) -> (Int, Int, Int) {
      guard let site = groups[group][0].site else { return (-1, 0, 0) }
      return (files.firstIndex(of: site.file) ?? 0, site.line, site.column)
    }
    let order = groups.indices.sorted { a, b in
      let (left, right) = (position(a), position(b))
      return left == right ? a < b : left < right
    }
    return order.flatMap { groups[$0] }
  }

  // The same line of a model is often run by several functions. A mistake in a layer's weight is
  // often reported for its bias as well, with the same notes.
  private static func same(_ a: [Line], _ b: [Line]) -> Bool {
    a[0] == b[0] || (a.count > 1 && a[0].site == b[0].site && a.dropFirst() == b.dropFirst())
  }

  /// Everything in one text, for a model that is run by hand.
  package var text: String {
    programs.map(programText).joined(separator: "\n") + diagnosticsText
  }

  /// One line for each mistake: level, file, line, column and message with tabs in between.
  package var diagnosticsText: String {
    (diagnostics + warnings).map { line in
      let place = line.site.map { "\(folder)\($0.file)\t\($0.line)\t\($0.column)" }
      return "\(line.level)\t\(place ?? "\t\t")\t\(Self.oneLine(line.message))\n"
    }.joined()
  }

  // A message may quote a name with tabs or line ends.
  private static func oneLine(_ message: String) -> String {
    String(message.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }

  /// Writes `diagnostics`, and one file for each program, to a folder.
  package func write(to folder: String) {
    for program in programs {
      Self.write(programText(program), to: "\(folder)/\(program.name).gir")
    }
    Self.write(diagnosticsText, to: "\(folder)/diagnostics")
  }

  private static func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return complain(path) }
    let bytes = Array(text.utf8)
    let written = fwrite(bytes, 1, bytes.count, file)
    if fclose(file) != 0 || written != bytes.count { complain(path) }
  }

  // The process is about to end, and must not look as if everything had been written.
  private static func complain(_ path: String) {
    let reason = String(cString: strerror(errno))
    let text = Array("error: cannot write '\(path)': \(reason)\n".utf8)
    _ = Glibc.write(STDERR_FILENO, text, text.count)
    fflush(nil)
    _exit(1)
  }
}
