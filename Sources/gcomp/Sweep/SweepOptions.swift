/// How a sweep searches, and what it compares.
struct SweepOptions {
  /// Which settings are tried.
  enum Search: String, CaseIterable {
    case grid, random, bayes
  }

  /// What the user chose; nil: the grid, or a Bayesian search if there is a range.
  var search: Search?
  /// How many settings to try; nil: all of the grid, or 20.
  var trials: Int?
  /// The parts of the examples, each of which is held out once; 1: as the model says.
  var folds = 1
  /// The metric to compare, perhaps with `min:` or `max:` before it; nil: as the model says.
  var measure: String?
  /// How many trainings run at once; nil: as many as there are processors.
  var jobs: Int?
  /// The seed of random searches.
  var seed: UInt64 = 1
  /// The folder of a sweep to go on with.
  var resumed: String?
}
