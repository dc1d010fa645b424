public import TensorLibrary
internal import LoopIR

// Parameters that follow those of another module, as those of target networks and averages do.
extension Module {
  /// Moves all parameters and statistics towards those of another module with the same ones, and
  /// keeps a part of each: `kept * own + (1 - kept) * other`.
  ///
  ///     target.follow(online, 0.995)
  ///
  /// With 0 they become equal. Statistics that are integers become equal always. While a step is
  /// evaluated on held-out examples this does nothing.
  public func follow(_ other: some Module, _ kept: Double) {
    let kept = Check.inside(kept, 0...1, "kept part", of: "follow")
    follow(other) { own, other in kept == 0 ? other : own * kept + other * (1 - kept) }
  }

  /// Moves all parameters and statistics towards those of another module, and keeps a part of each
  /// that is a single number.
  public func follow(_ other: some Module, _ kept: Tensor) {
    guard kept.value != nil else { return }
    guard kept.rank == 0, kept.elementType.isFloat else {
      return Session.current.report(.keptNotNumber(kept.type, made: kept.site))
    }
    follow(other) { own, other in
      let kept = kept.cast(to: own.elementType)
      return own * kept + other * (1 - kept)
    }
  }

  private func follow(_ other: some Module, _ mixed: (Tensor, Tensor) -> Tensor) {
    guard let trace = Trace.running("follow"), trace.mode != .evaluation else { return }
    trace.isLearning = true
    let (own, others) = (followed, other.followed)
    guard own.map(\.name) == others.map(\.name) else {
      let names = (Set(own.map(\.name)), Set(others.map(\.name)))
      let missing = names.0.symmetricDifference(names.1).sorted().first
      return trace.model.session.report(.followsOthers(missing ?? own[0].name))
    }
    for ((name, parameter), (_, leader)) in zip(own, others) {
      guard parameter !== leader else {
        return trace.model.session.report(.followsItself(parameter.title))
      }
      guard parameter.type == leader.type else {
        return trace.model.session.report(.followsType(name, parameter.type, leader.type))
      }
      let isMixed = parameter.type.element.isFloat
      parameter.store(isMixed ? mixed(parameter.value, leader.value) : leader.value)
    }
  }

  // What follows, with the names in the module.
  private var followed: [(name: String, parameter: Parameter)] {
    StateWalk(self).found.filter { $0.parameter.role.isInWeights }
      .map { ($0.name, $0.parameter.actual) }
  }
}
