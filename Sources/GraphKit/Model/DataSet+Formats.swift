public import TensorLibrary
internal import LoopIR

// Sets in formats of others; docs/data.md says how the files must look.
extension DataSet {
  /// Arrays in one npz archive.
  public static func npz(_ path: String, fields: KeyValuePairs<String, TensorType>) -> DataSet {
    DataSet("npz", path, fields.map { ($0.key, DataField($0.value)) })
  }

  /// A table in a CSV file whose first line names the columns.
  ///
  ///     DataSet.csv("iris.csv", fields: [
  ///       "flower": .columns("petal length", "petal width"), "kind": .category("species")])
  public static func csv(_ path: String, fields: KeyValuePairs<String, DataField>) -> DataSet {
    DataSet("csv", path, fields.map { ($0.key, $0.value) })
  }

  /// Windows over time, of a CSV file or an npy file; each begins `stride` rows after the one
  /// before.
  ///
  ///     DataSet.series("power.csv", fields: [
  ///       "past": .window(24, columns: "load"), "next": .window(3, columns: "load", ahead: 24)])
  public static func series(
    _ path: String, stride: Int = 1, fields: KeyValuePairs<String, DataField>
  ) -> DataSet {
    var set = DataSet("series", path, fields.map { ($0.key, $0.value) })
    let stride = Check.positive(stride, "stride", of: "series")
    for i in set.set.fields.indices { set.set.fields[i].stride = stride }
    return set
  }

  /// Files as those of MNIST, with or without `.gz`, in one folder.
  public static func idx(_ path: String, fields: KeyValuePairs<String, DataField>) -> DataSet {
    DataSet("idx", path, fields.map { ($0.key, $0.value) })
  }

  /// The training files of MNIST under their usual names, as `image`, `.u8[28, 28]`, and `label`.
  public static func mnist(_ path: String) -> DataSet {
    .idx(
      path,
      fields: [
        "image": .file("train-images-idx3-ubyte", .u8[28, 28]),
        "label": .file("train-labels-idx1-ubyte", .u8),
      ])
  }

  /// The binary version of CIFAR-10, a folder or a file, as `image`, `.u8[3, 32, 32]`, and `label`.
  public static func cifar10(_ path: String) -> DataSet {
    DataSet(
      "cifar", path,
      [
        ("image", DataField(.u8[3, 32, 32], source: "image")),
        ("label", DataField(.u8, source: "label")),
      ])
  }

  /// The binary version of CIFAR-100, as `image`, `coarse` and `fine`.
  public static func cifar100(_ path: String) -> DataSet {
    DataSet(
      "cifar", path,
      [
        ("image", DataField(.u8[3, 32, 32], source: "image")),
        ("coarse", DataField(.u8, source: "coarse")), ("fine", DataField(.u8, source: "fine")),
      ])
  }

  /// How pictures of other sizes become those that a model takes.
  public enum Fit: String, Sendable {
    /// They must have the size.
    case exact
    /// The shorter side is scaled, and the middle cut out.
    case crop
    /// Both sides are scaled.
    case stretch
  }

  /// Pictures (PNG, PPM, PGM) in a folder with a subfolder for each class, as `image` and `label`.
  /// `size` is `[channels, height, width]`; the classes are in alphabetical order unless they are
  /// given.
  public static func images(
    _ path: String, size: Shape, classes: [String] = [], fit: Fit = .crop
  ) -> DataSet {
    let size = pictureSize(size)
    return DataSet(
      "images", path,
      [
        ("image", DataField(TensorType(.u8, size), source: "image", kind: fit.rawValue)),
        ("label", DataField(TensorType(.i32, []), source: "label", classes: classes)),
      ])
  }

  /// Pictures without classes in a folder, as `image`.
  public static func pictures(_ path: String, size: Shape, fit: Fit = .crop) -> DataSet {
    let size = pictureSize(size)
    return DataSet(
      "images", path,
      [("image", DataField(TensorType(.u8, size), source: "image", kind: fit.rawValue))])
  }

  private static func pictureSize(_ size: Shape) -> Shape {
    if size.rank == 3, size[0] == 1 || size[0] == 3 { return size }
    Session.current.report(.pictureSize(size))
    return [1, 8, 8]
  }

  /// Sounds (WAV) in a folder with a subfolder for each class, as `sound`, so many samples from -1
  /// to 1, and `label`. Without a rate, that of the first file is expected of all.
  public static func sounds(
    _ path: String, samples: Int, rate: Int? = nil, classes: [String] = []
  ) -> DataSet {
    let samples = Check.positive(samples, "samples", of: "sounds")
    return DataSet(
      "wav", path,
      [
        (
          "sound",
          DataField(
            TensorType(.f32, [samples]), source: "sound", kind: rate.map { "\($0)" } ?? "",
            length: samples)
        ),
        ("label", DataField(TensorType(.i32, []), source: "label", classes: classes)),
      ])
  }

  /// How text becomes numbers.
  public enum Tokens: Sendable {
    case bytes
    case characters
    /// The most frequent words.
    case words(Int)
    /// Byte pairs, learned from the text when a training begins.
    case pairs(Int)
    /// Those of a `tokenizer.json`, whose path is relative to the data.
    case file(String)

    var kind: String {
      switch self {
      case .bytes: "bytes"
      case .characters: "characters"
      case .words(let count): "words:\(count)"
      case .pairs(let count): "bpe:\(count)"
      case .file(let path): "file:\(path)"
      }
    }
  }

  /// Pieces of a text, a file or a folder of them, as `tokens`, `.i32[length]`; each begins
  /// `stride` tokens after the one before, or where that one ends.
  public static func text(
    _ path: String, length: Int, stride: Int? = nil, _ tokens: Tokens = .bytes
  ) -> DataSet {
    let length = Check.positive(length, "length", of: "text")
    let stride = stride.map { Check.positive($0, "stride", of: "text") } ?? 0
    return DataSet(
      "text", path,
      [
        (
          "tokens",
          DataField(
            TensorType(.i32, [length]), kind: tokens.kind, length: length, stride: stride)
        )
      ])
  }

  /// Pictures with boxes, in a file of JSON lines, as `image` and `boxes`, `.f32[most, 5]`: two
  /// corners and a class, which is -1 where there is no box.
  public static func boxes(
    _ path: String, size: Shape, most: Int, fit: Fit = .exact
  ) -> DataSet {
    let size = pictureSize(size)
    let most = Check.positive(most, "most", of: "boxes")
    return DataSet(
      "boxes", path,
      [
        ("image", DataField(TensorType(.u8, size), source: "image", kind: fit.rawValue)),
        ("boxes", DataField(TensorType(.f32, [most, 5]), source: "boxes")),
      ])
  }
}
