/// The options of `gcomp verify`.
struct VerifyOptions {
  var seed: UInt64 = 1
  /// How many numbers of each large array are checked.
  var samples = 64
  var threads: Int?
  /// Files for inputs, by name.
  var inputs: [String: String] = [:]
  /// The file with parameters.
  var weights: String?
}
