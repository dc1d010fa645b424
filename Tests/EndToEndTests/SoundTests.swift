import Foundation
import GraphIR
import GraphKit
import LoopIR
import Passes
import RandomModels
import Support
import TestSupport
import Testing

/// Fourier transforms and spectrograms against NumPy, PyTorch and torchaudio, in `f64`, and
/// transforms of `f32` against those of `f64`.
@Suite struct SoundTests {
  @Test(arguments: Toolchain.libraries)
  func resultsAndGradientsAgree(_ toolchain: Toolchain) throws {
    let library = try SoundLibrary.shared.get()
    #expect(library.cases.cases.count >= 100)
    let problems = try library.cases.problems(in: library.model("sound", toolchain))
    #expect(problems == [], "\(problems)")
  }

  /// The error of `f32`, as a share of the largest number, grows little with the length.
  @Test func singlePrecisionIsClose() throws {
    let library = try SoundLibrary.shared.get()
    let single = try library.model("fourier", .libraries[0])
    let double = try library.model("fourier_f64", .libraries[0])
    var source = RandomSource(seed: 3)
    for length in SoundLibrary.lengths {
      let x = (0..<2).map { _ in
        source.numbers(length, in: -1...1).map { ($0 * 0x1p20).rounded() / 0x1p20 }
      }
      let found = try single.call("length_\(length)", x)
      for (name, exact) in try double.call("length_\(length)", x) {
        let problem = difference(found[name] ?? [], exact, relative: 1e-6)
        #expect(problem == nil, "\(length): \(name)")
      }
    }
  }

  /// A transform back gives what there was before, of any length.
  @Test func inversesAreInverse() throws {
    let library = try SoundLibrary.shared.get()
    let model = try library.model("fourier_f64", .libraries[0])
    var source = RandomSource(seed: 4)
    for length in SoundLibrary.lengths {
      let x = (0..<2).map { _ in source.numbers(length, in: -1...1) }
      let found = try model.call("length_\(length)", x)
      #expect(difference(found["back_real"] ?? [], x[0], relative: 1e-12) == nil, "\(length)")
      #expect(difference(found["back_imaginary"] ?? [], x[1], relative: 1e-12) == nil, "\(length)")
      #expect(difference(found["half"] ?? [], x[0], relative: 1e-12) == nil, "\(length)")
    }
  }

  /// The C of a long transform has a few kernels more than that of a short one, and no tables.
  @Test func codeHardlyGrowsWithTheLength() throws {
    func size(_ length: Int) throws -> Int {
      let program = try traced {
        Model("long").infer(Input("a", [length]), Input("b", [length])) { a, b in
          let (real, imaginary) = fft(real: a, imaginary: b)
          return ["real": real, "imaginary": imaginary]
        }
      }
      return lower(optimize(program)).kernels.count
    }
    let (short, long) = (try size(1024), try size(1_048_576))
    #expect(short <= 12, "\(short)")
    #expect(long <= 24, "\(long)")
    // A large prime number goes by way of three other transforms.
    #expect(try size(65_537) <= 60)
  }
}

/// All cases, compiled.
private struct SoundLibrary: Sendable {
  static let shared = Result { try SoundLibrary() }
  /// One stage, two, three and four; Bluestein's way.
  static let lengths = [31, 192, 1009, 3072, 12_000, 40_960]

  let cases: VectorCases
  private let files: [Toolchain: URL]

  private init() throws {
    let cases = try VectorCases("sound", soundResults)
    self.cases = cases
    let programs = [
      try traced(cases.declare).widened, try Self.lengthsProgram("fourier"),
      try Self.lengthsProgram("fourier_f64").widened,
    ]
    files = try ProgramLibrary(programs).compiled(Toolchain.libraries)
  }

  func model(_ name: String, _ toolchain: Toolchain) throws -> LoadedModel {
    try LoadedModel(name, in: #require(files[toolchain]))
  }

  private static func lengthsProgram(_ name: String) throws -> GraphProgram {
    try traced {
      let model = Model(name)
      for length in lengths {
        model.function("length_\(length)", Input("a", [length]), Input("b", [length])) { a, b in
          let (real, imaginary) = fft(real: a, imaginary: b)
          let back = ifft(real: real, imaginary: imaginary)
          let half = rfft(a)
          return [
            "real": real, "imaginary": imaginary, "back_real": back.real,
            "back_imaginary": back.imaginary,
            "half": irfft(real: half.real, imaginary: half.imaginary, length: length),
          ]
        }
      }
    }
  }
}

/// Returns the results of a case of `sound`.
@Sendable private func soundResults(_ test: ReferenceCase, _ x: [Tensor]) -> [Tensor] {
  let a = x[0]
  func parts(_ pair: (real: Tensor, imaginary: Tensor)) -> [Tensor] {
    [pair.real, pair.imaginary]
  }
  let scale: MelScale = test.text("scale") == "slaney" ? .slaney : .htk
  switch test.text("kind") {
  case "fft": return parts(fft(real: a, imaginary: x[1]))
  case "ifft": return parts(ifft(real: a, imaginary: x[1]))
  case "rfft": return parts(rfft(a))
  case "irfft":
    let length = test.count("length")
    // An even length is what there is without one.
    return [irfft(real: a, imaginary: x[1], length: length % 2 == 0 ? nil : length)]
  case "window":
    let (count, periodic) = (a.shape[0], test.flag("periodic"))
    switch test.text("window") {
    case "hann": return [a * hannWindow(count, periodic: periodic)]
    case "hamming": return [a * hammingWindow(count, periodic: periodic)]
    default: return [a * blackmanWindow(count, periodic: periodic)]
    }
  case "stft":
    return parts(
      stft(
        a, size: test.count("size"), hop: test.count("hop"), window: x.count > 1 ? x[1] : nil,
        center: test.flag("center"), padMode: test.text("mode") == "reflect" ? .reflect : .zeros,
        normalized: test.flag("normalized")))
  case "spectrogram":
    return [
      spectrogram(
        a, size: test.count("size"), hop: test.count("hop"), power: test.number("power"))
    ]
  case "spectrogram_plain": return [spectrogram(a)]
  case "filters":
    return [
      a
        * melFilters(
          bins: 33, count: 9, sampleRate: 8000, range: 50...3900, scale: scale,
          normalized: test.flag("normalized"))
    ]
  case "filters_plain": return [a * melFilters(bins: 41, count: 12)]
  case "mel":
    return [
      melSpectrogram(
        a, sampleRate: 8000, size: 50, hop: 20, mels: 7, range: 60...4000,
        power: scale == .slaney ? 1 : 2, scale: scale, normalized: scale == .slaney)
    ]
  case "mfcc":
    return [
      mfcc(
        a, sampleRate: 8000, coefficients: 5, size: 64, hop: 25, mels: 11,
        logMels: test.flag("logs"))
    ]
  case "decibels": return [amplitudeToDecibels(a)]
  case "amplitudes":
    return [amplitudeToDecibels(a, isPower: false, reference: 2.5, least: 1e-3)]
  case "ranged": return [amplitudeToDecibels(a, range: 12)]
  default: return [preEmphasis(a, coefficient: 0.9)]
  }
}
