import Foundation
import TestSupport
import Testing

/// Models with mistakes that people make, and all that `gcomp check` says about each.
///
/// `Golden/diagnostics/<case>.swift` is the model, `<case>.txt` the answer. With `GCOMP_BLESS=1`
/// the answers are written anew: read them as someone who has never seen gcomp.
@Suite struct DiagnosticsTests {
  @Test(arguments: try Case.all)
  func everyMistakeHasItsAnswer(of model: Case) throws {
    try checkGolden("\(model.name).txt", in: Case.folder, try model.answer())
  }

  /// A folder that cannot be found would have no case that fails.
  @Test func thereAreEnoughCases() throws {
    #expect(try Case.all.count >= 60)
  }

  /// An answer without its model is one that nobody gives any more.
  @Test func everyAnswerHasItsMistake() throws {
    let names = Set(try Case.all.map(\.name))
    for answer in try Case.files(ending: ".txt") { #expect(names.contains(answer), "\(answer)") }
  }

  @Test func everyModelSaysWhatItShows() throws {
    for model in try Case.all {
      let text = try String(contentsOf: model.file, encoding: .utf8)
      #expect(text.hasPrefix("// "), "\(model)")
    }
  }
}
