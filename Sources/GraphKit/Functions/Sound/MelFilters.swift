public import TensorLibrary
public import LoopIR
internal import Glibc

/// How frequencies become mels, steps that an ear hears as equal.
public enum MelScale: Sendable {
  /// A logarithm, as in HTK.
  case htk
  /// Linear below 1000 Hz and logarithmic above, as in Slaney's toolbox.
  case slaney
}

/// Triangles over frequencies that are evenly spaced in mels, `[bins, count]`, as torchaudio's
/// `melscale_fbanks`.
///
/// `bins` is the number of frequencies from 0 to half of `sampleRate`. The triangles lie in
/// `range`, in Hz, by default all of it. With `normalized` each has the same area, as in Slaney's
/// toolbox.
public func melFilters(
  bins: Int, count: Int, sampleRate: Int = 16_000, range limits: ClosedRange<Double>? = nil,
  scale: MelScale = .htk, normalized: Bool = false, _ element: ElementType = .f32
) -> Tensor {
  guard Trace.running("melFilters") != nil else { return Session.current.limbo.poison() }
  let sampleRate = Check.positive(sampleRate, "sample rate", of: "melFilters")
  let bins = Check.positive(bins, "number of bins", of: "melFilters")
  let count = melCount(count, bins: bins, of: "melFilters")
  // A rate of 1 leaves no frequencies; it stands for a mistake as well.
  let half = max(1, Double(sampleRate / 2))
  let limits = limits ?? 0...half
  guard limits.lowerBound >= 0, limits.lowerBound < limits.upperBound else {
    let rule = "0 or above and not empty"
    let found = "\(limits.lowerBound.plain) to \(limits.upperBound.plain)"
    Session.current.report(.range("melFilters", "range", rule, found))
    return zeros([bins, count], element)
  }
  let (first, last) = (scale.mel(limits.lowerBound), scale.mel(limits.upperBound))
  let step = (last - first) / Double(count + 1)
  // The corners of all triangles: each begins in the middle of the one before it.
  let corners = scale.frequency(GraphKit.range(count + 2).cast(to: .f64) * step + first)
  func corner(_ place: Int) -> Tensor { corners.sliced(0, place..<(place + count)) }
  let bin = GraphKit.range(bins).cast(to: .f64) * (half / Double(max(bins - 1, 1)))
  let frequency = bin.expanded(at: -1)
  let rise = (frequency - corner(0)) / (corner(1) - corner(0))
  let fall = (corner(2) - frequency) / (corner(2) - corner(1))
  let triangle = maximum(minimum(rise, fall), 0)
  let filters = normalized ? triangle * (2 / (corner(2) - corner(0))) : triangle
  return filters.cast(to: element)
}

/// Returns a number of mel filters, or a smaller one after reporting that there are too few bins.
func melCount(_ count: Int, bins: Int, of owner: String) -> Int {
  let count = Check.positive(count, "number of filters", of: owner)
  if count <= bins { return count }
  let hint = "a filter that meets no frequency is always 0"
  let rule = "at most the number of frequencies, \(bins)"
  Session.current.report(.range(owner, "number of filters", rule, "\(count)", hint: hint))
  return bins
}

extension MelScale {
  // Where Slaney's scale becomes logarithmic, and its steps.
  private static let bend = 1000.0
  private static let linearStep = 200.0 / 3
  private static let logStep = Glibc.log(6.4) / 27

  /// A frequency in mels.
  fileprivate func mel(_ frequency: Double) -> Double {
    switch self {
    case .htk: return 2595 * Glibc.log10(1 + frequency / 700)
    case .slaney:
      if frequency < Self.bend { return frequency / Self.linearStep }
      return Self.bend / Self.linearStep + Glibc.log(frequency / Self.bend) / Self.logStep
    }
  }

  /// Mels as frequencies.
  fileprivate func frequency(_ mel: Tensor) -> Tensor {
    switch self {
    case .htk: return (exp(mel * (Glibc.log(10) / 2595)) - 1) * 700
    case .slaney:
      let rest = mel - Self.bend / Self.linearStep
      return select(
        rest .>= 0, exp(rest * Self.logStep) * Self.bend, mel * Self.linearStep)
    }
  }
}
