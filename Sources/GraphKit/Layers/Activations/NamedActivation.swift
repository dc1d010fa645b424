internal import TensorLibrary

/// An activation by its name, for layers that take one: `activation: .gelu`.
public struct NamedActivation {
  let function: (Tensor) -> Tensor

  /// The function `relu`.
  public static var relu: NamedActivation { NamedActivation { GraphKit.relu($0) } }
  /// The function `gelu`.
  public static var gelu: NamedActivation { NamedActivation { GraphKit.gelu($0) } }
  /// The function `silu`.
  public static var silu: NamedActivation { NamedActivation { GraphKit.silu($0) } }
  /// The function `tanh`.
  public static var tanh: NamedActivation { NamedActivation { GraphIR.tanh($0) } }
  /// The function `sigmoid`.
  public static var sigmoid: NamedActivation { NamedActivation { GraphIR.sigmoid($0) } }
  /// The function `elu`.
  public static var elu: NamedActivation { NamedActivation { GraphKit.elu($0) } }
  /// The function `selu`.
  public static var selu: NamedActivation { NamedActivation { GraphKit.selu($0) } }
  /// The function `mish`.
  public static var mish: NamedActivation { NamedActivation { GraphKit.mish($0) } }
  /// The function `leakyReLU`.
  public static var leakyReLU: NamedActivation { NamedActivation { GraphKit.leakyReLU($0) } }
  /// The function `hardSwish`.
  public static var hardSwish: NamedActivation { NamedActivation { GraphKit.hardSwish($0) } }
}
