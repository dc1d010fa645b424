internal import TensorLibrary
internal import LoopIR

/// How outputs are shown.
public struct Shown: Sendable {
  let ending: String
  var columns = 0

  /// One picture of all images `[n, channels, height, width]`, so many in a row; numbers from 0
  /// to 1.
  public static func image(columns: Int = 8) -> Shown {
    Shown(ending: ".png", columns: Check.positive(columns, "columns", of: "image"))
  }

  /// A table of numbers.
  public static var csv: Shown { Shown(ending: ".csv") }
  /// Arrays for NumPy.
  public static var npy: Shown { Shown(ending: ".npy") }
  /// Objects as JSON.
  public static var json: Shown { Shown(ending: ".json") }
  /// A line of text for each row, in a file and on the terminal; the outputs are `Words`.
  public static var text: Shown { Shown(ending: ".txt") }
  /// A sound.
  public static var sound: Shown { Shown(ending: ".wav") }
  /// Lines on the terminal.
  public static var printed: Shown { Shown(ending: "") }
}

extension Model {
  /// Declares outputs that the train program writes into the folder of the run, or prints, every
  /// few epochs and after the last one.
  ///
  ///     model.every(epochs: 5, "samples", .image(columns: 8)) {
  ///       ["image": generator(randomNormal([64, 16]))]
  ///     }
  ///
  /// It is a function like others, which the infer program offers too.
  public func every(
    epochs: Int, _ name: String, _ shown: Shown, _ body: () -> Outputs
  ) {
    let (before, site) = (program.functions.count, session.here())
    function(name, inputs: []) { _ in
      let outputs = body()
      if shown.ending == ".txt" { checkWords(outputs, at: site) }
      return outputs
    }
    guard program.functions.count > before else { return }
    program.showings.append(
      Showing(
        function: name, epochs: Check.positive(epochs, "epochs", of: "every"),
        ending: shown.ending, columns: shown.columns))
  }

  // Reports outputs that cannot be shown as text.
  private func checkWords(_ outputs: Outputs, at site: SiteID?) {
    for (output, value) in outputs.values where (value as? Words)?.field != nil || value is Tensor {
      session.report(.notWords(output), at: site)
    }
  }
}
