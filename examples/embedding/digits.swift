// Calls a model from Swift: digits_swift WEIGHTS

let drawing = [
  "  :##:. ", " .#::#: ", "   .##. ", "   :#   ", "    #:  ", "     #. ", "  ..##. ", "  ::#:  ",
]

/// The model `digits` with the weights of a file.
final class Digits {
  struct Failure: Error {
    let text: String
  }

  private let model: OpaquePointer

  init(weights: String) throws {
    guard let model = digits_create() else { throw Failure(text: "no memory") }
    self.model = model
    var message = [CChar](repeating: 0, count: 256)
    let code = digits_load(model, weights, &message, message.count)
    guard code == 0 else {
      throw Failure(text: String(cString: digits_error(code)) + ": " + String(cString: message))
    }
  }

  deinit { digits_destroy(model) }

  /// The most probable digit, and its probability.
  func callAsFunction(_ image: [Float]) -> (digit: Int, probability: Float) {
    var digit: Int32 = 0
    var probability = [Float](repeating: 0, count: 10)
    digits_infer(model, image, &digit, &probability)
    return (Int(digit), probability[Int(digit)])
  }
}

guard CommandLine.arguments.count == 2 else { fatalError("usage: digits_swift WEIGHTS") }
do {
  let digits = try Digits(weights: CommandLine.arguments[1])
  let grey: [Character: Float] = [" ": 0, ".": 5.0 / 16, ":": 10.0 / 16, "#": 15.0 / 16]
  let result = digits(drawing.joined().map { grey[$0]! })
  print("the digit is a \(result.digit), with probability \(result.probability)")
} catch let failure as Digits.Failure {
  print(failure.text)
}
