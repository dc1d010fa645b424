/// The allowed values of an integer input: from 0 to below `count`, or one of `others`.
package struct IntegerRange: Hashable, Sendable {
  package let count: Int
  package let others: [Int]

  package init(count: Int, others: [Int] = []) {
    self.count = count
    self.others = others
  }
}
