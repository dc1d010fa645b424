/// What the guide need not say, and what it says that is not GraphKit's.
enum Exceptions {
  /// True iff a declaration is public only because Swift wants it so.
  static func holds(_ declaration: Declaration) -> Bool {
    // How a layer of one input is called is said once, of `Layer`.
    if declaration.text == "func callAsFunction(_ x: Tensor) -> Tensor" { return true }
    // What other declarations are made with; a model writes none of it.
    if owners.contains(declaration.owner) || owners.contains(declaration.path.first ?? "") {
      return true
    }
    return declaration.kind == "swift.subscript" || members.contains(declaration.path.last ?? "")
  }

  private static let owners: Set<String> = [
    // The closure behind `Sequential` in terms of functions.
    "SequentialBuilder",
    // What `1D`, `2D` and `3D` at the end of a layer's name stand for.
    "Space", "Space1D", "Space2D", "Space3D",
    // What allows one number or one for each axis.
    "Extents", "PaddingAmount",
    // What brackets allow.
    "TensorIndex", "AxisPart",
    // What a function may take, which is `Input` alone.
    "FunctionInput",
  ]

  private static let members: Set<String> = [
    // How literals become values.
    "init(arrayLiteral:)", "init(dictionaryLiteral:)",
    // How values are printed.
    "description",
    // How the members of protocols above are met.
    "numbers", "axisPart",
  ]

  /// The types that members of protocols belong to.
  static let types = [
    "PaddingAmount": "Padding", "LearningRate": "Schedule", "TensorIndex": "AxisPart",
  ]

  /// Code in the text that names nothing in GraphKit.
  static let words: Set<String> = [
    // What is said of the form of signatures.
    "rate = 0.5", "rnn = RNN(...)",
    // Python.
    "keepdim", "x[:, 2:5]", "x[:, -3:]", "x[:, ::2]", "x[None]", "from:to:step",
    "x.view(2, -1)", "lr:", "dim:",
    // A form of names.
    "\"encoder.*.weight\"",
    // Functions of a program.
    "train_step", "eval_step", "eval_rest", "init", "init_rest",
    // Swift.
    "if", "for",
    // PyTorch's names.
    "torch.nn", "max(dim)", "amax", "batchmean", "CosineAnnealingLR",
    "functional_call",
    // Folders and files.
    "data", "$GCOMP_OUTPUT/<name>.gir", "$GCOMP_OUTPUT/diagnostics",
    // How the compiler is called, and what it writes.
    "-Onone -g", "GCOMP_MODEL", "GCOMP_OUTPUT", "error", "note",
  ]
}
