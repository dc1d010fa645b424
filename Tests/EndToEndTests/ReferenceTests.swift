import Foundation
import TestSupport
import Testing

/// What GraphKit computes in `f64`, compiled, against the numbers of PyTorch.
@Suite struct ReferenceTests {
  @Test(arguments: Toolchain.libraries)
  func layersAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("layers", toolchain)
    let cases = library.layers.cases
    #expect(cases.count >= 85)
    for i in cases.indices {
      let problem = try library.layers.problem(i, in: model)
      #expect(problem == nil)
    }
  }

  @Test(arguments: Toolchain.libraries)
  func batchNormInTrainingAgrees(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.norms.cases.count >= 5)
    #expect(try library.norms.problems(in: library.model("norms", toolchain)) == [])
  }

  @Test(arguments: Toolchain.libraries)
  func functionsAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("functions", toolchain)
    let cases = library.functions.cases
    #expect(cases.count >= 150)
    #expect(library.functions.unused == [])
    for i in cases.indices {
      let problem = try library.functions.problem(i, in: model)
      #expect(problem == nil)
    }
  }

  @Test(arguments: Toolchain.libraries)
  func lossesAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("losses", toolchain)
    let cases = library.losses.cases
    #expect(cases.count >= 45)
    for i in cases.indices {
      let problem = try library.losses.problem(i, in: model)
      #expect(problem == nil)
    }
  }

  @Test(arguments: Toolchain.libraries)
  func indexingAgrees(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("indexing", toolchain)
    let cases = library.indexing.cases
    #expect(cases.count >= 75)
    for i in cases.indices {
      let problem = try library.indexing.problem(i, in: model)
      #expect(problem == nil)
    }
  }

  @Test(arguments: Toolchain.libraries)
  func optimizersAgreeForTwentySteps(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.optimizers.cases.count >= 23)
    #expect(try library.optimizers.problems(in: library.model("optimizers", toolchain)) == [])
  }

  @Test(arguments: Toolchain.libraries)
  func schedulesAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.schedules.cases.count >= 17)
    #expect(try library.schedules.problems(in: library.model("schedules", toolchain)) == [])
  }

  @Test(arguments: Toolchain.libraries)
  func initialisersHaveTheirDistributions(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.initialisers.cases.count >= 46)
    #expect(try library.initialisers.problems(in: library.model("initialisers", toolchain)) == [])
  }

  @Test(arguments: Toolchain.libraries)
  func linearAlgebraAgrees(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.matrices.cases.count >= 66)
    let problems = try library.matrices.problems(in: library.model("linalg", toolchain))
    #expect(problems == [], "\(problems)")
  }

  @Test(arguments: Toolchain.libraries)
  func distributionsAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.distributions.cases.count >= 7)
    #expect(try library.distributions.problems(in: library.model("distributions", toolchain)) == [])
  }

  @Test(arguments: Toolchain.libraries)
  func randomNumbersHaveTheirDistributions(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    let model = try library.model("random", toolchain)
    #expect(library.random.cases.count >= 32)
    #expect(try library.random.problems(in: model) == [])
    let (areWhole, square) = try library.random.orders(in: model)
    // Of 25 degrees of freedom.
    #expect(areWhole && square < 60)
  }

  /// Weights are loaded by name from the state dicts of PyTorch's modules.
  @Test(arguments: Toolchain.libraries)
  func modulesAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.modules.count >= 60)
    #expect(try library.modules.problems(in: library.model("modules", toolchain)) == [])
  }

  /// Brackets, convolutions by any filters, replaced parameters, chosen cells.
  @Test(arguments: Toolchain.libraries)
  func functionalModelsAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.functional.count >= 35)
    let problems = try library.functional.problems(in: library.model("functional", toolchain))
    #expect(problems == [], "\(problems)")
  }

  @Test(arguments: Toolchain.libraries)
  func loopsAndBranchesAgree(_ toolchain: Toolchain) throws {
    let library = try ReferenceLibrary.shared.get()
    #expect(library.control.count >= 20)
    let problems = try library.control.problems(in: library.model("control", toolchain))
    #expect(problems == [], "\(problems)")
  }
}
