internal import LoopIR
package import Support

/// The operations of the graph IR. To add one, follow docs/adding-an-operation.md.
package enum Op: Hashable, Sendable {
  case map(Map)
  case cast(Cast)
  case reshape(Reshape)
  case transpose(Transpose)
  case broadcast(Broadcast)
  case slice(Slice)
  case pad(Pad)
  case concat(Concat)
  case reduce(Reduce)
  case contract(Contract)
  case gather(Gather)
  case scatterAdd(ScatterAdd)
  case constant(Constant)
  case iota(Iota)
  case input(Input)
  case readState(ReadState)
  case writeState(WriteState)
  case gradient(Gradient)
  case stopGradient(StopGradient)
  case kernel(KernelOp)

  /// What the compiler knows about `self`.
  package var rules: any Operation {
    switch self {
    case .map(let op): op
    case .cast(let op): op
    case .reshape(let op): op
    case .transpose(let op): op
    case .broadcast(let op): op
    case .slice(let op): op
    case .pad(let op): op
    case .concat(let op): op
    case .reduce(let op): op
    case .contract(let op): op
    case .gather(let op): op
    case .scatterAdd(let op): op
    case .constant(let op): op
    case .iota(let op): op
    case .input(let op): op
    case .readState(let op): op
    case .writeState(let op): op
    case .gradient(let op): op
    case .stopGradient(let op): op
    case .kernel(let op): op
    }
  }
}

extension Op {
  /// Which operation an `Op` is; the raw value is its word in text, except for scalar functions.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case map
    case cast, reshape, transpose, broadcast, slice, pad, concat, reduce, contract, gather
    case scatterAdd, constant, iota, input
    case readState = "read"
    case writeState = "write"
    case gradient, stopGradient, kernel
  }

  /// The kind of `self`.
  package var kind: Kind {
    switch self {
    case .map: .map
    case .cast: .cast
    case .reshape: .reshape
    case .transpose: .transpose
    case .broadcast: .broadcast
    case .slice: .slice
    case .pad: .pad
    case .concat: .concat
    case .reduce: .reduce
    case .contract: .contract
    case .gather: .gather
    case .scatterAdd: .scatterAdd
    case .constant: .constant
    case .iota: .iota
    case .input: .input
    case .readState: .readState
    case .writeState: .writeState
    case .gradient: .gradient
    case .stopGradient: .stopGradient
    case .kernel: .kernel
    }
  }

  /// Reads an operation of a given kind from the text of its node.
  package init(_ kind: Kind, from text: inout OperationText) throws(ParseError) {
    switch kind {
    case .map: self = .map(try Map(from: &text))
    case .cast: self = .cast(try Cast(from: &text))
    case .reshape: self = .reshape(try Reshape(from: &text))
    case .transpose: self = .transpose(try Transpose(from: &text))
    case .broadcast: self = .broadcast(try Broadcast(from: &text))
    case .slice: self = .slice(try Slice(from: &text))
    case .pad: self = .pad(try Pad(from: &text))
    case .concat: self = .concat(try Concat(from: &text))
    case .reduce: self = .reduce(try Reduce(from: &text))
    case .contract: self = .contract(try Contract(from: &text))
    case .gather: self = .gather(try Gather(from: &text))
    case .scatterAdd: self = .scatterAdd(try ScatterAdd(from: &text))
    case .constant: self = .constant(try Constant(from: &text))
    case .iota: self = .iota(try Iota(from: &text))
    case .input: self = .input(try Input(from: &text))
    case .readState: self = .readState(try ReadState(from: &text))
    case .writeState: self = .writeState(try WriteState(from: &text))
    case .gradient: self = .gradient(try Gradient(from: &text))
    case .stopGradient: self = .stopGradient(try StopGradient(from: &text))
    case .kernel: self = .kernel(try KernelOp(from: &text))
    }
  }
}

extension Op.Kind {
  /// The kind of operation that a word in text means, or nil.
  package init?(mnemonic: String) {
    if ScalarFunction(rawValue: mnemonic) != nil {
      self = .map
    } else if mnemonic != Self.map.rawValue, let kind = Self(rawValue: mnemonic) {
      self = kind
    } else {
      return nil
    }
  }
}
