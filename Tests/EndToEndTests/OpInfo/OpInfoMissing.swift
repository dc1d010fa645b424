import Foundation

extension OpInfoTable {
  /// Why there is no row for an operation whose samples are stored: what gcomp lacks.
  ///
  /// A row takes precedence, and so ends the need for a reason.
  static func reason(_ name: String) -> String? {
    missing.first { reason, patterns in patterns.contains { fnmatch($0, name, 0) == 0 } }?.reason
  }

  private static let missing: [(reason: String, patterns: [String])] = [
    (
      "there are no sorts, running sums or elements that are set yet",
      [
        "sort", "argsort", "msort", "topk", "kthvalue", "median", "nanmedian", "mode", "cum*",
        "logcumsumexp", "masked.cum*", "masked.median", "masked_scatter", "index_copy",
        "index_fill", "index_put", "index_reduce*", "scatter", "scatter_reduce*",
        "*_scatter", "quantile", "nanquantile", "cumulative_trapezoid",
      ]
    ),
    (
      "there is no linear algebra yet",
      [
        "linalg.*", "cholesky*", "lu*", "logdet", "pinverse", "matrix_exp", "svd",
        "triangular_solve", "norm:nuc",
      ]
    ),
    (
      "windows, convolutions and grids are layers of images only",
      [
        "nn.functional.*pool*", "nn.functional.*unpool*", "nn.functional.conv*",
        "nn.functional.unfold", "nn.functional.interpolate*", "nn.functional.grid_sample",
      ]
    ),
    ("there is no einsum yet", ["einsum"]),
    (
      "a composition that nobody needed yet",
      [
        "cdist", "cov", "gcd", "lcm", "gradient", "trapz", "trapezoid", "linspace*", "logspace*",
        "masked.*", "nn.functional.multi_margin_loss", "nn.functional.multilabel_margin_loss",
        "nn.functional.triplet_margin_with_distance_loss", "nn.functional.pdist",
        "nn.functional.embedding_bag", "tril_indices", "triu_indices", "unravel_index",
        "__getitem__",
      ]
    ),
  ]
}
