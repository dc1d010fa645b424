import LoopIR
import TestSupport
import Testing

@Suite struct PrinterTests {
  @Test func everyPartOfAProgram() throws {
    try checkGolden("tiny.loops", in: "loops", LoopPrinter.print(.tiny))
  }

  @Test func loopsAndBranchesOfSteps() throws {
    try checkGolden("walks.loops", in: "loops", LoopPrinter.print(.walks))
  }

  @Test func kernelsByHand() throws {
    let text = LoopPrinter.print(.running(Kernels.all, name: "kernels"))
    try checkGolden("kernels.loops", in: "loops", text)
  }
}
