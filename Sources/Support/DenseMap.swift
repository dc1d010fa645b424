/// An array indexed by an entity id; appending returns the id of the new element.
package struct DenseMap<ID: EntityID, Element> {
  private var elements: [Element] = []

  package init() {}

  package var count: Int { elements.count }

  /// The ids of all elements, in order.
  package var ids: [ID] { elements.indices.map { ID(index: $0) } }

  /// All elements, in the order of their ids.
  package var values: [Element] { elements }

  /// Adds `element` and returns its id.
  package mutating func append(_ element: Element) -> ID {
    elements.append(element)
    return ID(index: elements.count - 1)
  }

  package subscript(id: ID) -> Element {
    get { elements[id.index] }
    set { elements[id.index] = newValue }
  }
}

extension DenseMap: Equatable where Element: Equatable {}
extension DenseMap: Hashable where Element: Hashable {}
extension DenseMap: Sendable where Element: Sendable {}
