/// An integer that names one entity of a fixed kind, such as a node of a graph.
///
/// Ids of different kinds have different types, so an index can never be used in the wrong table.
package protocol EntityID: Hashable, Comparable, Sendable {
  var index: Int { get }
  init(index: Int)
}

extension EntityID {
  package static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}
