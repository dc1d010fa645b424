import CRuntime
import Foundation
import TestSupport
import Testing

/// The example `digits` against a PyTorch run with the same weights and the same batches.
@Suite struct DigitsTests {
  /// In `f64` nothing but rounding is left, and a hundred steps do not amplify it.
  @Test func inDoubleTheLossesArePyTorchs() throws {
    let found = try hundredSteps(Workshop.digitsInDouble.get())
    let reference = try losses("f64")
    #expect(reference.count == 100)
    #expect(difference(found.losses, reference, relative: 1e-9) == nil)
  }

  @Test func inDoubleTheWeightsArePyTorchs() throws {
    let run = try hundredSteps(Workshop.digitsInDouble.get())
    let expected = try tensors(
      in: repository.appending(path: "Tests/Reference/digits-100.safetensors"))
    let found = try tensors(in: run.weights)
    #expect(expected.count == 16)
    for (name, numbers) in expected {
      let problem = difference(found[name] ?? [], numbers, relative: 1e-9)
      #expect(problem == nil, "'\(name)'")
    }
  }

  /// In `f32` as well: from these weights PyTorch's own `f32` and `f64` stay within 1e-6.
  @Test func inSingleTheLossesArePyTorchs() throws {
    let found = try hundredSteps(Workshop.digits.get()).losses
    let reference = try losses("f32")
    #expect(found.count == 100 && reference.count == 100)
    let distance = zip(found, reference).map { abs($0 - $1) }
    #expect((distance.max() ?? 1) < 1e-4)
  }

  /// A state dict that lacks a tensor or holds another shape is refused by name.
  @Test func weightsThatDoNotFitAreRefused() throws {
    let example = try Workshop.xor.get()
    try withTemporaryFolder { folder in
      let (status, output) = try runProgram(
        example.folder.appending(path: "xor-train").path, ["--init", Example.initialWeights],
        in: folder)
      #expect(status == 1)
      #expect(output.contains("'0.weight': expected f32[8, 2], found f32[32, 1, 3, 3]"))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "runs").path))
    }
  }

  /// The weights after fifty steps have the same bits for any number of threads.
  @Test func theBitsDoNotDependOnThreads() throws {
    let example = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      func weights(_ threads: Int) throws -> Data {
        try fiftySteps(example.folder.appending(path: "digits-train"), threads, in: folder)
      }
      let one = try weights(1)
      #expect(one.count > 400_000)
      for threads in [2, 3, 4, 7, 8] {
        // Outside the macro, which would look for the shortest difference for minutes.
        let same = try weights(threads) == one
        #expect(same, "with \(threads) threads")
      }
    }
  }

  /// Nor do they depend on OpenMP, as far as the order of operations goes.
  ///
  /// With `-ffp-contract=fast` the compiler chooses for each build which product is fused with
  /// which sum, so these two fuse nothing.
  @Test func theBitsDoNotDependOnOpenMP() throws {
    let example = try Workshop.digits.get()
    try withTemporaryFolder { folder in
      try example.copySources(to: folder)
      let unfused = Toolchain.gcc.with("-ffp-contract=off")
      let weights = try [unfused, unfused.with(settings: ["OPENMP=0"])].map { toolchain in
        try buildTrainProgram(toolchain, as: "program", in: folder)
        return try fiftySteps(folder.appending(path: "program"), 2, in: folder)
      }
      let same = weights[0] == weights[1]
      #expect(same)
    }
  }
}

/// What a run of a hundred steps leaves.
private struct Run {
  let losses: [Double]
  let weights: URL
}

private func hundredSteps(_ example: Example) throws -> Run {
  let folder = try temporaryFolder("digits")
  try example.run(
    "train",
    [
      "--init", Example.initialWeights, "--seed", "1", "--steps", "100", "--log", "log.csv",
      "--data", Example.images,
    ], in: folder)
  let log = try columns(of: folder.appending(path: "log.csv"))
  return Run(
    losses: log["loss"] ?? [],
    weights: folder.appending(path: "runs/digits-1/weights/last.safetensors"))
}

/// Trains for fifty steps and returns what is saved.
private func fiftySteps(_ program: URL, _ threads: Int, in folder: URL) throws -> Data {
  let run = "run-\(UUID())"
  let (status, output) = try runProgram(
    program.path,
    [
      "--seed", "1", "--steps", "50", "--data", Example.images, "--threads",
      "\(threads)", "--out", run,
    ], in: folder)
  if status != 0 { throw GoldenMismatch(description: output) }
  return try Data(contentsOf: folder.appending(path: "\(run)/weights/last.safetensors"))
}

private func losses(_ precision: String) throws -> [Double] {
  let cases = try ReferenceFile("digits").cases
  return cases.first { $0.name == precision }?.outputs["loss"]?.values ?? []
}

/// The tensors of a safetensors file, by name.
func tensors(in file: URL) throws -> [String: [Double]] {
  var content = rt_safetensors()
  guard rt_safetensors_open(&content, file.path, nil) == 0, let stored = content.tensors else {
    throw GoldenMismatch(description: "'\(file.path)' cannot be read")
  }
  defer { rt_safetensors_close(&content) }
  var found: [String: [Double]] = [:]
  for i in 0..<Int(content.count) {
    let (dtype, count) = (stored[i].dtype, stored[i].elements)
    let width = rt_dtype_size(dtype)
    var bytes = [UInt8](repeating: 0, count: count * width)
    guard rt_safetensors_read(&content, stored + i, 0, count, &bytes, file.path, nil) == 0 else {
      throw GoldenMismatch(description: "'\(file.path)' cannot be read")
    }
    found[String(cString: stored[i].name)] = bytes.withUnsafeBytes { block in
      (0..<count).compactMap { k in
        block.baseAddress.map { rt_scalar_get(dtype, $0 + k * width) }
      }
    }
  }
  return found
}
