import Foundation
import TestSupport

/// What a model sees of GraphKit, as the Swift compiler lists it.
struct PublicInterface {
  /// Public declarations, in the order of the sources.
  let declarations: [Declaration]

  /// The folder with the modules that belong to these tests.
  static var modules: String {
    gcompExecutable.deletingLastPathComponent().appending(path: "Modules").path
  }

  /// Reads the interface from the compiled modules.
  static func extracted() throws -> PublicInterface {
    let target = try succeeded(runProgram("swiftc", ["-print-target-info"]))
    let triple = try JSONDecoder().decode(TargetInfo.self, from: Data(target.utf8)).target.triple
    return try withTemporaryFolder { folder in
      for module in ["GraphKit", "TensorLibrary", "GraphIR"] {
        _ = try succeeded(
          runProgram(
            "swift",
            ["symbolgraph-extract", "-module-name", module, "-I", modules, "-target", triple]
              + ["-output-dir", folder.path, "-minimum-access-level", "public"]
              + ["-skip-inherited-docs", "-skip-synthesized-members"]))
      }
      // What a module adds to types of another stands in a file of its own.
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      let graphs = try names.map { name in
        let data = try Data(contentsOf: folder.appending(path: name))
        return try JSONDecoder().decode(SymbolGraph.self, from: data)
      }
      return PublicInterface(graphs)
    }
  }

  private init(_ graphs: [SymbolGraph]) {
    let names = Dictionary(
      graphs.flatMap(\.symbols).map { ($0.identifier.precise, $0.pathComponents) },
      uniquingKeysWith: { first, _ in first })
    let relations = graphs.flatMap(\.relationships).filter { $0.kind == "conformsTo" }
    let protocols = Dictionary(grouping: relations, by: \.source)
    declarations = graphs.flatMap(\.symbols).compactMap { symbol in
      // What cannot be used is there for its message alone.
      guard let place = symbol.location, !symbol.isUnavailable else { return nil }
      return Declaration(
        kind: symbol.kind.identifier, path: symbol.pathComponents,
        text: symbol.declarationFragments.map(\.spelling).joined(),
        comment: symbol.docComment?.lines.map(\.text).joined(separator: "\n") ?? "",
        conformances: (protocols[symbol.identifier.precise] ?? [])
          .compactMap { names[$0.target]?.last }.sorted(),
        file: place.uri.components(separatedBy: "/Sources/").last ?? "",
        line: place.position.line)
    }.sorted { ($0.file, $0.line, $0.text) < ($1.file, $1.line, $1.text) }
  }

  /// What typealiases of generic types stand for: `Conv2D` for `Convolution`.
  var aliases: [String: String] {
    var aliases: [String: String] = [:]
    for declaration in declarations where declaration.kind == "swift.typealias" {
      if let name = declaration.text.firstMatch(of: /typealias (\w+) = (\w+)/) {
        aliases[String(name.1)] = String(name.2)
      }
    }
    return aliases
  }
}

/// Returns what a program has printed; it is a mistake of the test if it fails.
func succeeded(_ result: (status: Int32, output: String)) throws -> String {
  guard result.status == 0 else { throw GoldenMismatch(description: result.output) }
  return result.output
}

private struct TargetInfo: Decodable {
  struct Target: Decodable { let triple: String }
  let target: Target
}

/// The part of a symbol graph that is of interest here.
private struct SymbolGraph: Decodable {
  struct Symbol: Decodable {
    let kind: Kind
    let identifier: Identifier
    let pathComponents: [String]
    let declarationFragments: [Fragment]
    let docComment: Comment?
    let location: Location?
    let availability: [Availability]?

    var isUnavailable: Bool {
      availability?.contains { $0.isUnconditionallyUnavailable ?? false } ?? false
    }
  }
  struct Availability: Decodable { let isUnconditionallyUnavailable: Bool? }
  struct Kind: Decodable { let identifier: String }
  struct Identifier: Decodable { let precise: String }
  struct Fragment: Decodable { let spelling: String }
  struct Comment: Decodable { let lines: [Line] }
  struct Line: Decodable { let text: String }
  struct Location: Decodable {
    let uri: String
    let position: Position
  }
  struct Position: Decodable { let line: Int }
  struct Relationship: Decodable { let kind, source, target: String }

  let symbols: [Symbol]
  let relationships: [Relationship]
}
