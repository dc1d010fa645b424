extension [Int] {
  /// The indices of an element of an array with this shape, by its number in row-major order.
  func indices(ofElement number: Int) -> [Int] {
    var rest = number
    var result: [Int] = []
    for extent in reversed() {
      result.append(rest % Swift.max(extent, 1))
      rest /= Swift.max(extent, 1)
    }
    return result.reversed()
  }
}
