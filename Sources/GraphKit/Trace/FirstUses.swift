/// What a model keeps for objects that its functions use, in the order of their first uses.
///
/// A body that is written down again may make its objects anew: the first that it uses then is what
/// was the first before.
struct FirstUses<Kept> {
  /// What is kept, for objects that are forgotten as well.
  private(set) var all: [Kept] = []
  private var users: [AnyObject] = []

  /// How many objects are known; `forget(after:)` takes it.
  var count: Int { users.count }

  /// Returns what is kept for `object`, made by `make` for the first that comes in its place.
  mutating func of(_ object: AnyObject, _ make: (_ number: Int) -> Kept) -> Kept {
    if let number = users.firstIndex(where: { $0 === object }) { return all[number] }
    let number = users.count
    // Kept alive, so that no other object takes its identity.
    users.append(object)
    if number == all.count { all.append(make(number)) }
    return all[number]
  }

  /// Forgets the objects, but not what is kept for them, after the first `count`.
  mutating func forget(after count: Int) { users.removeLast(users.count - count) }
}
