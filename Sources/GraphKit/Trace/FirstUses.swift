/// Values that a model associates with objects, in the order of their first use.
///
/// A body that is traced again may create its objects anew: the first one that it uses then takes
/// the place of the first one before.
struct FirstUses<Kept> {
  /// The values, including those of forgotten objects.
  private(set) var all: [Kept] = []
  private var users: [AnyObject] = []

  /// How many objects are known; `forget(after:)` takes it.
  var count: Int { users.count }

  /// Returns the value for `object`, made by `make` for the first object in its place.
  mutating func of(_ object: AnyObject, _ make: (_ number: Int) -> Kept) -> Kept {
    if let number = users.firstIndex(where: { $0 === object }) { return all[number] }
    let number = users.count
    // Kept alive, so that no other object takes its identity.
    users.append(object)
    if number == all.count { all.append(make(number)) }
    return all[number]
  }

  /// Forgets the objects after the first `count`, but keeps their values.
  mutating func forget(after count: Int) { users.removeLast(users.count - count) }
}
