public import TensorLibrary
internal import LoopIR

/// The energy of each mel filter in windows of a signal `[..., time]`, as `[..., mels, frames]`,
/// like torchaudio's `MelSpectrogram`.
///
/// Windows are those of `spectrogram`, filters those of `melFilters`.
public func melSpectrogram(
  _ x: Tensor, sampleRate: Int = 16_000, size: Int = 400, hop: Int? = nil, window: Tensor? = nil,
  mels: Int = 128, range: ClosedRange<Double>? = nil, power: Double = 2, scale: MelScale = .htk,
  normalized: Bool = false, center: Bool = true, padMode: PaddingMode = .reflect
) -> Tensor {
  let mels = melCount(mels, bins: max(1, size / 2 + 1), of: "melSpectrogram")
  let energy = spectrogram(
    x, size: size, hop: hop, window: window, power: power, center: center, padMode: padMode)
  return applying("mel_spectrogram", to: energy) { energy in
    let filters = melFilters(
      bins: energy.shape[-2], count: mels, sampleRate: sampleRate, range: range, scale: scale,
      normalized: normalized, energy.elementType)
    return filters.transposed().matmul(energy)
  }
}

/// Mel-frequency cepstral coefficients of a signal `[..., time]`, as `[..., coefficients, frames]`,
/// like torchaudio's `MFCC`: the cosine transform of decibels of mel filters, not more than 80
/// below the largest, or with `logMels` of their logarithms.
///
/// Windows are those of `spectrogram`, filters those of `melFilters`.
public func mfcc(
  _ x: Tensor, sampleRate: Int = 16_000, coefficients: Int = 40, size: Int = 400, hop: Int? = nil,
  window: Tensor? = nil, mels: Int = 128, range: ClosedRange<Double>? = nil,
  scale: MelScale = .htk, logMels: Bool = false
) -> Tensor {
  let mels = melCount(mels, bins: max(1, size / 2 + 1), of: "mfcc")
  var count = Check.positive(coefficients, "number of coefficients", of: "mfcc")
  if count > mels {
    let rule = "at most the number of filters, \(mels)"
    Session.current.report(.range("mfcc", "number of coefficients", rule, "\(count)"))
    count = mels
  }
  let energy = melSpectrogram(
    x, sampleRate: sampleRate, size: size, hop: hop, window: window, mels: mels, range: range,
    scale: scale)
  return applying("mfcc", to: energy) { energy in
    let level = logMels ? log(energy + 1e-6) : amplitudeToDecibels(energy, range: 80)
    // The second cosine transform, made orthonormal.
    let place = GraphKit.range(mels).cast(to: .f64) + 0.5
    let frequency = GraphKit.range(count).expanded(at: -1)
    let wave = cos(place * frequency.cast(to: .f64) * (Double.pi / Double(mels)))
    let factor = select(frequency .== 0, wave.filled(0.5.squareRoot()), wave.filled(1))
    let matrix = wave * factor * (2 / Double(mels)).squareRoot()
    return matrix.cast(to: energy.elementType).matmul(level)
  }
}

/// Energies, or with `isPower: false` amplitudes, in decibels, like torchaudio's
/// `amplitude_to_DB`.
///
/// `reference` is what has 0 decibels. Numbers below `least` count as `least`; with `range` no
/// result is more than that many decibels below the largest of its example, whose axes are the last
/// three.
public func amplitudeToDecibels(
  _ x: Tensor, isPower: Bool = true, reference: Double = 1, least: Double = 1e-10,
  range: Double? = nil
) -> Tensor {
  let owner = "amplitudeToDecibels"
  let least = Check.aboveZero(least, "least amplitude", of: owner)
  let reference = Check.aboveZero(reference, "reference", of: owner)
  let range = range.map { Check.natural($0, "range", of: owner) }
  return applying("decibels", to: x) { x in
    guard x.elementType.isFloat else {
      Session.current.report(.layerInput(owner, "be floating-point numbers", x.type, made: x.site))
      return x.builder.poison()
    }
    let factor = isPower ? 10.0 : 20
    let level = log10(clamp(x, least...)) * factor
    let zero = full([], max(reference, least), x.elementType)
    let result = reference == 1 && least <= 1 ? level : level - log10(zero) * factor
    guard let range else { return result }
    let largest = result.max(axes: Array(max(0, x.rank - 3)..<x.rank), keep: true)
    return maximum(result, largest - range)
  }
}

/// A signal `[..., time]` less a part of the element before, which raises high frequencies:
/// `y[i] = x[i] - coefficient * x[i - 1]`; the first element stays.
public func preEmphasis(_ x: Tensor, coefficient: Double = 0.97) -> Tensor {
  applying("pre_emphasis", to: x) { x in
    guard x.rank >= 1, x.elementType.isFloat else {
      let rule = "be floating-point numbers with the axes [..., time]"
      Session.current.report(.layerInput("preEmphasis", rule, x.type, made: x.site))
      return x.builder.poison()
    }
    let still = Array(repeating: (before: 0, after: 0), count: x.rank - 1)
    return x - x.padded(still + [(1, -1)]) * coefficient
  }
}
