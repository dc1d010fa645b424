import Foundation
import TestSupport

/// A kind of case that GraphKit cannot express yet.
struct SkippedCases: Sendable {
  /// The file of the cases.
  let group: String
  /// The layer or loss, or the name of a single case.
  let kind: String
  let reason: String
  /// A pattern that GraphKit's sources match as soon as they have what is missing.
  let declaration: String

  /// All that is skipped.
  static let all: [SkippedCases] = [
    type("conv1d", "Conv1D"),
    type("conv3d", "Conv3D"),
    type("conv_transpose2d", "(ConvTranspose2D|TransposedConv2D|Conv2DTranspose)"),
    type("group_norm", "GroupNorm"),
    type("rms_norm", "RMSNorm"),
    function("selu"),
    function("mish"),
    function("log_sigmoid", "logSigmoid"),
    function("hard_sigmoid", "hardSigmoid"),
    function("hard_swish", "hard(Swish|SiLU)"),
    .init(
      group: "layers", kind: "softplus beta 2", reason: "Softplus has no beta",
      declaration: #"struct Softplus[^}]*\bbeta\b"#),
    .init(
      group: "layers", kind: "embedding padding index",
      reason: "Embedding has no row without a gradient",
      declaration: #"struct Embedding[^}]*\bpadding"#),
    .init(
      group: "losses", kind: "hinge_embedding", reason: "there is no such loss",
      declaration: #"func hingeEmbedding\b"#),
    .init(
      group: "losses", kind: "multi_margin", reason: "there is no such loss",
      declaration: #"func multiMargin\b"#),
  ]

  /// True iff the case is of this kind.
  func matches(_ test: ReferenceCase) -> Bool {
    [test.text("layer"), test.text("loss"), test.name].contains(kind)
  }

  /// Returns the first file of GraphKit that has what is missing.
  func declaration(in sources: [String: String]) throws -> String? {
    let pattern = try Regex(declaration)
    return sources.sorted { $0.key < $1.key }.first { $0.value.contains(pattern) }?.key
  }

  private static func type(_ kind: String, _ name: String) -> SkippedCases {
    .init(
      group: "layers", kind: kind, reason: "there is no such layer",
      declaration: #"(struct|class|typealias) "# + name + #"\b"#)
  }

  private static func function(_ kind: String, _ name: String? = nil) -> SkippedCases {
    .init(
      group: "layers", kind: kind, reason: "there is no such function",
      declaration: #"func "# + (name ?? kind) + #"\b"#)
  }
}

/// Returns why a case of a group is not run, or nil.
func skipReason(_ group: String, _ test: ReferenceCase) -> String? {
  SkippedCases.all.first { $0.group == group && $0.matches(test) }?.reason
}

/// Returns the sources of GraphKit and of the functions it passes on, by path.
func graphKitSources() throws -> [String: String] {
  var texts: [String: String] = [:]
  for folder in ["Sources/GraphKit", "Sources/GraphIR"] {
    let base = repository.appending(path: folder)
    for path in try FileManager.default.subpathsOfDirectory(atPath: base.path)
    where path.hasSuffix(".swift") {
      texts["\(folder)/\(path)"] = try String(
        contentsOf: base.appending(path: path), encoding: .utf8)
    }
  }
  return texts
}
