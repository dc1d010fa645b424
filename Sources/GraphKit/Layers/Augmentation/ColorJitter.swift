public import TensorLibrary
internal import LoopIR

/// In training, changes brightness, contrast, saturation and hue of each image at random, in this
/// order. Otherwise does nothing.
public struct ColorJitter: Layer, LibraryLayer {
  let site = Session.current.here()
  private let brightness: Double
  private let contrast: Double
  private let saturation: Double
  private let hue: Double
  private let limits: ClosedRange<Double>?

  // What red, green and blue add to the brightness that an eye sees.
  private static let gray = [0.299, 0.587, 0.114]

  /// A layer that multiplies brightness, contrast and saturation by factors between 1 minus and 1
  /// plus a number, and turns hues by up to a share of the circle of colours, at most 0.5.
  ///
  /// Results are clamped to `limits`, if there are any. Saturation and hue need three channels:
  /// red, green and blue.
  public init(
    brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0,
    limits: ClosedRange<Double>? = nil
  ) {
    self.brightness = Check.natural(brightness, "brightness", of: "ColorJitter")
    self.contrast = Check.natural(contrast, "contrast", of: "ColorJitter")
    self.saturation = Check.natural(saturation, "saturation", of: "ColorJitter")
    self.hue = Check.inside(hue, 0...0.5, "hue", of: "ColorJitter")
    self.limits = limits
  }

  /// Applies the layer to `[n, c, y, x]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    augmenting(
      "color_jitter", "ColorJitter", x, made: site,
      training: { hasColors($0) ? changed($0) : $0.builder.poison() },
      otherwise: { hasColors($0) ? $0 : $0.builder.poison() })
  }

  // Returns true iff there are the channels that are needed; reports it otherwise.
  private func hasColors(_ x: Tensor) -> Bool {
    if x.shape[1] == 3 || saturation == 0 && hue == 0 { return true }
    let rule = "have 3 channels in its second axis"
    Session.current.report(.layerInput("ColorJitter", rule, x.type, made: site))
    return false
  }

  private func changed(_ x: Tensor) -> Tensor {
    var y = x
    if brightness > 0 { y = clamped(y * factor(brightness, x)) }
    if contrast > 0 {
      let mean = brightnesses(y).mean(axes: [1, 2, 3], keep: true)
      y = clamped(mean + (y - mean) * factor(contrast, x))
    }
    if saturation > 0 {
      let gray = brightnesses(y)
      y = clamped(gray + (y - gray) * factor(saturation, x))
    }
    return hue > 0 ? clamped(turned(y)) : y
  }

  // A factor for each image, never below 0.
  private func factor(_ most: Double, _ x: Tensor) -> Tensor {
    randomUniform(x.imageShape, max(0, 1 - most)...(1 + most), x.elementType)
  }

  private func clamped(_ x: Tensor) -> Tensor { limits.map { clamp(x, $0) } ?? x }

  // The brightness of each pixel, `[n, 1, y, x]`.
  private func brightnesses(_ x: Tensor) -> Tensor {
    guard x.shape[1] == 3 else { return x.mean(axes: [1], keep: true) }
    let parts = x.unstacked(axis: 1)
    let sum = parts[0] * Self.gray[0] + parts[1] * Self.gray[1] + parts[2] * Self.gray[2]
    return sum.expanded(at: 1)
  }

  // Colours turned around the gray axis in the space YIQ, which keeps brightness.
  private func turned(_ x: Tensor) -> Tensor {
    let limit = hue * 2 * Double.pi
    let angle = randomUniform([x.shape[0], 1, 1], -limit...limit, x.elementType)
    let (c, s) = (cos(angle), sin(angle))
    let rgb = x.unstacked(axis: 1)
    func mixed(_ parts: [Tensor], _ factors: [Double]) -> Tensor {
      parts[0] * factors[0] + parts[1] * factors[1] + parts[2] * factors[2]
    }
    let (y, i, q) = (
      mixed(rgb, Self.gray), mixed(rgb, [0.5959, -0.2746, -0.3213]),
      mixed(rgb, [0.2115, -0.5227, 0.3112])
    )
    let yiq = [y, i * c - q * s, i * s + q * c]
    return stack(
      [[1, 0.956, 0.619], [1, -0.272, -0.647], [1, -1.106, 1.703]].map { mixed(yiq, $0) }, axis: 1)
  }
}
