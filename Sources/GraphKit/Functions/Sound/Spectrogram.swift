public import TensorLibrary
internal import LoopIR

/// The Fourier transforms of windows of a signal `[..., time]`, as `[..., size / 2 + 1, frames]`,
/// like PyTorch's `stft`.
///
/// Windows begin `hop` elements apart, by default a quarter of `size`. They are multiplied by
/// `window`, by default 1, which has at most `size` elements and is centred. With `center` the
/// signal is padded so that the first window has the first element in its middle. `normalized`
/// divides by the root of `size`.
public func stft(
  _ x: Tensor, size: Int, hop: Int? = nil, window: Tensor? = nil, center: Bool = true,
  padMode: PaddingMode = .reflect, normalized: Bool = false
) -> (real: Tensor, imaginary: Tensor) {
  let frames = signalFrames("stft", x, size, hop, window, center, padMode)
  guard frames.value != nil else { return (frames, frames) }
  let (real, imaginary) = rfft(frames)
  func turned(_ x: Tensor) -> Tensor {
    let y = x.transposed()
    return normalized ? y * (1 / Double(size).squareRoot()) : y
  }
  return (turned(real), turned(imaginary))
}

/// The size of each frequency in windows of a signal `[..., time]`, to a power, as
/// `[..., size / 2 + 1, frames]`, like torchaudio's `Spectrogram`.
///
/// Windows are those of `stft`; by default they are Hann's, and half of one apart. A `power` of 2
/// gives energies, 1 amplitudes.
public func spectrogram(
  _ x: Tensor, size: Int = 400, hop: Int? = nil, window: Tensor? = nil, power: Double = 2,
  center: Bool = true, padMode: PaddingMode = .reflect
) -> Tensor {
  let power = Check.aboveZero(power, "power", of: "spectrogram")
  let size = Check.positive(size, "size", of: "spectrogram")
  guard x.value != nil, Trace.current != nil else { return x }
  let shape = window ?? hannWindow(size, x.elementType.isFloat ? x.elementType : .f32)
  let frames = signalFrames(
    "spectrogram", x, size, hop ?? max(1, size / 2), shape, center, padMode)
  guard frames.value != nil else { return frames }
  let (real, imaginary) = rfft(frames)
  let energy = (real * real + imaginary * imaginary).transposed()
  if power == 2 { return energy }
  // A root has no slope at 0; that of a frequency which is not there is 0.
  let isThere = energy .> 0
  let sound = select(isThere, energy, energy.filled(1))
  let value = power == 1 ? sqrt(sound) : pow(sound, sound.filled(power / 2))
  return select(isThere, value, value.filled(0))
}

// The windows of a signal, `[..., frames, size]`.
private func signalFrames(
  _ owner: String, _ x: Tensor, _ size: Int, _ hop: Int?, _ window: Tensor?, _ center: Bool,
  _ padMode: PaddingMode
) -> Tensor {
  let size = Check.positive(size, "size", of: owner)
  let hop = Check.positive(hop ?? max(1, size / 4), "hop", of: owner)
  return applying(owner, to: x) { x in
    guard x.rank >= 1, x.elementType.isFloat else {
      let rule = "be floating-point numbers with the axes [..., time]"
      Session.current.report(.layerInput(owner, rule, x.type, made: x.site))
      return x.builder.poison()
    }
    let side = center ? size / 2 : 0
    guard x.shape[-1] + 2 * side >= size else {
      let rule = "have at least \(size - 2 * side) elements in its last axis"
      Session.current.report(.layerInput(owner, rule, x.type, made: x.site))
      return x.builder.poison()
    }
    let still = Array(repeating: (before: 0, after: 0), count: x.rank - 1)
    let signal = center ? x.padded(still + [(side, side)], mode: padMode) : x
    let frames = signal.windows(of: size, step: hop)
    guard let window else { return frames }
    guard window.value != nil, window.rank == 1, window.shape[0] <= size,
      window.elementType == x.elementType
    else {
      guard window.value != nil else { return x.builder.poison() }
      let rule = "be '\(x.elementType)' with one axis of at most \(size) elements"
      Session.current.report(.argument("window", of: owner, rule, window.type, made: window.site))
      return x.builder.poison()
    }
    let before = (size - window.shape[0]) / 2
    return frames * window.padded([(before, size - window.shape[0] - before)])
  }
}
