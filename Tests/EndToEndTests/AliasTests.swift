import Foundation
import GraphIR
import GraphKit
import RandomModels
import TestSupport
import Testing

/// What two layers share is found in a file under the name that either gives it.
@Suite struct AliasTests {
  private struct Tied: Module {
    let embedding = Parameter([2])
    let head: Parameter
    let own = Parameter([1])

    init() { head = embedding }
  }

  @Test func sharedWeightsLoadUnderEitherName() throws {
    let program = try traced {
      let net = Tied()
      Model("tied", net).infer { ["y": net.head.value] }
    }
    let library = try ProgramLibrary([program]).compiled(.gcc.with("-O0"))
    try withTemporaryFolder { folder in
      for (i, name) in ["embedding", "head"].enumerated() {
        let model = try LoadedModel("tied", in: library)
        let file = folder.appending(path: "\(name).safetensors")
        try safetensors([(name, [Float(i), 2]), ("own", [3])]).write(to: file)
        try model.load(file)
        #expect(try model["embedding"] == [Double(i), 2])
        #expect(try model.call("infer")["y"] == [Double(i), 2])
      }
    }
  }

  /// A whole layer under two names; a file may mix them.
  @Test(arguments: [["first", "first"], ["second", "second"], ["first", "second"]])
  func sharedLayersLoadUnderEitherName(_ names: [String]) throws {
    let program = try traced {
      let layer = LayerNorm(2)
      Model("shared", ["first": layer, "second": layer])
        .infer(Input("x", [1, 2])) { x in ["y": layer(layer(x))] }
    }
    let library = try ProgramLibrary([program]).compiled(.gcc.with("-O0"))
    try withTemporaryFolder { folder in
      let model = try LoadedModel("shared", in: library)
      let file = folder.appending(path: "weights.safetensors")
      try safetensors([("\(names[0]).weight", [1, 2]), ("\(names[1]).bias", [3, 4])])
        .write(to: file)
      try model.load(file)
      #expect(try model["first.weight"] == [1, 2])
      #expect(try model["first.bias"] == [3, 4])
    }
  }

  // A file of vectors.
  private func safetensors(_ tensors: [(name: String, values: [Float])]) -> Data {
    var (entries, bytes): ([String], Data) = ([], Data())
    for (name, values) in tensors {
      let end = bytes.count + 4 * values.count
      let place = "\"shape\":[\(values.count)],\"data_offsets\":[\(bytes.count),\(end)]"
      entries.append("\"\(name)\":{\"dtype\":\"F32\",\(place)}")
      for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 } }
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + bytes
  }
}
