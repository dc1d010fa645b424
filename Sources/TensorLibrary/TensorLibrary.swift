// Tensors with all that is made of their operations. It needs no model: what has a graph builder, as
// an importer of another format, uses it as models do.

@_exported public import GraphIR
@_exported public import LoopIR
