import Foundation
import GraphIR
import GraphKit
import LoopIR
import RandomModels
import TestSupport
import Testing

/// What augmentation does to a batch in a training step, compiled. Each pixel of the images is
/// another number, so that what became of it can be seen.
@Suite struct AugmentationTests {
  private typealias Images = AugmentedImages

  @Test func flipsMirrorSomeImages() throws {
    let found = try AugmentationLibrary.results("flip")
    let both = try AugmentationLibrary.results("flip_both")
    var seen: Set<[Bool]> = []
    for n in 0..<Images.count {
      let image = Images.image(n)
      let mirrored = Images.image(n) { c, y, x in (c, y, Images.width - 1 - x) }
      #expect(found[n] == image || found[n] == mirrored)
      let choices = [false, true].flatMap { v in [false, true].map { h in (v, h) } }
      let which = choices.first { v, h in
        both[n]
          == Images.image(n) { c, y, x in
            (c, v ? Images.height - 1 - y : y, h ? Images.width - 1 - x : x)
          }
      }
      seen.insert(which.map { [$0.0, $0.1] } ?? [])
    }
    #expect(Set(found.indices.map { found[$0] == Images.image($0) }).count == 2)
    #expect(seen.count == 4 && !seen.contains([]))
  }

  @Test func shiftsMoveByWholePixels() throws {
    for (name, mode) in Images.modes {
      let found = try AugmentationLibrary.results("shift_\(name)")
      var shifts: Set<[Int]> = []
      for n in 0..<Images.count {
        let places = (-2...2).flatMap { y in (-2...2).map { x in [y, x] } }
        let shift = places.first { shift in
          found[n] == Images.window(n, Images.height, Images.width, from: shift, mode)
        }
        #expect(shift != nil, "\(name): image \(n)")
        shifts.insert(shift ?? [])
      }
      #expect(shifts.count > 8, "\(name): \(shifts)")
    }
  }

  @Test func cropsAreParts() throws {
    let found = try AugmentationLibrary.results("crop")
    var places: Set<[Int]> = []
    for n in 0..<Images.count {
      let all = (-1...3).flatMap { y in (-1...7).map { x in [y, x] } }
      let place = all.first { found[n] == Images.window(n, 4, 3, from: $0, .zeros) }
      #expect(place != nil, "image \(n)")
      places.insert(place ?? [])
    }
    #expect(places.count > 10)
  }

  /// A ramp stays a ramp: its slopes are those of the matrix, here a rotation and a zoom.
  @Test func rotationsKeepAnglesOfImages() throws {
    var angles: [Double] = []
    for ramp in try AugmentationLibrary.ramps("rotation") {
      let size = (ramp.x.0 * ramp.x.0 + ramp.x.1 * ramp.x.1).squareRoot()
      #expect(abs(size - 1) < 1e-4)
      #expect(abs(ramp.x.0 - ramp.y.1) < 1e-4 && abs(ramp.x.1 + ramp.y.0) < 1e-4)
      angles.append(atan2(ramp.x.1, ramp.x.0) * 180 / Double.pi)
    }
    #expect(angles.allSatisfy { abs($0) < 30.01 })
    #expect((angles.max() ?? 0) > 15 && (angles.min() ?? 0) < -15, "\(angles)")
    var zooms: [Double] = []
    for ramp in try AugmentationLibrary.ramps("zoom") {
      #expect(abs(ramp.x.1) < 1e-4 && abs(ramp.x.0 - ramp.y.1) < 1e-4)
      zooms.append(1 / ramp.x.0)
    }
    #expect(zooms.allSatisfy { $0 > 1.249 && $0 < 2.001 })
    #expect((zooms.max() ?? 0) - (zooms.min() ?? 0) > 0.4, "\(zooms)")
  }

  @Test func coloursChangeAlikeInAnImage() throws {
    let bright = try AugmentationLibrary.results("brightness")
    var factors: Set<Int> = []
    for n in 0..<Images.count {
      let ratios = zip(bright[n], Images.image(n)).map { $0 / $1 }
      let factor = ratios[0]
      #expect(factor > 0.6 && factor < 1.4)
      #expect(ratios.allSatisfy { abs($0 - factor) < 1e-5 })
      factors.insert(Int(factor * 1000))
    }
    #expect(factors.count > 10)
    // Hue and saturation keep the brightness of each pixel, contrast that of the image.
    func gray(_ image: [Double]) -> [Double] {
      let size = Images.height * Images.width
      return (0..<size).map {
        image[$0] * 0.299 + image[size + $0] * 0.587 + image[2 * size + $0] * 0.114
      }
    }
    for name in ["hue", "saturation"] {
      let found = try AugmentationLibrary.results(name)
      for n in 0..<Images.count {
        let (a, b) = (gray(found[n]), gray(Images.image(n)))
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 * abs($1) }, "\(name)")
        #expect(found[n] != Images.image(n))
      }
    }
    let contrast = try AugmentationLibrary.results("contrast")
    for n in 0..<Images.count {
      let (a, b) = (gray(contrast[n]).reduce(0, +), gray(Images.image(n)).reduce(0, +))
      #expect(abs(a - b) < 1e-4 * b)
    }
  }

  @Test func noiseIsNormal() throws {
    let found = try AugmentationLibrary.results("noise")
    let noise = found.indices.flatMap { n in zip(found[n], Images.image(n)).map { $0 - $1 } }
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(noise.count)
    #expect(abs(mean) < 0.05)
    #expect(abs(variance.squareRoot() - 0.5) < 0.03)
  }

  @Test func cutoutsAreRectangles() throws {
    let found = try AugmentationLibrary.results("cutout")
    var places: Set<[Int]> = []
    for n in 0..<Images.count {
      let image = Images.image(n)
      let all = (-1..<Images.height).flatMap { y in (-2..<Images.width).map { x in [y, x] } }
      let place = all.first { place in
        let covered = image.indices.map { i in
          let (y, x) = (i / Images.width % Images.height, i % Images.width)
          let isInside = y >= place[0] && y < place[0] + 2 && x >= place[1] && x < place[1] + 4
          return isInside ? -3 : image[i]
        }
        return covered == found[n]
      }
      #expect(place != nil, "image \(n)")
      places.insert(place ?? [])
    }
    #expect(places.count > 10)
  }

  @Test func mixturesHaveTheSharesOfTheirTargets() throws {
    for name in ["mixup", "cutmix"] {
      let images = try AugmentationLibrary.results(name)
      let targets = try AugmentationLibrary.targets(name)
      var shares: Set<Int> = []
      for n in 0..<Images.count {
        let before = (n + Images.count - 1) % Images.count
        let (own, other) = (Images.image(n), Images.image(before))
        // The classes of neighbours differ.
        let share = targets[n][n % 5]
        #expect(abs(targets[n].reduce(0, +) - 1) < 1e-5)
        #expect(abs(targets[n][before % 5] + share - 1) < 1e-5)
        shares.insert(Int(share * 1000))
        if name == "mixup" {
          let expected = zip(own, other).map { $0 * share + $1 * (1 - share) }
          #expect(zip(images[n], expected).allSatisfy { abs($0 - $1) < 1e-4 * abs($1) })
        } else {
          let kept = zip(images[n], own).filter { $0 == $1 }.count
          #expect(zip(images[n], zip(own, other)).allSatisfy { $0 == $1.0 || $0 == $1.1 })
          #expect(abs(Double(kept) / Double(own.count) - share) < 1e-5)
        }
      }
      #expect(shares.count > 10, "\(name)")
    }
  }

  @Test func masksCoverBands() throws {
    for (name, most) in [("frequency_mask", 4), ("time_mask", 3)] {
      let found = try AugmentationLibrary.results(name)
      var widths: Set<Int> = []
      for n in 0..<Images.count {
        // Each channel is a spectrogram of its own.
        for c in 0..<Images.channels {
          let plane = Images.height * Images.width
          let covered = (0..<plane).filter { found[n][c * plane + $0] == 0 }
          let lines = Set(
            covered.map { name == "time_mask" ? $0 % Images.width : $0 / Images.width })
          let length = name == "time_mask" ? Images.height : Images.width
          #expect(covered.count == lines.count * length)
          #expect(lines.count < most)
          #expect((lines.max() ?? 0) - (lines.min() ?? 1) + 1 == lines.count)
          widths.insert(lines.count)
        }
      }
      #expect(widths.count == most, "\(name): \(widths)")
    }
  }
}
