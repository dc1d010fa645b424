// Functions of tensors made of operations. They need a graph builder but no model, so importers of
// other formats can use them as models do.

@_exported public import GraphIR
@_exported public import LoopIR
