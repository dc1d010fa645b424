/// What the elements of an input of integers may be: 0 or more and below `count`, or one of
/// `others`.
package struct IntegerRange: Hashable, Sendable {
  package let count: Int
  package let others: [Int]

  package init(count: Int, others: [Int] = []) {
    self.count = count
    self.others = others
  }
}
