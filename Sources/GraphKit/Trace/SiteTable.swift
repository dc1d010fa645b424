internal import GraphIR
internal import Runtime
internal import Support

/// Where in the model's source nodes, parameters and mistakes come from.
///
/// A place is stored as the return addresses on the stack, which are quick to take; names of files
/// and lines are looked up once, at the end, by `resolved()`.
final class SiteTable {
  /// The source of the model; nil takes any file outside this library for it,
  /// and for an empty name nothing is looked up.
  let modelFile: String?

  private struct Record: Hashable {
    let addresses: ArraySlice<Backtrace.Address>
    /// The place of the layer that is being applied, which says more than the call of the network.
    let layer: SiteID?
  }

  private var known: [Record: SiteID] = [:]
  private var records: [Record] = []

  /// How many frames of the stack lie outside all models.
  private let outer: Int

  init(modelFile: String?, outer: Int) {
    self.modelFile = modelFile
    self.outer = outer
  }

  /// Returns the place that is running now, seen as a part of `layer` if there is one.
  ///
  /// The outermost `outer` frames do not count: they declare the function that is traced.
  func here(in layer: SiteID? = nil, beyond outer: Int = 0) -> SiteID? {
    let inner = ProgramFrames.capture().dropLast(max(outer, self.outer))
    let record = Record(addresses: inner, layer: layer)
    if record.addresses.isEmpty { return layer }
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
    for line in addresses.flatMap(ProgramFrames.lines) {
      guard line.line > 0, isModel(line.path) else { continue }
      let file = String(line.path.split(separator: "/").last ?? "")
      let site = Site(file: file, line: line.line, column: line.column)
      if result.last != site { result.append(site) }
    }
    return result
  }

  private func isModel(_ path: String) -> Bool {
    if let modelFile { return path == modelFile }
    return path.hasSuffix(".swift") && !path.hasPrefix(Self.library)
  }

  // `Sources/` of this package.
  private static let library = String(
    #filePath.dropLast("GraphKit/Trace/SiteTable.swift".count))
}
