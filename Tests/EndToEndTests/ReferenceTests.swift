import Foundation
import TestSupport
import Testing

/// What GraphKit computes in `f64`, compiled, against the numbers of PyTorch.
@Suite struct ReferenceTests {
  @Test func layersAgree() throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("layers")
    let cases = library.layers.cases
    #expect(cases.count >= 45)
    for i in cases.indices {
      let problem = try library.layers.problem(i, in: model)
      #expect(problem == nil)
    }
  }

  @Test func batchNormInTrainingAgrees() throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.norms.cases.count >= 5)
    #expect(try library.norms.problems(in: library.model("norms")) == [])
  }

  @Test func lossesAgree() throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("losses")
    let cases = library.losses.cases
    #expect(cases.count >= 45)
    for i in cases.indices {
      let problem = try library.losses.problem(i, in: model)
      #expect(problem == nil)
    }
  }

  @Test func optimizersAgreeForTwentySteps() throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.optimizers.cases.count >= 23)
    #expect(try library.optimizers.problems(in: library.model("optimizers")) == [])
  }

  @Test func schedulesAgree() throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.schedules.cases.count >= 17)
    #expect(try library.schedules.problems(in: library.model("schedules")) == [])
  }

  @Test func initialisersHaveTheirDistributions() throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.initialisers.cases.count >= 46)
    #expect(try library.initialisers.problems(in: library.model("initialisers")) == [])
  }

  /// What is skipped is still missing, and each entry of the list skips something.
  @Test(arguments: SkippedCases.all)
  func whatIsSkippedIsMissing(_ skipped: SkippedCases) throws {
    let cases = try ReferenceFile(skipped.group).cases
    #expect(cases.contains(where: skipped.matches), "'\(skipped.kind)' names no case")
    let found = try skipped.declaration(in: graphKitSources())
    #expect(found == nil, "GraphKit has '\(skipped.kind)' now; run its cases")
  }
}
