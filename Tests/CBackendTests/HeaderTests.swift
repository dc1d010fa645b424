import CBackend
import Foundation
import LoopIR
import TestSupport
import Testing

/// The emitted files as a C or C++ program takes them.
@Suite struct HeaderTests {
  @Test(arguments: Toolchain.Family.allCases)
  func headerIsValidCPlusPlus(_ family: Toolchain.Family) throws {
    try withTemporaryFolder { (folder) in
      let files = try emitC(.tiny, templates: templates())
      try #require(files["tiny.h"]).write(
        to: folder.appending(path: "tiny.h"), atomically: true, encoding: .utf8)
      let root = repository.appending(path: "Runtime").resolvingSymlinksInPath()
      try FileManager.default.copyItem(at: root, to: folder.appending(path: "runtime"))
      try "#include \"tiny.h\"\nint main() { return tiny_create() != nullptr; }\n".write(
        to: folder.appending(path: "main.cpp"), atomically: true, encoding: .utf8)
      let (status, output) = try runProgram(
        family.plusPlus,
        ["-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "main.cpp"], in: folder)
      #expect(status == 0, "\(output)")
    }
  }

  #if arch(x86_64)
    /// gcc counts processors with instructions for f16 among those that compute in other types than
    /// the variables have, unless a standard without extensions is asked for.
    @Test(arguments: ["-std=c11", "-std=gnu11"])
    func processorsForHalfPrecisionAreTaken(_ standard: String) throws {
      try withTemporaryFolder { (folder) in
        let runtime = repository.appending(path: "Runtime").path
        try "#include \"runtime.h\"\n#include \"math/tile.h\"\n".write(
          to: folder.appending(path: "main.c"), atomically: true, encoding: .utf8)
        let (status, output) = try runProgram(
          "gcc", [standard, "-O1", "-march=sapphirerapids", "-I", runtime, "-c", "main.c"],
          in: folder)
        #expect(status == 0, "\(output)")
      }
    }
  #endif
}
