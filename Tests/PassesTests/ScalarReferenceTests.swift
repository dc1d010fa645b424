import Foundation
import GraphIR
import LoopIR
import TestSupport
import Testing

/// Scalar functions against what PyTorch says: `Tests/Reference/scalars.json`.
@Suite struct ScalarReferenceTests {
  /// A number, or one of the words that JSON has no numbers for.
  private struct Figure: Decodable {
    let value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let word = try? container.decode(String.self) {
        value = word == "nan" ? .nan : word == "inf" ? .infinity : -.infinity
      } else {
        value = try container.decode(Double.self)
      }
    }
  }

  private struct Integers: Decodable {
    let name: String
    let type: String
    let a: [Figure]
    let b: [Figure]
    let y: [Figure]
  }

  private struct Floats: Decodable {
    let name: String
    let x: [[Figure]]
    let y: [Figure]
    let slopes: [[Figure]?]
  }

  private struct File: Decodable {
    let integers: [Integers]
    let floats: [Floats]
    let promotions: [[String]]
  }

  private let file: File

  init() throws {
    let path = repository.appending(path: "Tests/Reference/scalars.json")
    file = try JSONDecoder().decode(File.self, from: try Data(contentsOf: path))
  }

  @Test func integersOfAllSigns() throws {
    #expect(file.integers.count >= 60)
    for given in file.integers {
      let function = try #require(ScalarFunction(rawValue: given.name))
      let type = try #require(ElementType(rawValue: given.type))
      for i in given.y.indices {
        let (a, b) = (given.a[i].value, given.b[i].value)
        let found = function.computed([a, b], type)
        #expect(found == given.y[i].value, "\(function) of \(a) and \(b) in \(type)")
      }
    }
  }

  @Test func typesOfTwoOperands() throws {
    #expect(file.promotions.count == 100)
    for row in file.promotions {
      let types = try row.map { try #require(ElementType(rawValue: $0)) }
      #expect(ElementType.promoted(types[0], types[1]) == types[2], "\(row)")
    }
  }

  @Test func valuesAtEdges() throws {
    #expect(file.floats.count >= 40)
    for given in file.floats {
      let function = try #require(ScalarFunction(rawValue: given.name))
      for i in given.y.indices {
        let x = given.x.map { $0[i].value }
        let found = function.computed(x, .f64)
        #expect(isSame(found, given.y[i].value), "\(function) of \(x): \(found)")
      }
    }
  }

  @Test func slopesAtEdges() throws {
    for given in file.floats {
      let function = try #require(ScalarFunction(rawValue: given.name))
      let builder = GraphBuilder()
      let type = TensorType(.f64, [given.y.count])
      let x = given.x.indices.map { builder.input($0, type) }
      let y = builder.apply(Map(function), x)[0]
      let slopes = builder.gradient(of: y.sum(), by: x)
      let inputs = given.x.map { $0.map(\.value) }
      let found = try Compiled(GraphProgram(slopes)).run(inputs: inputs)
      for (n, expected) in given.slopes.enumerated() {
        for (i, slope) in (expected ?? []).enumerated() {
          let place = inputs.map { $0[i] }
          // Where PyTorch is a little off: its relu of what is no number has the slope 1, and its
          // trigamma eight digits, and a large number for infinity.
          if function == .relu && place[0].isNaN { continue }
          let tolerance = function == .digamma ? 1e-7 : 1e-12
          if function == .digamma && slope.value > 1e30 && found[n][i] > 1e30 { continue }
          #expect(
            isSame(found[n][i], slope.value, within: tolerance),
            "slope \(n) of \(function) at \(place): \(found[n][i]), not \(slope.value)")
        }
      }
    }
  }

  // Zeros of both signs are the same.
  private func isSame(_ a: Double, _ b: Double, within tolerance: Double = 1e-12) -> Bool {
    a == b || a.isNaN && b.isNaN || (a - b).magnitude <= tolerance * b.magnitude
  }
}
