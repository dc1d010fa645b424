internal import TensorLibrary
internal import Runtime
internal import Support

/// The places in the model's source of nodes, parameters and mistakes.
///
/// A place is stored as the return addresses on the stack, which are quick to take; names of files
/// and lines are looked up once, at the end, by `resolved()`.
final class SiteTable {
  /// The source of the model; nil accepts any file outside this library, and with an empty name
  /// nothing is looked up.
  let modelFile: String?
  /// The other files of a model that is a folder.
  let others: [String]

  private struct Record: Hashable {
    let addresses: ArraySlice<Backtrace.Address>
    /// The place of the layer that is being applied, which is more specific than the call of the
    /// network.
    let layer: SiteID?
  }

  private var known: [Record: SiteID] = [:]
  private var records: [Record] = []

  /// The stack outside all models.
  private let outer: [Backtrace.Address]

  init(modelFile: String?, others: [String] = [], outer: [Backtrace.Address]) {
    self.modelFile = modelFile
    self.others = others
    self.outer = outer
  }

  /// The names of the files of the model, the one that runs first.
  var files: [String] { ([modelFile ?? ""] + others).map(Self.name) }

  /// The folder of these files, with a slash; empty if it is not known.
  var folder: String {
    let path = modelFile ?? ""
    return String(path.dropLast(Self.name(path).count))
  }

  private static func name(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  /// Returns the place that is running now, seen as a part of `layer` if there is one.
  ///
  /// The frames that `outer` ends with as well do not count: they declare the function that is
  /// traced.
  func here(in layer: SiteID? = nil, beyond outer: [Backtrace.Address] = []) -> SiteID? {
    let stack = ProgramFrames.capture()
    func common(_ other: [Backtrace.Address]) -> Int {
      zip(stack.reversed(), other.reversed()).prefix { $0 == $1 }.count
    }
    let inner = stack.dropLast(max(common(outer), common(self.outer)))
    let record = Record(addresses: inner, layer: layer)
    if record.addresses.allSatisfy({ $0 == 0 }) { return layer }
    if let id = known[record] { return id }
    let id = SiteID(index: records.count)
    known[record] = id
    records.append(record)
    return id
  }

  /// Returns the lines of the model for every place: its own first, then those that called it.
  func resolved() -> [[Site]] {
    if modelFile == "" { return records.map { _ in [] } }
    var result: [[Site]] = []
    for record in records {
      // A layer is made before it is applied, so its own lines are known already.
      let layer = record.layer.map { Array(result[$0.index].prefix(1)) } ?? []
      result.append(layer + lines(record.addresses).filter { !layer.contains($0) })
    }
    return result
  }

  // The lines of the model behind return addresses.
  private func lines(_ addresses: ArraySlice<Backtrace.Address>) -> [Site] {
    var result: [Site] = []
    var previous = ""
    var isThroughLibrary = false
    for address in addresses {
      let lines = ProgramFrames.lines(address).filter {
        $0.place.line > 0 && isModel($0.place.path)
      }
      if lines.isEmpty { isThroughLibrary = true }
      for line in lines {
        // A frame of a closure at the very place where it is written adds nothing.
        let isHere = isThroughLibrary && Self.isClosure(previous, in: line.function)
        (previous, isThroughLibrary) = (line.function, false)
        if isHere { continue }
        let file = Self.name(line.place.path)
        let site = Site(file: file, line: line.place.line, column: line.place.column)
        if result.last != site { result.append(site) }
      }
    }
    return result
  }

  // True iff `function` is a closure that is written inside `outer`, as in `closure #1 in f()`.
  // At the top of a file, the outer function is `main`, and the closure names none.
  private static func isClosure(_ function: String, in outer: String) -> Bool {
    guard function.hasPrefix("closure #"), let end = function.firstRange(of: " in ") else {
      return false
    }
    let name = function[end.upperBound...]
    return name.isEmpty ? outer == "main" : name == outer
  }

  private func isModel(_ path: String) -> Bool {
    if let modelFile {
      // Of several files compilers may note paths relative to some folder; their names differ.
      return path == modelFile || (!others.isEmpty && files.contains(Self.name(path)))
    }
    return path.hasSuffix(".swift") && !path.hasPrefix(Self.library)
  }

  // `Sources/` of this package.
  private static let library = String(
    #filePath.dropLast("GraphKit/Trace/SiteTable.swift".count))
}
