import GraphIR
import LoopIR
import TestSupport
import Testing

/// docs/operations.md says of each operation what its declaration says, and how it is tested.
@Suite struct OperationsDocumentTests {
  // As many as `RandomGraphTests` try.
  private static let randomGraphs = 2_000

  @Test func documentIsThatOfTheDeclarations() throws {
    let comments = try OperationComments.all()
    let words = OperationList.all.map { $0.word }
    #expect(Set(comments.keys) == Set(words), "an operation is not in the list")
    let proofs = try OperationProofs(randomGraphs: Self.randomGraphs)
    let known = Set(words).union(ScalarFunction.allCases.map(\.rawValue))
    #expect(known.isSuperset(of: proofs.byWord.keys))
    for (word, comments) in comments.sorted(by: { $0.key < $1.key }) {
      let proof = proofs[word]
      // A promise needs a case, and what passes a gradient on must not say that it has none.
      #expect(!comments.promisesGradient || proof.cases > 0, "'\(word)' has no gradient case")
      #expect(
        comments.promisesGradient == proof.hasGradient,
        "the comment on the gradient of '\(word)' is not true")
    }
    for function in ScalarFunction.allCases where proofs[function.rawValue].hasGradient {
      #expect(proofs[function.rawValue].cases > 0, "'\(function)' has no gradient case")
    }
    let document = OperationsDocument(
      comments: comments, notes: try OperationComments.ofScalarFunctions(), proofs: proofs)
    try checkDocument("docs/operations.md", "the operations", document.operations)
    try checkDocument("docs/operations.md", "the functions", document.functions)
  }
}
